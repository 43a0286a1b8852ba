/** The processes of one installation: which of them are there, and which configuration each goes by. */

/** Each says so often that it is there. */
export const BEAT_MS = 15_000;
/** Who has said nothing for so long is taken for gone. */
export const SILENT_MS = 60_000;

/** Where a process stands with the configuration. */
export interface ProcessRow {
  /** Of this run of it. */
  id: string;
  /** `HOST:PORT`. */
  name: string;
  role: 'all' | 'api' | 'worker';
  /** Milliseconds since the epoch, by the ledger's clock, as the other times. */
  startedAt: number;
  seenAt: number;
  /** Of the files that it goes by, secrets included; the same on every machine whose files say the same. */
  digest: string;
  /** Since when it goes by them. */
  since: number;
  /** Number of the last reload that it has looked at; 0 for none. */
  heard: number;
  /** Why it did not take that one up; nothing when it did. */
  refused: RefusedFor[];
}

/** A finding without what is found: a code and a place. */
export interface RefusedFor {
  code: string;
  file: string;
  line: number;
}

/** Steps are run by these: they have to know a configuration before anything is accepted by it. */
export const worksLanes = ({ role }: Pick<ProcessRow, 'role'>): boolean => role !== 'api';
