/** Rows of what others bring: an agency's messages, and documents. */
export interface InboxRow {
  agency: string;
  /** Keyed digest of the agency's message id. */
  id: string;
  /** Keyed digest of what it says: another digest under the same id is a conflict. */
  content: string;
  state: 'applied' | 'answered' | 'waiting' | 'conflict';
  hosted: string;
  /** Blind index of the reference it speaks of. */
  reference: string | null;
  applicationId: string | null;
  step: string | null;
  /** RFC 3339. */
  at: string;
  /** Whose key sealed the bytes: an application id, or `inbox/<agency>/<day>`. */
  keyOwner: string;
  /** The request as received, sealed. */
  request: Uint8Array;
  /** The answer as sent, sealed. */
  answer: Uint8Array;
}

/** A document as listed; its bytes are in sealed chunks under a key of its own. */
export interface DocumentRow {
  id: string;
  platform: string;
  applicationId: string | null;
  /** The name it goes by within its application. */
  name: string | null;
  /** Blind index of its SHA-256. */
  hash: string;
  type: string;
  size: number;
  at: string;
  wrappedKey: Uint8Array;
}

export interface StoredDocument {
  row: DocumentRow;
  chunks: Uint8Array[];
}
