/** What operators see of agencies whose replies have changed: in what, since when, and a masked sample. */
import type { Desk } from '../desk/look.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { DRIFT, sampleOf } from '../flow/watch-shapes.ts';
import { eventView } from './events.ts';

const LATELY_MS = 7 * 86_400_000;
const MOST_EVENTS = 50;

export interface Drifted {
  changes: number;
  lastAt: string;
}

/** Of the agencies whose replies have changed lately. */
export async function driftByAgency({ ledger, clock }: Desk): Promise<Map<string, Drifted>> {
  const since = new Date(clock.now() - LATELY_MS).toISOString();
  const drifted = new Map<string, Drifted>();
  for (const { agency, toldAt } of await ledger.toldShapes(since)) {
    const seen = drifted.get(agency);
    // The latest come first.
    drifted.set(agency, { changes: (seen?.changes ?? 0) + 1, lastAt: seen?.lastAt ?? toldAt });
  }
  return drifted;
}

/** The last changes of one agency's replies, the latest first. */
export async function driftOf(desk: Desk, agency: string): Promise<object[]> {
  const stream = `agency:${agency}`;
  const events = await desk.ledger.lastEvents(stream, DRIFT, MOST_EVENTS);
  return Promise.all(
    events.map(async (event) => {
      const { at, data } = eventView(event) as { at: string; data: JsonObject };
      const { sampleHash: _, sampleKey: __, ...told } = data;
      return { at, ...told, sample: await sampleOf(desk, stream, { ...event, data }) };
    }),
  );
}
