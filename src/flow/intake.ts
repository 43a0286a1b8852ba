/** The only way an application is born: planned, sealed, locked against repeats, and stored in one transaction. */
import canonicalize from 'canonicalize';
import { newDraft, note, type Application } from '../domain/application.ts';
import {
  agencyFor,
  routeFor,
  type Agency,
  type Catalogue,
  type Service,
  type Site,
} from '../domain/catalogue.ts';
import { chain, EMPTY } from '../domain/chain.ts';
import { applicationNumber } from '../domain/ids.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Problem } from '../schema/problems.ts';
import { documentHash } from './documents.ts';
import { duplicateItems, openMarks } from './duplicates.ts';
import { clockFor, firstOf, newStep, priorityOf, turnOf } from './born.ts';
import { advance, stating } from './change.ts';
import { isoTime, type Flow } from './flow.ts';
import { pinPlan } from './plans.ts';
import type { Acceptance, Accepted, InboxRow, Locks } from './ports/ledger.ts';
import type { SealKey } from './ports/vault.ts';
import { relatedIndex, relatedProblems } from './related.ts';
import { indexOf, searchIndex } from './search-index.ts';
import { ringFairly } from './share.ts';
import { keepView, places, sealStep, type View } from './view.ts';

/** What intake needs of a submitted application; the schema has seen all of it. */
export interface Submission {
  platform: string;
  sandbox: boolean;
  /** Normalised, valid by schema and form. */
  body: JsonObject;
  /** As the caller sent it; absent for batch lines and for applications that agencies open. */
  idempotencyKey?: string;
  /** The application whose step opens this one. */
  parent?: string;
  /** An application above it, which waits for it, has a turn: it goes in that one. */
  inTurn?: boolean;
}

/** An agency's message that brings an application: kept with it, and with the answer that names it. */
export interface Brought {
  agency: string;
  inbox(born: { id: string; number: string; key: SealKey }): Promise<InboxRow>;
}

export type Intake =
  | { is: 'accepted' | 'repeat'; id: string; number: string; promisedAt: number | null }
  | { is: 'keyReused' }
  | { is: 'referenceTaken'; applicationId: string }
  /** Another application of the person is open on this platform, and the service takes one. */
  | { is: 'duplicateOpen'; number: string }
  | { is: 'refused'; problems: Problem[] };

export function intake(flow: Flow, submission: Submission): Promise<Intake>;
/** `known`: another message stands under the id of the one that brings it; nothing was stored. */
export function intake(
  flow: Flow,
  submission: Submission,
  brought: Brought,
): Promise<Intake | { is: 'known' }>;
export async function intake(
  flow: Flow,
  submission: Submission,
  brought?: Brought,
): Promise<Intake | { is: 'known' }> {
  const catalogue = flow.catalogue();
  const found = lookUp(catalogue, submission.body);
  if ('problems' in found) return refuse(flow, submission, found.problems);
  const unrelated = await relatedProblems(flow, submission.platform, submission.body);
  if (unrelated.length > 0) return refuse(flow, submission, unrelated);
  const { code } = found.service;
  const plan = await pinPlan(flow, found.service, routeFor(catalogue, code, found.site.code)!);
  const agencies = await agenciesOf(catalogue, plan, submission.body, found.site);
  if ('problems' in agencies) return refuse(flow, submission, agencies.problems);
  const { acceptance, view } = await draw(
    flow,
    submission,
    found.site,
    plan,
    agencies.byStep,
    brought?.agency,
  );
  const { id, number, promisedAt: promised } = acceptance.application;
  if (brought) acceptance.inbox = await brought.inbox({ id, number, key: view.key });
  const accepted = await flow.ledger.accept(acceptance);
  switch (accepted.is) {
    case 'accepted':
      keepView(flow.vault, view);
      ringFairly(flow, accepted.rings);
      flow.log.info('application.accepted', {
        applicationId: id,
        service: found.service.code,
        platform: submission.platform,
      });
      return { is: 'accepted', id, number, promisedAt: promised };
    case 'repeat':
      return repeat(accepted);
    case 'documentMissing':
      return {
        is: 'refused',
        problems: accepted.names.map((name) => missingDocument(submission.body, name)),
      };
    default:
      return accepted;
  }
}

/** What was accepted stays so, whatever catalogue and forms say by now: the same question gets its first answer. */
export async function refuse(flow: Flow, submission: Submission, problems: Problem[]): Promise<Intake> {
  const known = await flow.ledger.accepted({ platform: submission.platform, ...locksOf(flow, submission) });
  return known?.is === 'repeat' ? repeat(known) : { is: 'refused', problems };
}

function repeat({
  applicationId,
  number,
  promisedAt: promised,
}: Extract<Accepted, { is: 'repeat' }>): Intake {
  return { is: 'repeat', id: applicationId, number, promisedAt: promised };
}

function locksOf(flow: Flow, { platform, body, idempotencyKey }: Submission): Omit<Locks, 'platform'> {
  return {
    clientReference: searchIndex(flow, platform, 'clientReference', body['clientReference'] as string),
    fingerprint: flow.vault.index('body', canonicalize(body)!),
    ...(idempotencyKey !== undefined && {
      idempotencyKey: flow.vault.index('idempotencyKey', `${platform} ${idempotencyKey}`),
    }),
  };
}

function missingDocument(body: JsonObject, name: string): Problem {
  const at = listedDocuments(body).findIndex(({ documentId }) => documentId === name);
  const detail = 'This document has not been uploaded: PUT it to /v1/documents/{sha256} first';
  return { pointer: `/documents/${at}/sha256`, code: 'document_missing', detail };
}

type Found = { service: Service; site: Site } | { problems: Problem[] };

function lookUp(catalogue: Catalogue, body: JsonObject): Found {
  const problems: Problem[] = [];
  const service = catalogue.services.get(body['serviceCode'] as string);
  const site = catalogue.sites.find(({ code }) => code === body['mppSiteCode']);
  if (!service || service.status !== 'published' || !catalogue.routes.has(service.code)) {
    problems.push({
      pointer: '/serviceCode',
      code: 'unknown_service',
      detail: 'No published service has this code',
    });
  } else if (!service.channels.includes(body['channel'] as string)) {
    problems.push({
      pointer: '/channel',
      code: 'channel_closed',
      detail: 'This service is not offered by this channel',
    });
  } else if (body['serviceVersion'] !== undefined && body['serviceVersion'] !== service.version) {
    const detail = `This service is at version ${service.version}`;
    problems.push({ pointer: '/serviceVersion', code: 'service_version', detail });
  }
  if (!site)
    problems.push({ pointer: '/mppSiteCode', code: 'unknown_site', detail: 'No site has this code' });
  return service && site && problems.length === 0 ? { service, site } : { problems };
}

/** One role, several regions: each step's agency is fixed now, by the region it is about. */
async function agenciesOf(
  catalogue: Catalogue,
  plan: Plan,
  body: JsonObject,
  site: Site,
): Promise<{ byStep: Map<string, Agency> } | { problems: Problem[] }> {
  const scope = { application: body, service: plan.service, site, steps: {} } as unknown as JsonObject;
  const byStep = new Map<string, Agency>();
  for (const step of plan.steps) {
    const region = step.at ? await step.at.evaluate(scope) : body['jurisdictionCode'];
    const agency = typeof region === 'string' ? agencyFor(catalogue.agencies, step.role, region) : undefined;
    if (agency) byStep.set(step.name, agency);
  }
  if (byStep.size === plan.steps.length) return { byStep };
  const detail = 'The service is not offered for this jurisdiction';
  return { problems: [{ pointer: '/jurisdictionCode', code: 'region_not_served', detail }] };
}

interface Drawn {
  acceptance: Acceptance;
  /** The same, open. */
  view: View;
}

/** Everything that the acceptance writes, sealed. */
async function draw(
  flow: Flow,
  submission: Submission,
  site: Site,
  plan: Plan,
  agencies: Map<string, Agency>,
  openedBy?: string,
): Promise<Drawn> {
  const { platform, sandbox, body } = submission;
  const locks = locksOf(flow, submission);
  const marks = openMarks(flow, platform, plan.service, body);
  const id = flow.clock.id();
  const now = flow.clock.now();
  const year = Number(isoTime(now).slice(0, 4));
  const { key, wrapped } = await flow.vault.newKey(id);
  const serviceClock = clockFor(flow, plan, site, now);
  const promised = serviceClock?.dueAt ?? null;
  const number = applicationNumber(site.code, year, await flow.ledger.nextSerial(site.code, year));
  const application: Application = {
    ...{ id, number, platform, sandbox, site: site.code, service: plan.service.code, plan: plan.digest },
    ...{ jurisdiction: body['jurisdictionCode'] as string, channel: body['channel'] as string },
    ...{ priority: priorityOf(body), parent: submission.parent ?? null, clock: serviceClock },
    ...{ state: 'accepted', ending: null, acceptedAt: now, promisedAt: promised, endedAt: null },
    ...{ version: 0, head: '' },
  };
  const turn = submission.inTurn ? null : turnOf(flow, plan, body);
  const steps = plan.steps.map((step) => newStep(flow, application, turn, step, agencies.get(step.name)!));
  const draft = newDraft(application, steps, now);
  note(draft, 'application.accepted', {
    ...{ number, service: plan.service.code },
    ...(promised !== null && { promisedAt: isoTime(promised) }),
    ...(openedBy !== undefined && { openedBy }),
  });
  await advance(flow, { application, body, plan }, draft);
  const events = chain(id, EMPTY, isoTime(now), stating(draft));
  const { seq: version, hash: head } = events.at(-1)!;
  const sealed = flow.vault.seal(key, places.body(id), JSON.stringify(body));
  const row = { ...draft.application, version, head, result: null, wrappedKey: wrapped, body: sealed };
  const born = [...draft.steps.values()].map(firstOf);
  const acceptance: Acceptance = {
    application: row,
    steps: born.map((step) => sealStep(flow.vault, key, step)),
    events,
    items: [
      ...draft.items,
      ...(await duplicateItems(flow, platform, plan.service, marks, plan.steps[0]!.name)),
    ],
    ...(marks.lock !== undefined && { openLock: marks.lock }),
    index: [...indexOf(flow, platform, body), ...relatedIndex(flow, platform, body), ...marks.index],
    ...locks,
    documents: listedDocuments(body).map(({ documentId, sha256 }) => ({
      name: documentId,
      hash: documentHash(flow, sha256),
    })),
  };
  const open = new Map(born.map((step) => [step.name, step]));
  return { acceptance, view: { application: row, row, key, body, plan, steps: open } };
}

interface ListedDocument {
  documentId: string;
  sha256: string;
}

function listedDocuments(body: JsonObject): ListedDocument[] {
  return (body['documents'] ?? []) as unknown as ListedDocument[];
}
