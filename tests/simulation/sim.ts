/** What all parts of one simulated world share. */
import type { Registry } from '../../src/adapter-kit/registry.ts';
import type { Log } from '../../src/flow/ports/log.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { Agency } from './agency.ts';
import type { Coverage } from './coverage.ts';
import type { Monitor } from './monitor.ts';
import type { Process } from './process.ts';
import type { Receivers } from './receivers.ts';
import type { Scheduler } from './scheduler.ts';
import type { Spectator } from './spectator.ts';

/** An invariant that does not hold. */
export interface Broken {
  /** `I6`. */
  invariant: string;
  why: string;
}

export interface Sim {
  seed: number;
  time: Scheduler;
  /** The SQLite database in memory that every process opens for itself. */
  uri: string;
  /** Services, routes and agencies of this seed. */
  mall: Catalogue;
  registry: Registry;
  coverage: Coverage;
  monitor: Monitor;
  spectator: Spectator;
  log: Log;
  /** Every line logged. */
  lines: string[];
  agencies: Map<string, Agency>;
  receivers: Receivers;
  /** By place; null while crashed. */
  processes: (Process | null)[];
  /** One process that ends its dead predecessor's leases, or several that wait for them. */
  embedded: boolean;
  /** Faults are over: what is begun now goes well. */
  calm: boolean;
  /** How badly bells fare now. */
  bells: { lost: number; doubled: number; late: number };
  /** Every ledger opened, to be closed in the end. */
  opened: { close(): Promise<void> }[];
  /** Crashes so far. */
  crashes: number;
  /** Actors that have not done yet. */
  busy: number;
  /** Every body that was ever submitted, by the blind index of its reference. */
  submitted: Map<string, JsonObject>;
  /** Officers and applicants go on when the faults are over; else what waits for them runs out. */
  diligent: boolean;
  /** What platforms were told: the receipt by platform and key. */
  receipts: Map<string, { id: string; number: string; promisedAt: number | null }>;
  /** URL of each endpoint's receiver, by platform. */
  endpoints: Map<string, string[]>;
  broken: Broken[];
  break(invariant: string, why: string): void;
  trace(line: string): void;
}

/** Resolves never: what waits for it belongs to a process that is dead. */
export const never = (): Promise<never> => new Promise(() => undefined);
