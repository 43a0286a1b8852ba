/** What the ledger knows of the shapes of agencies' replies. */
import type { ChainedEvent, NewEvent } from '../../domain/chain.ts';

/** One thing known of an exchange: `string /data/nik`, `missing /data`, `code BAD_RESPONSE`, `learned ok`. */
export interface ShapeMark {
  mark: string;
  /** RFC 3339; null when operators were not told of it. */
  toldAt: string | null;
  /** Of a `learned` one: replies that were learned from. */
  n: number;
}

export interface ShapeSighting {
  agency: string;
  /** The exchange: `police@1 requestCertificate send 2xx`. */
  place: string;
  /** Unknown so far, and taken in without a word. */
  marks: string[];
  /** Unknown so far, and told now. */
  told: string[];
  /** Never told, or before `since` only: what goes on is told again. */
  again: string[];
  since: string;
  /** Counts one more reply that was learned from. */
  learned?: string;
  at: string;
  /** What the agency's stream is told, if anything. */
  event?: NewEvent;
}

export interface ShapeLedger {
  shapes(agency: string, place: string): Promise<ShapeMark[]>;
  /** False, and nothing stored, when another came first with any of the marks: work it out again from what is known. */
  keepShapes(sighting: ShapeSighting): Promise<boolean>;
}

/** What operators were told of. */
export interface ToldShape {
  agency: string;
  place: string;
  mark: string;
  toldAt: string;
}

export interface ShapeLooks {
  /** Since a time, the latest first, at most 1000. */
  toldShapes(since: string): Promise<ToldShape[]>;
  /** The last events of one type in a stream, the latest first. */
  lastEvents(stream: string, type: string, most: number): Promise<ChainedEvent[]>;
}
