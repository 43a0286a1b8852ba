/** The ledger as the flow sees it: narrow verbs, each one transaction, and the rows they carry. */
import type { AgencyLimits } from '../../domain/catalogue.ts';
import type { Application, ApplicationState, ItemKind, NewItem } from '../../domain/application.ts';
import type { ChainedEvent, NewEvent } from '../../domain/chain.ts';
import type { Lane, LaneGate, LaneSignal, Ring } from '../../domain/lane.ts';
import type { AttemptKind, Step } from '../../domain/step.ts';
import type { InboxRow, StoredDocument } from './ledger-brought.ts';
import type { ComplaintRow, ComplaintsDue, MessageRow } from './ledger-people.ts';
import type { ShapeLedger } from './ledger-shapes.ts';

export type { DocumentRow, InboxRow, StoredDocument } from './ledger-brought.ts';

/** A step as it is stored: what is personal is sealed. */
export type StepRow = Omit<Step, 'secret'> & { sealed: Uint8Array };

export interface ApplicationRow extends Application {
  /** The canonical body, sealed. */
  body: Uint8Array;
  /** The route's result, sealed, once it ended. */
  result: Uint8Array | null;
  wrappedKey: Uint8Array;
}

export interface StoredApplication {
  application: ApplicationRow;
  steps: StepRow[];
}

export interface IndexEntry {
  kind: 'nik' | 'phone' | 'clientReference' | 'open' | 'openAnywhere' | 'related';
  value: string;
}

/** Everything an accepted application writes, in one transaction. */
export interface Acceptance {
  application: Omit<ApplicationRow, 'version' | 'head' | 'result' | 'endedAt'>;
  steps: StepRow[];
  events: ChainedEvent[];
  /** What a person is needed for from the start. */
  items?: NewItem[];
  index: IndexEntry[];
  /** Blind index of the platform's own reference: the second lock, for life. */
  clientReference: string;
  /** Keyed digest of the canonical body. */
  fingerprint: string;
  /** Blind index of the Idempotency-Key; absent in batch lines and for applications that agencies open. */
  idempotencyKey?: string;
  /** Of a service that takes one open application a person: the blind index that only one may hold. */
  openLock?: string;
  /** Uploaded documents that this application takes over: blind index of the hash → the name it goes by. */
  documents: { hash: string; name: string }[];
  /** The agency's message that brought it. */
  inbox?: InboxRow;
}

export type Accepted =
  | { is: 'accepted'; rings: Ring[] }
  /** The same application was accepted before, under this key or this reference. */
  | { is: 'repeat'; applicationId: string; number: string; promisedAt: number | null }
  | { is: 'keyReused' }
  /** The platform's reference stands under another body. */
  | { is: 'referenceTaken'; applicationId: string }
  | { is: 'documentMissing'; names: string[] }
  /** Another application of the person is open, and the service takes one. */
  | { is: 'duplicateOpen'; number: string }
  /** The message that brought it was taken in already: nothing was stored. */
  | { is: 'known' };

/** What keeps an application from being taken in twice. */
export type Locks = Pick<Acceptance, 'clientReference' | 'fingerprint' | 'idempotencyKey'> & {
  platform: string;
};

export interface Claim {
  applicationId: string;
  step: string;
  /** The wake and fence that the claim was worked out from. */
  wake: number;
  fence: number;
  lane: string;
  kind: AttemptKind;
  round: number;
  number: number;
  tryKey: string;
  /** The attempt's instant, RFC 3339. */
  at: string;
  /** Milliseconds; outlives the call's time-out. */
  leaseMs: number;
  /** The agency's calendar and quota at this instant; absent where it has neither. */
  gate?: LaneGate;
}

export type Claimed =
  | { is: 'claimed'; fence: number; wake: number; leaseUntil: number; probe: boolean }
  | { is: 'stale' }
  /** `inTurn`: an earlier application of the same applicant goes first. */
  | { is: 'closed'; why: 'paused' | 'asleep' | 'inTurn' };

export interface AttemptResult {
  step: string;
  round: number;
  number: number;
  /** RFC 3339. */
  endedAt: string;
  /** The outcome's word, or `lost`. */
  outcome: string;
  code: string | null;
  status: number | null;
  /** Wire excerpts, sealed. */
  sealed: Uint8Array | null;
}

/** A change to one application: worked out elsewhere, applied by compare-and-set, in one transaction. */
export interface Change {
  applicationId: string;
  /** The version it was worked out from, with the fields that events move; only the end of an attempt goes without. */
  version?: number;
  application?: {
    state: ApplicationState;
    ending: Application['ending'];
    endedAt: number | null;
    clock: Application['clock'];
    result?: Uint8Array;
    /** The canonical body, mended by the applicant; sealed. */
    body?: Uint8Array;
  };
  events: ChainedEvent[];
  /** Whole rows; each names the wake and fence it was read with. A due time raises the wake. */
  steps: { row: StepRow; wake: number; fence: number }[];
  /** Rounds that ended, kept as they were. */
  oldRounds?: StepRow[];
  attempt?: AttemptResult;
  lane?: { id: string; signal: LaneSignal; limits: AgencyLimits };
  open?: NewItem[];
  /** Steps whose open items are closed, and by whom; a refund or another dispute stays open unless it is meant. */
  close?: { steps: string[]; by: string; at: string; disputes?: boolean };
  /** References that agencies gave: blind index → step. */
  references?: { agency: string; reference: string; step: string }[];
  inbox?: InboxRow;
  documents?: StoredDocument[];
  /** Uploaded documents that the applicant sends with his corrections: blind index of the hash → the name it goes by. */
  taken?: { hash: string; name: string }[];
  /** Blind indexes that the application is found by from now on, besides those it has. */
  index?: IndexEntry[];
  /** What was said about it. */
  said?: MessageRow[];
  /** Complaints about it, new or as they have become. */
  complaints?: ComplaintRow[];
}

export type Recorded =
  | { is: 'done'; rings: Ring[] }
  /** Another change came first: work it out again. */
  | { is: 'raced' }
  /** The message that this change belongs to was taken in already: nothing was stored. */
  | { is: 'known' }
  /** Nothing was stored: documents that were never uploaded. */
  | { is: 'documentMissing'; names: string[] };

export interface AttemptRow {
  step: string;
  round: number;
  number: number;
  kind: AttemptKind;
  tryKey: string;
  at: string;
  endedAt: string | null;
  outcome: string | null;
  code: string | null;
  status: number | null;
  sealed: Uint8Array | null;
}

export interface ItemRow {
  id: string;
  applicationId: string;
  number: string;
  platform: string;
  step: string;
  kind: ItemKind;
  code: string;
  /** Whose queue it stands in; null: the operators'. */
  role: string | null;
  /** When it is due, ms. */
  dueAt: number | null;
  openedAt: string;
  closedAt: string | null;
  closedBy: string | null;
}

/** A round that ended, as it was. */
export interface OldRound {
  step: string;
  round: number;
  key: string;
  agency: string;
  state: string;
  code: string | null;
  sealed: Uint8Array;
}

export interface StepAddress {
  applicationId: string;
  step: string;
}

/** What a sweep asks for. */
export interface DueWanted {
  /** Due until then, ms since the epoch. */
  horizon: number;
  /** Of a lane, at most. */
  most: (lane: string) => number;
  /** Bells of a lane that cannot be answered; none when absent. So many more go to a sleeping lane, which gets one probe else. */
  stuck?: (lane: string) => number;
  /** Only these lanes; all when absent. */
  lanes?: string[];
  /** How many steps of a platform go while another of weight 1 has one of the same class; 1 when absent. */
  weights?: ReadonlyMap<string, number>;
}

/** What the flow needs; the desk, the HTTP edge and notify name their own (`ledger-desk.ts`, `ledger-notify.ts`). */
export interface FlowLedger extends ShapeLedger {
  /** A serial for application numbers, unique per site and year. */
  nextSerial(site: string, year: number): Promise<number>;
  accept(acceptance: Acceptance): Promise<Accepted>;
  /** What `accept` would say by its locks alone; null when neither is taken. */
  accepted(locks: Locks): Promise<Accepted | null>;
  /** Applications that are open under a blind index, the oldest first. */
  openLike(
    kind: 'open' | 'openAnywhere',
    value: string,
  ): Promise<{ id: string; number: string; platform: string }[]>;
  read(applicationId: string): Promise<StoredApplication | undefined>;
  attempts(applicationId: string): Promise<AttemptRow[]>;
  claim(claim: Claim): Promise<Claimed>;
  record(change: Change): Promise<Recorded>;
  /** What is due, not leased and in its turn, in lanes that are awake; one per sleeping lane. */
  due(wanted: DueWanted): Promise<Ring[]>;
  /** Ends the leases of a dead predecessor (embedded start only). */
  endLeases(): Promise<number>;
  /** The pinned text of a plan: `{ service, route }`. */
  savePlan(digest: string, text: string): Promise<void>;
  plan(digest: string): Promise<string | undefined>;

  /** By the key of the current round or of an old one. */
  findByKey(agency: string, key: string): Promise<StepAddress | undefined>;
  /** Rounds that ended, in their order. */
  oldRounds(applicationId: string): Promise<OldRound[]>;
  findByReference(agency: string, reference: string): Promise<StepAddress | undefined>;
  inbox(agency: string, id: string): Promise<InboxRow | undefined>;
  /** News that came before its step had this reference. */
  waitingNews(agency: string, reference: string): Promise<InboxRow[]>;
  /** Keeps a message that changes no application. A second of the same id is refused with false. */
  keepNews(row: InboxRow): Promise<boolean>;
  /** A wrapped key of an owner that is no application; made when there is none. */
  wrappedKey(owner: string, wrapped?: Uint8Array): Promise<Uint8Array | undefined>;

  grantToken(agency: string, tokenHash: string, expiresAt: number): Promise<void>;
  tokenLives(agency: string, tokenHash: string): Promise<boolean>;

  saveDocument(document: StoredDocument): Promise<void>;
  document(id: string): Promise<StoredDocument | undefined>;
  documentNamed(applicationId: string, name: string): Promise<StoredDocument | undefined>;

  lane(id: string): Promise<Lane>;
  setPaused(agency: string, paused: boolean, event: NewEvent): Promise<void>;
  appendEvents(stream: string, events: NewEvent[]): Promise<void>;
}

/** Kept news whose reference a step has gained, and that step's adapter. */
export type FoundNews = InboxRow & { adapter: string };

/** Where a walk through kept news stands. */
export type NewsPlace = Pick<InboxRow, 'agency' | 'reference' | 'id'>;

/** What the sweep needs besides. */
export interface RecoverLedger extends FlowLedger, ComplaintsDue {
  /** News that still waits though a step has its reference (a crash came between), in a fixed order, after a place. */
  newsWithSteps(after: NewsPlace | null, most: number): Promise<FoundNews[]>;
  /** Applications whose clock has to be looked at, the most urgent first. */
  clocksDue(now: number, most: number): Promise<string[]>;
  /** Deletes uploaded documents that no application has listed, at most 1000 at once. */
  dropUnlisted(before: string): Promise<number>;
  /** Deletes lines of the delivery log, at most 1000 at once. */
  dropDeliveries(before: string): Promise<number>;
}
