/** What the flow asks of the wire: one exchange with an agency, and what is surely known after it. */
import type { Adapter, WireReply } from '../../adapter-kit/contract.ts';
import type { Agency } from '../../domain/catalogue.ts';
import type { DocumentType } from '../../domain/documents.ts';
import type { Outcome, WireRequest } from '../../domain/outcome.ts';

export interface ExchangeArgs {
  agency: Agency;
  adapter: Adapter;
  request: WireRequest;
  /** The attempt's instant (RFC 3339, UTC) and key, for the signature. */
  sign: { now: string; tryKey: string };
  /** Milliseconds since the epoch; nothing is sent after it. */
  deadline: number;
  /** Bytes of a document that the request names. */
  documents(id: string): Promise<Uint8Array>;
}

/** What was sent and what came, at most 2 kB each and masked, for the attempt's record. */
export interface Excerpts {
  sent: string;
  got: string;
}

export type UnreadableCode = 'agency_bad_reply' | 'agency_reply_too_large' | 'agency_redirect';

/** Why nothing was sent: the operation is surely not done. */
export type NotSentCode =
  | 'connection_refused'
  | 'connect_timeout'
  | 'connect_failed'
  | 'dns_failed'
  | 'tls_failed'
  /** A name resolved to an address that may not be called. */
  | 'address_refused'
  /** The time was up before the first byte left. */
  | 'deadline'
  /** The adapter's request cannot be put on the wire (a header, a path, a body form). */
  | 'bad_request'
  | 'bad_base_url'
  | 'document_unavailable'
  /** Sign-in was asked for and brought no readable answer. */
  | 'sign_in_lost'
  | 'sign_in_bad_reply';

/** How an answer was lost: the operation is perhaps done. */
export type LostCode = 'timeout' | 'reset' | 'truncated' | 'bad_http';

export type Exchanged =
  | ({ is: 'reply'; wire: WireReply; bytes: Uint8Array } & Excerpts)
  /** A reply came, but not one that an adapter may read. Perhaps done. */
  | ({ is: 'unreadable'; code: UnreadableCode; status: number } & Excerpts)
  /** The gateway before the agency answered: no word of the agency's. */
  | ({ is: 'gateway'; outcome: Outcome; status: number } & Excerpts)
  | { is: 'notSent'; code: NotSentCode }
  | { is: 'lost'; code: LostCode; sent: string }
  /** Sign-in said no: `away` (refused) or `retry`. The operation was not sent. */
  | { is: 'signIn'; outcome: Outcome };

export type FetchedDocument =
  | { is: 'document'; bytes: Uint8Array; type: DocumentType }
  | {
      is: 'failed';
      code:
        | 'document_host_not_listed'
        | 'document_unavailable'
        | 'document_too_large'
        | 'document_redirect'
        | 'document_type';
    };

export interface Caller {
  /** One exchange, sign-in included. Never rejects. */
  exchange(args: ExchangeArgs): Promise<Exchanged>;
  /** Gets a document that a reply named by URL, from hosts listed for the agency only. Never rejects. */
  fetchDocument(args: { agency: Agency; url: string; deadline: number }): Promise<FetchedDocument>;
  /** Forgets an agency's bearer token. */
  dropToken(agencyId: string): void;
  /** Ends every connection. */
  close(): Promise<void>;
}
