/** The ledger as `notify` sees it: callback endpoints, what is due at each, and what was delivered. */
import type { ChainedEvent, NewEvent } from '../../domain/chain.ts';
import type { Ring } from '../../domain/lane.ts';
import type { StoredApplication } from './ledger.ts';

export interface EndpointRow {
  id: string;
  platform: string;
  /** `paused`: given up after 3 days until a person resumes it; `disabled`: the receiver said 410. */
  state: 'active' | 'paused' | 'disabled';
  code: string | null;
  wake: number;
  dueAt: number | null;
  fence: number;
  leaseUntil: number | null;
  /** Failures in a row, and since when (ms). */
  failures: number;
  failingSince: number | null;
  createdAt: string;
  /** URL and secrets, sealed. */
  sealed: Uint8Array;
  wrappedKey: Uint8Array;
}

/** Where an endpoint stands in one application's stream. */
export interface Delivery {
  applicationId: string;
  nextSeq: number;
}

/** How far a batch came: `fromSeq` is where it was claimed from. */
export interface Moved extends Delivery {
  fromSeq: number;
}

export interface DeliveryLogRow {
  endpointId: string;
  id: string;
  at: string;
  applicationId: string;
  seq: number;
  status: number | null;
  code: string | null;
}

export interface NotifyLedger {
  appendEvents(stream: string, events: NewEvent[]): Promise<void>;
  read(applicationId: string): Promise<StoredApplication | undefined>;
  createEndpoint(row: EndpointRow): Promise<void>;
  endpoint(id: string): Promise<EndpointRow | undefined>;
  endpointsOf(platform: string): Promise<EndpointRow[]>;
  updateEndpoint(id: string, fields: { state: EndpointRow['state']; code: string | null }): Promise<Ring[]>;
  /** New secrets; how the endpoint fares stays as it is. */
  resealEndpoint(id: string, sealed: Uint8Array): Promise<void>;
  deleteEndpoint(id: string): Promise<void>;
  /** Takes the endpoint for one batch; undefined when the bell was stale. */
  claimEndpoint(
    id: string,
    wake: number,
    leaseMs: number,
  ): Promise<{ row: EndpointRow; due: Delivery[] } | undefined>;
  /** The events that are next in an application's stream. */
  eventsFrom(applicationId: string, seq: number, most: number): Promise<ChainedEvent[]>;
  /** Ends a batch: moves on, logs, and becomes due again if anything is left. `retryAt` backs the whole endpoint off. */
  endBatch(batch: {
    id: string;
    fence: number;
    moved: Moved[];
    log: DeliveryLogRow[];
    failed: { retryAt: number; at: number } | null;
    state: EndpointRow['state'];
    code: string | null;
  }): Promise<Ring[]>;
  deliveryLog(endpointId: string, after: string, most: number): Promise<DeliveryLogRow[]>;
  /** Sends an application's events to an endpoint again, from a number on. */
  redeliver(endpointId: string, applicationId: string, fromSeq: number): Promise<Ring[]>;
}
