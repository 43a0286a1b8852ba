/** What an agency's reply means, in canonical words: the eight outcomes of an exchange. */

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };
export type LocalizedText = { id: string; en: string };

/** One exchange over the wire, before the bus signs and sends it. */
export interface WireRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Starts with `/`; appended to the agency's `settings.baseUrl`. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: WireBody;
}

/** Stands wherever a body wants a document's bytes; `outbound` fills it in while sending. */
export interface DocumentSlot {
  document: string;
  as: 'base64' | 'part' | 'body';
}

export type Part =
  | { name: string; value: string }
  | { name: string; json: JsonValue }
  | ({ name: string; fileName?: string } & DocumentSlot);

export type WireBody =
  /** JSON; a `DocumentSlot` with `as: 'base64'` may stand anywhere a string may. */
  | { json: JsonValue }
  | { form: Record<string, string> }
  | { multipart: Part[] }
  /** XML from xml2js' object form, one root key. */
  | { xml: JsonObject }
  | DocumentSlot;

/** A document that came with a reply, to be fetched, checked and sealed before the step settles. */
export interface IncomingDocument {
  name: string;
  /** The media type expected; the bytes are checked against it. */
  type: string;
  /** The whole body, base64 at a JSON pointer of the body, or a URL of a host listed for the agency. */
  from: 'body' | { pointer: string } | { url: string };
}

/** One field or document that the applicant must mend. */
export interface Correction {
  pointer?: string;
  documentId?: string;
  code: string;
  text?: LocalizedText;
}

/** Who has to move before a pending step can end. */
export type Awaits = 'agency' | 'payment' | 'appointment' | 'applicant';

export interface Ok {
  is: 'ok';
  output: JsonObject;
  documents?: IncomingDocument[];
}
export interface Refused {
  is: 'refused';
  /** A canonical reason code, such as `NIK_NOT_FOUND`. */
  code: string;
  /** The agency's own words; may be personal, so it is only ever stored sealed. */
  text?: string;
}
export interface SendBack {
  is: 'sendBack';
  corrections: Correction[];
}
export interface Pending {
  is: 'pending';
  /** The agency's name for our request, by which its news finds the step. */
  reference?: string;
  /** What the citizen needs to see: a virtual account number, an appointment. */
  shown?: JsonObject;
  awaits?: Awaits;
  /** RFC 3339; after it nothing more is to come (a bill's expiry). Ends the wait no later than this. */
  until?: string;
}
export interface Retry {
  is: 'retry';
  code: string;
  /** From `Retry-After`: do not come back sooner. */
  afterSeconds?: number;
}
export interface Unknown {
  is: 'unknown';
  code: string;
}
export interface Away {
  is: 'away';
  code: string;
  /** RFC 3339; absent: the lane's own backoff decides. */
  until?: string;
}
export interface More {
  is: 'more';
  request: WireRequest;
  /** Handed to the next `reply` as `call.carry`. */
  carry?: JsonObject;
}

export type Outcome = Ok | Refused | SendBack | Pending | Retry | Unknown | Away | More;

/** What an operation does at the agency, which alone decides whether it may be sent again (law 4). */
export type Effect = 'read' | 'keyed' | 'inquirable' | 'once';
