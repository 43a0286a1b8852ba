/** What there is to see of a rehearsal at one instant: the application, and those that its steps opened. */
import { FINAL, type ApplicationState } from '../domain/application.ts';
import type { Route } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Step } from '../domain/step.ts';
import { show } from '../desk/look.ts';
import type { AttemptRow, ItemRow, StoredApplication } from '../flow/ports/ledger.ts';
import { openView } from '../flow/view.ts';
import { parseJson } from '../wire/json.ts';
import type { Stage } from './stage.ts';

export interface SeenEvent {
  seq: number;
  /** Milliseconds. */
  at: number;
  /** `step.succeeded`. */
  type: string;
  data: JsonObject;
}

/** One application as it is now. */
export interface Seen {
  id: string;
  number: string;
  service: string;
  version: string;
  plan: Plan;
  /** The route that it was accepted under. */
  route: Route;
  /** The steps that led to it, from the first application on: `''`, `move/`, `move/card/`. */
  prefix: string;
  /** As it was accepted, with what was mended. */
  body: JsonObject;
  state: ApplicationState;
  code: string | null;
  acceptedAt: number;
  promisedAt: number | null;
  endedAt: number | null;
  /** Its site's IANA zone. */
  zone: string;
  steps: Step[];
  /** Open ones. */
  items: ItemRow[];
  events: SeenEvent[];
}

/** What the citizen was told at a moment. */
export interface Told {
  /** Milliseconds. */
  at: number;
  code: string;
  id: string;
  en: string;
}

/** With what only the end needs. */
export interface Whole extends Seen {
  attempts: AttemptRow[];
  told: Told[];
  result: JsonObject | null;
}

interface Kept {
  seen: Seen;
  stored: StoredApplication;
  print: string;
}

/** Applications of one rehearsal, children included. */
const MOST_APPLICATIONS = 100;
const MOST_EVENTS = 5_000;

/** A month of waiting is looked at a thousand times: what has not changed is not read again. */
const kept = new WeakMap<Stage, Map<string, Kept>>();

/** All of them, the one that was submitted first. */
export async function look(stage: Stage): Promise<Seen[]> {
  return (await lookUp(stage)).map(({ seen }) => seen);
}

/** The same, with the rows as they are stored. */
export async function lookUp(stage: Stage): Promise<Pick<Kept, 'seen' | 'stored'>[]> {
  const known = kept.get(stage) ?? new Map<string, Kept>();
  kept.set(stage, known);
  const rows = await stage.ledger.list({ most: MOST_APPLICATIONS });
  const all: Kept[] = [];
  for (const { id } of rows.toSorted((a, b) => a.acceptedAt - b.acceptedAt || a.id.localeCompare(b.id))) {
    const stored = (await stage.ledger.read(id))!;
    const print = printOf(stored);
    const before = known.get(id);
    const one =
      before?.print === print ? { ...before, stored } : await seenNow(stage, stored, print, all, before);
    known.set(id, one);
    all.push(one);
  }
  return all;
}

/** Another one whenever anything of it was written. */
function printOf({ application, steps }: StoredApplication): string {
  const rows = steps.map(({ wake, fence, state, dueAt, leaseUntil }) => [
    wake,
    fence,
    state,
    dueAt,
    leaseUntil,
  ]);
  return [application.version, ...rows.map((row) => row.join('.'))].join(' ');
}

async function seenNow(
  stage: Stage,
  stored: StoredApplication,
  print: string,
  above: Kept[],
  before: Kept | undefined,
): Promise<Kept> {
  const { bus, catalogue } = stage;
  const { id, parent } = stored.application;
  const view = (await openView(bus.desk, id))!;
  const { application, plan, body } = view;
  const { number, service, state, ending, acceptedAt, promisedAt, endedAt } = application;
  const events =
    before?.stored.application.version === application.version
      ? before.seen.events
      : await eventsOf(stage, id, before?.seen.events ?? []);
  // Not every item comes with another version of its application.
  const items = await stage.ledger.openItems({ applicationId: id, most: 100 });
  const seen: Seen = {
    ...{ id, number, service, plan, state, acceptedAt, promisedAt, endedAt, body },
    ...{ version: plan.route.version, route: plan.route, code: ending?.code ?? null },
    prefix: prefixOf(above, parent, id),
    zone: catalogue.sites.find(({ code }) => code === application.site)!.zone,
    steps: [...view.steps.values()],
    ...{ items, events },
  };
  return { seen, stored, print };
}

/** An event comes with another version of the application. */
async function eventsOf({ ledger }: Stage, id: string, events: SeenEvent[]): Promise<SeenEvent[]> {
  const more = await ledger.events(id, events.at(-1)?.seq ?? 0, MOST_EVENTS);
  const seen = more.map(({ seq, at, type, data }): SeenEvent => {
    const short = type.replace(/^go\.mpp\.(.*)\.v1$/, '$1');
    return { seq, at: Date.parse(at), type: short, data: parseJson(Buffer.from(data)) as JsonObject };
  });
  return [...events, ...seen];
}

function prefixOf(above: Kept[], parent: string | null, id: string): string {
  const opener = above.find(({ seen }) => seen.id === parent)?.seen;
  const step = opener?.steps.find(({ secret }) => secret.reference === id);
  return opener ? `${opener.prefix}${step?.name ?? '?'}/` : '';
}

/** With every attempt and the result. */
export async function lookWhole(stage: Stage): Promise<Whole[]> {
  const whole: Whole[] = [];
  for (const seen of await look(stage)) {
    const { attempts, result } = (await show(stage.bus.desk, seen.id, null))!;
    whole.push({ ...seen, attempts, result, told: await messagesOf(stage, seen.id) });
  }
  return whole;
}

/** As the API tells them: the words of the one catalogue. */
async function messagesOf(stage: Stage, id: string): Promise<Told[]> {
  const response = await stage.call(`/v1/applications/${id}/messages`);
  const text = await stage.clock.during(response.text());
  const { messages } = parseJson(Buffer.from(text)) as unknown as {
    messages: (Omit<Told, 'at'> & { at: string })[];
  };
  return messages.flatMap(({ at, code, id: inIndonesian, en }) =>
    code === undefined ? [] : [{ at: Date.parse(at), code, id: inIndonesian, en }],
  );
}

/** A step by its way: `bill`, or `move/card` for the step of an application that a step opened. */
export function stepAt(seen: Seen[], path: string): { application: Seen; step: Step } | undefined {
  const slash = path.lastIndexOf('/') + 1;
  const [prefix, name] = [path.slice(0, slash), path.slice(slash)];
  const application = seen.find((one) => one.prefix === prefix);
  const step = application?.steps.find((one) => one.name === name);
  return application && step && { application, step };
}

export const isFinal = ({ state }: Pick<Seen, 'state'>): boolean => FINAL.has(state);
