/** The hash chain over events: each hash covers the one before, so that no event can be changed, moved or dropped unseen. */
import { hash } from 'node:crypto';
import type { JsonObject } from './outcome.ts';

/** Where a stream stands: the number and hash of its last event. */
export interface Head {
  seq: number;
  hash: string;
}

export const EMPTY: Head = { seq: 0, hash: '' };

export interface NewEvent {
  /** `go.mpp.<object>.<event>.v1`. */
  type: string;
  /** Ids and public status only; a personal text is kept sealed and only its salted hash stands here. */
  data: JsonObject;
  /** The sealed text, if one belongs to the event. */
  sealed?: Uint8Array;
}

export interface ChainedEvent {
  stream: string;
  seq: number;
  /** RFC 3339 in UTC. */
  at: string;
  type: string;
  /** The data as JSON text: the very characters that are hashed. */
  data: string;
  hash: string;
  sealed?: Uint8Array;
}

/** Appends events to a stream's head. */
export function chain(stream: string, head: Head, at: string, events: NewEvent[]): ChainedEvent[] {
  let { seq, hash: last } = head;
  return events.map(({ type, data, sealed }) => {
    seq += 1;
    const text = JSON.stringify(data);
    last = eventHash(last, { stream, seq, at, type, data: text });
    return { stream, seq, at, type, data: text, hash: last, ...(sealed && { sealed }) };
  });
}

/** The first event of a stream (or of its next page, after `from`) that does not follow from those before it, or null. */
export function firstBreak(
  events: Iterable<Omit<ChainedEvent, 'sealed'>>,
  from: Head = EMPTY,
): { seq: number; why: string } | null {
  let expected = from.seq + 1;
  let last = from.hash;
  for (const event of events) {
    if (event.seq !== expected) return { seq: expected, why: `event ${expected} is missing` };
    if (event.hash !== eventHash(last, event))
      return { seq: event.seq, why: `event ${event.seq} was changed` };
    last = event.hash;
    expected += 1;
  }
  return null;
}

type Hashed = Pick<ChainedEvent, 'stream' | 'seq' | 'at' | 'type' | 'data'>;

function eventHash(before: string, { stream, seq, at, type, data }: Hashed): string {
  return hash('sha256', `${before}\n${stream}\n${seq}\n${at}\n${type}\n${data}`, 'hex');
}
