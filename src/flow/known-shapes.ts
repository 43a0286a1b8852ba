/** What a process has in mind of each exchange's shapes, so that a usual reply costs no look into the ledger. */
import type { Agency } from '../domain/catalogue.ts';
import { learnExamples, newKnown, recall, type Known } from '../domain/drift.ts';
import type { Shape } from '../domain/shape.ts';
import type { Flow } from './flow.ts';

export interface Place {
  known: Known;
  /** Examples stand for the agency's word: nothing is learned from replies. */
  taught: boolean;
  /** Replies learned from, by outcome. */
  learned: Map<string, number>;
  /** Mark → when it was told, ms since the epoch. */
  told: Map<string, number>;
}

interface Mind {
  places: Map<string, Place>;
  /** By agency: events told of it since a time. */
  spoken: Map<string, { since: number; events: number }>;
}

/** By ledger: what one has kept, another has not. */
const minds = new WeakMap<object, Mind>();

function mindOf({ ledger }: Flow): Mind {
  let mind = minds.get(ledger);
  if (!mind) minds.set(ledger, (mind = { places: new Map(), spoken: new Map() }));
  return mind;
}

const DAY_MS = 86_400_000;
/** An agency that changes more often is not told of: its stream is for people. */
const MOST_EVENTS = 50;

/** Whether one more event about an agency is told today by this process; counts it. */
export function maySpeak(flow: Flow, { id }: Agency): boolean {
  const { spoken } = mindOf(flow);
  const now = flow.clock.now();
  const last = spoken.get(id);
  const today = last && now - last.since < DAY_MS ? last : { since: now, events: 0 };
  today.events += 1;
  spoken.set(id, today);
  return today.events <= MOST_EVENTS;
}

/** What is known of a place: by the ledger, and by the adapter's examples. */
export async function placeOf(
  flow: Flow,
  agency: Agency,
  name: string,
  examples: () => Promise<Shape[]>,
): Promise<Place> {
  const mind = mindOf(flow);
  const id = `${agency.id} ${name}`;
  const known = mind.places.get(id);
  if (known) return known;
  const shapes = await examples();
  const place: Place = {
    known: newKnown(),
    taught: shapes.length > 0,
    learned: new Map(),
    told: new Map(),
  };
  await reload(flow, agency, name, place);
  learnExamples(place.known, shapes);
  // Two who came at once share what the first has made.
  const first = mind.places.get(id) ?? place;
  mind.places.set(id, first);
  return first;
}

/** What goes on, and may be told again. */
const LASTING = /^(?:missing|code) /;

/** Takes in what other processes have kept meanwhile. */
export async function reload(flow: Flow, agency: Agency, name: string, place: Place): Promise<void> {
  const marks = await flow.ledger.shapes(agency.id, name);
  recall(
    place.known,
    marks.map(({ mark }) => mark),
  );
  for (const { mark, toldAt, n } of marks) {
    if (toldAt !== null && LASTING.test(mark)) told(place, mark, Date.parse(toldAt));
    const word = /^learned (\w+)$/.exec(mark)?.[1];
    if (word !== undefined) place.learned.set(word, Math.max(n, place.learned.get(word) ?? 0));
  }
}

/** More than an exchange has steady fields and codes. */
const MOST_TOLD = 1_000;

export function told(place: Place, mark: string, at: number): void {
  if (place.told.size >= MOST_TOLD) place.told.clear();
  place.told.set(mark, at);
}

/** Told at or after a time; the ledger knows it for sure, but is not asked for each reply. */
export const isTold = ({ told: marks }: Place, mark: string, since: number): boolean =>
  (marks.get(mark) ?? -Infinity) >= since;
