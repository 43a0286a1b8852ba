/** A message of an agency as the inbox keeps it: what it says, its very bytes, and the answer that it got. */
import canonicalize from 'canonicalize';
import type { HostedAnswer, HostedMessage, HostedNews, HostedRequest } from '../adapter-kit/contract.ts';
import type { Agency } from '../domain/catalogue.ts';
import type { Step } from '../domain/step.ts';
import { referenceIndex } from './agency-of.ts';
import { isoTime, type Flow } from './flow.ts';
import type { InboxRow } from './ports/ledger.ts';
import type { SealKey } from './ports/vault.ts';
import { places } from './view.ts';

/** A verified message, as parsed and as it came. */
export interface Received {
  agency: Agency;
  /** Name of the hosted entry. */
  name: string;
  hosted: HostedNews;
  request: HostedRequest;
  bytes: Uint8Array;
}

/** The reply to send, in the agency's own format. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface Marks {
  id: string;
  content: string;
}

/** What a message says, apart from how it is delivered: the same again is a repeat, another is a conflict. */
export function contentOf(
  flow: Flow,
  { key, reference, outcome, content, application }: HostedMessage,
): string {
  const text = canonicalize({
    key: key ?? null,
    reference: reference ?? null,
    outcome: outcome ?? null,
    content: content ?? null,
    // Not there for the others: what was kept by an earlier release is known again.
    ...(application && { application }),
  });
  return flow.vault.index('content', text!);
}

/** A message as it is kept: parsed, and the very bytes (base64) as proof. */
export interface Kept {
  request: HostedRequest;
  bytes: string;
}

interface Keep {
  state: InboxRow['state'];
  answer: Answer;
  key: SealKey;
  owner: string;
  step?: Step;
  /** Of a message that opened it. */
  applicationId?: string;
}

export function inboxRow(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  marks: Marks,
  keep: Keep,
): InboxRow {
  const { agency, name, bytes, request } = received;
  const seal = (part: 'request' | 'answer', value: string): Uint8Array =>
    flow.vault.seal(keep.key, places.inbox(agency.id, marks.id, part), value);
  const kept: Kept = { request, bytes: Buffer.from(bytes).toString('base64') };
  return {
    agency: agency.id,
    ...marks,
    state: keep.state,
    hosted: name,
    reference: message.reference === undefined ? null : referenceIndex(flow, agency.id, message.reference),
    applicationId: keep.step?.applicationId ?? keep.applicationId ?? null,
    step: keep.step?.name ?? null,
    at: isoTime(flow.clock.now()),
    keyOwner: keep.owner,
    request: seal('request', JSON.stringify(kept)),
    answer: seal('answer', JSON.stringify(keep.answer)),
  };
}

/** What arrives before its application is known is sealed under a key of agency and day. */
export async function dayKey(flow: Flow, agency: Agency): Promise<{ key: SealKey; owner: string }> {
  const owner = `inbox/${agency.id}/${isoTime(flow.clock.now()).slice(0, 10)}`;
  const known = await flow.ledger.wrappedKey(owner);
  const wrapped = known ?? (await flow.ledger.wrappedKey(owner, (await flow.vault.newKey(owner)).wrapped));
  return { key: await flow.vault.openKey(owner, wrapped!), owner };
}

export async function replay(flow: Flow, earlier: InboxRow): Promise<Answer> {
  const key = await flow.vault.openKey(earlier.keyOwner, (await flow.ledger.wrappedKey(earlier.keyOwner))!);
  const place = places.inbox(earlier.agency, earlier.id, 'answer');
  return JSON.parse(flow.vault.unseal(key, place, earlier.answer).toString()) as Answer;
}

export function render({ status, headers, body }: HostedAnswer): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
