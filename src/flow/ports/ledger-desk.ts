/** The ledger as people's acts and the HTTP edge see it. */
import type { ApplicationState } from '../../domain/application.ts';
import type { ChainedEvent } from '../../domain/chain.ts';
import type { Lane } from '../../domain/lane.ts';
import type { ConfigLedger } from './ledger-config.ts';
import type { NotifyLedger } from './ledger-notify.ts';
import type { PeopleLedger } from './ledger-people.ts';
import type { RouteLedger } from './ledger-routes.ts';
import type { ShapeLooks } from './ledger-shapes.ts';
import type { ApplicationRow, DocumentRow, IndexEntry, ItemRow, StepRow, RecoverLedger } from './ledger.ts';

export interface ListFilter {
  /** Absent: every platform's (operators). */
  platform?: string;
  state?: ApplicationState;
  service?: string;
  site?: string;
  /** Only applications with an open item for a person. */
  attention?: boolean;
  /** Last id of the page before. */
  after?: string;
  /** Least id: ids begin with the time at which they were made. */
  from?: string;
  most: number;
}

export type Summary = Pick<
  ApplicationRow,
  | 'id'
  | 'number'
  | 'platform'
  | 'site'
  | 'service'
  | 'channel'
  | 'state'
  | 'acceptedAt'
  | 'promisedAt'
  | 'endedAt'
>;

/** `task:ROLE`: decides what routes ask of that role. `admin`: changes the configuration in force. */
export type Scope =
  'applications:submit' | 'applications:read' | 'callbacks:manage' | 'operate' | 'admin' | `task:${string}`;
export const SCOPES: Scope[] = [
  ...(['applications:submit', 'applications:read', 'callbacks:manage', 'operate', 'admin'] as const),
];

export interface ApiKeyRow {
  id: string;
  /** Blind index of the secret. */
  hash: string;
  platform: string;
  scopes: Scope[];
  title: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
}

/** What `prune` dropped, or would drop. */
export interface Pruned {
  applications: number;
  attempts: number;
  events: number;
}

export interface DeskLedger
  extends RecoverLedger, NotifyLedger, ShapeLooks, PeopleLedger, RouteLedger, ConfigLedger {
  list(filter: ListFilter): Promise<Summary[]>;
  search(kind: IndexEntry['kind'], value: string, platform: string, most: number): Promise<Summary[]>;
  byNumber(number: string): Promise<string | undefined>;
  events(stream: string, after: number, most: number): Promise<ChainedEvent[]>;
  /** Names of every stream, in order, after one: for verification. */
  streams(after: string, most: number): Promise<string[]>;
  documentsOf(applicationId: string): Promise<Omit<DocumentRow, 'wrappedKey'>[]>;
  openItems(filter: {
    applicationId?: string;
    platform?: string;
    /** Whose queue. */
    role?: string;
    after?: string;
    most: number;
  }): Promise<ItemRow[]>;
  /** Steps that are unknown or parked, oldest first. */
  stuck(most: number): Promise<StepRow[]>;
  lanes(): Promise<Lane[]>;
  /** Steps due or waiting, per agency and state. */
  backlog(): Promise<{ agency: string; state: string; count: number; oldest: number }[]>;
  /** `banking@1`, … that applications which have not ended go by. */
  adaptersInUse(): Promise<string[]>;
  /** Agencies that applications which have not ended have steps with, and the adapter of those: `banking@1`. */
  agenciesInUse(): Promise<{ agency: string; adapter: string }[]>;
  createKey(row: ApiKeyRow): Promise<void>;
  apiKey(id: string): Promise<ApiKeyRow | undefined>;
  keys(): Promise<ApiKeyRow[]>;
  revokeKey(id: string, at: string): Promise<boolean>;
  /**
   * Drops attempts and events of applications that ended before (ms), owe nobody a callback and have no open item; the
   * bus's own stream says so. A body may wait until all of a month have.
   */
  prune(before: number, dryRun: boolean): Promise<Pruned>;
  /** Throws when the ledger cannot be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Of the ledger what those need who only look. */
export type LookLedger = Pick<DeskLedger, 'list' | 'read' | 'plan' | 'byNumber' | 'close'>;
