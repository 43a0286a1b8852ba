/** What every part of the flow is handed: the ports, the catalogue and the registry of adapters. */
import type { Registry } from '../adapter-kit/registry.ts';
import type { Clock } from '../clock.ts';
import type { Application } from '../domain/application.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Ring } from '../domain/lane.ts';
import type { Caller } from './ports/caller.ts';
import type { FlowLedger } from './ports/ledger.ts';
import type { Log } from './ports/log.ts';
import type { Queue } from './ports/queue.ts';
import type { Vault } from './ports/vault.ts';
import type { Share } from './share.ts';

export interface Flow<Ledger = FlowLedger> {
  clock: Clock;
  ledger: Ledger;
  queue: Queue;
  share: Share;
  vault: Vault;
  caller: Caller;
  registry: Registry;
  log: Log;
  /** Is told of each application that has ended, once it is stored; what fails there is logged. */
  ended?(application: Application): void;
  /** Takes an application back, for the application that opened it. */
  withdraw?(applicationId: string): Promise<{ is: string; code?: string }>;
  /** The catalogue in force; a reload replaces it. */
  catalogue(): Catalogue;
}

/** Rings all of these at once. */
export function ringAll(queue: Queue, rings: Ring[]): void {
  for (const ring of rings) queue.ring(ring);
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();
