/** What there is to see of a rehearsal at one instant: the application, those that its steps opened, and what is due next. */
import { FINAL, type ApplicationState } from '../domain/application.ts';
import { nextLook } from '../domain/deadline.ts';
import type { Route } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { show } from '../desk/look.ts';
import type { AttemptRow, ItemRow } from '../flow/ports/ledger.ts';
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

/** Applications of one rehearsal, children included. */
const MOST_APPLICATIONS = 100;
const MOST_EVENTS = 5_000;

/** One application as it is now. */
export interface Seen {
  id: string;
  number: string;
  service: string;
  version: string;
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
  attempts: AttemptRow[];
  /** Open ones. */
  items: ItemRow[];
  events: SeenEvent[];
  documents: string[];
  result: JsonObject | null;
}

/** All of them, the one that was submitted first. */
export async function look({ bus, ledger, catalogue }: Stage): Promise<Seen[]> {
  const rows = await ledger.list({ most: MOST_APPLICATIONS });
  const seen: Seen[] = [];
  for (const { id } of rows.toSorted((a, b) => a.acceptedAt - b.acceptedAt || a.id.localeCompare(b.id))) {
    const shown = (await show(bus.desk, id, null))!;
    const { application, plan } = shown.view;
    const { number, service, state, ending, acceptedAt, promisedAt, endedAt, parent } = application;
    seen.push({
      ...{ id, number, service, state, acceptedAt, promisedAt, endedAt },
      ...{
        version: plan.route.version,
        route: plan.route,
        prefix: prefixOf(seen, parent, id),
        code: ending?.code ?? null,
      },
      ...{ steps: shown.steps, attempts: shown.attempts, items: shown.items, result: shown.result },
      body: shown.view.body,
      zone: catalogue.sites.find(({ code }) => code === application.site)!.zone,
      documents: shown.documents.map(({ name }) => name ?? ''),
      events: (await ledger.events(id, 0, MOST_EVENTS)).map(({ seq, at, type, data }) => {
        const short = type.replace(/^go\.mpp\.(.*)\.v1$/, '$1');
        return { seq, at: Date.parse(at), type: short, data: parseJson(Buffer.from(data)) as JsonObject };
      }),
    });
  }
  return seen;
}

function prefixOf(seen: Seen[], parent: string | null, id: string): string {
  const above = seen.find((one) => one.id === parent);
  const step = above?.steps.find(({ secret }) => secret.reference === id);
  return above ? `${above.prefix}${step?.name ?? '?'}/` : '';
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

/** When the ledger has something to do next; null when nothing will move by itself. */
export async function nextDue({ ledger, clock }: Stage): Promise<number | null> {
  const lanes = new Map((await ledger.lanes()).map((lane) => [lane.id, lane]));
  const due: number[] = [];
  for (const { id, endedAt } of await ledger.list({ most: MOST_APPLICATIONS })) {
    if (endedAt !== null) continue;
    const { application, steps } = (await ledger.read(id))!;
    for (const { dueAt, leaseUntil, agency } of steps) {
      const lane = lanes.get(agency);
      if (dueAt === null || leaseUntil !== null || lane?.paused === true) continue;
      due.push(Math.max(dueAt, lane?.sleepUntil ?? 0));
    }
    const at = application.clock && nextLook(application.clock);
    if (at !== null) due.push(at);
  }
  // A probe that is under way holds its lane.
  for (const { probeUntil } of lanes.values()) if (probeUntil > clock.now()) due.push(probeUntil);
  return due.length === 0 ? null : Math.min(...due);
}
