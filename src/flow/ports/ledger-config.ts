/** What the processes of an installation tell each other of the configuration: the reload asked for last, and what each goes by. */
import type { NewEvent } from '../../domain/chain.ts';
import type { ProcessRow } from '../../domain/installation.ts';

export interface AskedReload {
  /** From 1, without gaps; the last one counts. */
  n: number;
  /** Of the files that were checked when it was asked for. */
  digest: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Id of the API key. */
  by: string;
}

export interface ConfigLedger {
  /** Keeps a reload for every process to follow, with an event of the bus; false when another had its number first. */
  askReload(asked: AskedReload, event: NewEvent): Promise<boolean>;
  /** The last one; undefined before the first. */
  askedReload(): Promise<AskedReload | undefined>;
  /** Says how a process stands, and drops those that were seen last before a time (ms). */
  sayProcess(row: ProcessRow, dropBefore: number): Promise<void>;
  /** Those seen since a time (ms), by name and then by start. */
  processes(since: number): Promise<ProcessRow[]>;
  /** A process that stops well is not waited for. */
  dropProcess(id: string): Promise<void>;
}
