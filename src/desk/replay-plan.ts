/** What a replay would do, before anybody does it: which applications, which steps, and what each would send, masked. */
import { tools } from '../adapter-kit/tools.ts';
import { STATES, type ApplicationState } from '../domain/application.ts';
import { tryKey } from '../domain/ids.ts';
import type { JsonValue } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { maskedSample } from '../domain/sample.ts';
import { endedWell, MAPPING_ERROR, type Step } from '../domain/step.ts';
import { agencyOf } from '../flow/agency-of.ts';
import { exchangeOf } from '../flow/exchange.ts';
import { isoTime } from '../flow/flow.ts';
import { inputOf, openView, type View } from '../flow/view.ts';
import type { Desk } from './look.ts';
import { isOver, whyNot } from './replay.ts';

/** Every value replaced by what it looks like. */
export interface Sends {
  input: string;
  method?: string;
  path?: string;
  body?: string;
}

export interface PlannedStep {
  step: string;
  agency: string;
  operation: string;
  /** The round that would be replayed. */
  round: number;
  state: string;
  /** Why it is left as it is; null when it would run. */
  code: string | null;
  /** Null while it waits for what runs before it, or where it cannot be worked out. */
  sends: Sends | null;
}

export interface PlannedReplay {
  applicationId: string;
  number: string;
  steps: PlannedStep[];
}

/** Which steps: of one agency, and from one on. */
export interface Narrowed {
  agency?: string;
  from?: string;
}

export interface ReplayFilter extends Narrowed {
  service?: string;
  /** Accepted then or later, and before; RFC 3339. */
  since?: string;
  until?: string;
  /** `failed`: something of it waits for a person. */
  state?: ApplicationState | 'failed';
}

export const REPLAY_STATES: readonly string[] = ['failed', ...STATES];

/** Undefined when there is no such application; a code when none of it can be replayed. */
export async function planReplay(
  desk: Desk,
  applicationId: string,
  narrowed: Narrowed,
): Promise<PlannedReplay | { code: string } | undefined> {
  const view = await openView(desk, applicationId);
  if (!view) return undefined;
  if (isOver(view)) return { code: 'application_ended' };
  if (narrowed.from !== undefined && !view.steps.has(narrowed.from)) return { code: 'unknown_step' };
  return plannedOf(desk, view, narrowed);
}

/** Of one answer, and looked at for it: what is more is asked for again. */
const MOST_APPLICATIONS = 500;
const MOST_LOOKED_AT = 10_000;
const PAGE = 200;

/** In the order of their arrival. */
export async function planReplays(
  desk: Desk,
  filter: ReplayFilter,
): Promise<{ applications: PlannedReplay[]; more: boolean }> {
  const ids = await candidates(desk, filter);
  const applications: PlannedReplay[] = [];
  for (const id of ids.toReversed()) {
    if (applications.length === MOST_APPLICATIONS) return { applications, more: true };
    const view = await openView(desk, id);
    if (!view || isOver(view)) continue;
    if (filter.from !== undefined && !view.steps.has(filter.from)) continue;
    const planned = await plannedOf(desk, view, filter);
    if (planned.steps.some(({ code }) => code === null)) applications.push(planned);
  }
  return { applications, more: ids.length >= MOST_LOOKED_AT };
}

/** Ids, newest first. */
async function candidates(
  { ledger }: Desk,
  { service, since, until, state = 'failed' }: ReplayFilter,
): Promise<string[]> {
  const [from, to] = [
    since === undefined ? -Infinity : Date.parse(since),
    until === undefined ? Infinity : Date.parse(until),
  ];
  const wanted = state === 'failed' ? { attention: true } : { state };
  const ids: string[] = [];
  for (let after: string | undefined; ids.length < MOST_LOOKED_AT;) {
    const page = await ledger.list({
      ...{ ...wanted, most: PAGE },
      ...(service !== undefined && { service }),
      ...(after !== undefined && { after }),
    });
    ids.push(...page.filter(({ acceptedAt }) => acceptedAt >= from && acceptedAt < to).map(({ id }) => id));
    if (page.length < PAGE || page.at(-1)!.acceptedAt < from) break;
    after = page.at(-1)!.id;
  }
  return ids;
}

async function plannedOf(desk: Desk, view: View, { agency, from }: Narrowed): Promise<PlannedReplay> {
  const later = from === undefined ? null : fromOn(view.plan, from);
  const meant = [...view.steps.values()]
    .filter((step) => (later?.has(step.name) ?? true) && (agency === undefined || step.agency === agency))
    .toSorted((a, b) => a.position - b.position);
  const codes = new Map(meant.map((step) => [step.name, whyNot(desk, step, later !== null)]));
  const runs = new Set([...codes].flatMap(([name, code]) => (code === null ? [name] : [])));
  const { id, number } = view.application;
  const steps: PlannedStep[] = [];
  for (const step of meant) {
    const { name, operation, round, state } = step;
    const code = codes.get(name)!;
    const sends = code === null && isFirst(view, step, runs) ? await sendsOf(desk, view, step) : null;
    steps.push({ step: name, agency: step.agency, operation, round, state, code, sends });
  }
  return { applicationId: id, number, steps };
}

/** A step and all that come after it. */
function fromOn({ steps }: Plan, name: string): Set<string> {
  const later = new Set([name]);
  // Steps stand in any order: what comes after one that was just added is found by the next pass.
  for (let size = 0; size < later.size;) {
    size = later.size;
    for (const step of steps) if (step.after.some((one) => later.has(one))) later.add(step.name);
  }
  return later;
}

/** Whether what it sends is known now: nothing before it runs again. */
function isFirst({ plan, steps }: View, { name }: Step, runs: ReadonlySet<string>): boolean {
  return plan.byName.get(name)!.after.every((one) => !runs.has(one) && endedWell(steps.get(one)!));
}

/** The key of a round that has not begun. */
const NO_KEY = '0'.repeat(20);

/** As a first delivery would work it out, but that nothing is sent and nobody's key is used. */
async function sendsOf(desk: Desk, view: View, step: Step): Promise<Sends | null> {
  const { output, before } = step.secret;
  const given = output ?? before;
  const next: Step = { ...step, round: step.round + 1, attempts: 0, secret: given ? { before: given } : {} };
  try {
    const { adapter } = desk.registry.operation(step.adapter, step.operation);
    const input = await inputOf(desk, view, next);
    const request = await exchangeOf(adapter, step.operation, 'send').request(input, {
      ...{ settings: agencyOf(desk, step).settings, tools, now: isoTime(desk.clock.now()) },
      ...{ key: NO_KEY, tryKey: tryKey(NO_KEY, 1) },
    });
    const shown = maskedSample(input);
    if ('pending' in request) return { input: shown };
    const { method, path, body } = request;
    const sample = body === undefined ? undefined : maskedSample(body as unknown as JsonValue);
    return {
      ...{ input: shown, method, path: maskedSample(path).slice(1, -1) },
      ...(sample !== undefined && { body: sample }),
    };
  } catch (error) {
    const fields = { applicationId: step.applicationId, step: step.name, problems: [(error as Error).name] };
    desk.log.warn('replay.unmappable', fields);
    return { input: maskedSample({ code: MAPPING_ERROR }) };
  }
}
