/** What an agency's reply means, in canonical words: the eight outcomes of an exchange, and whether a value is one. */

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

/** A SOAP envelope; the kit writes envelope, media type and action as the version wants them. */
export interface SoapBody {
  version: '1.1' | '1.2';
  /** SOAPAction of 1.1, the `action` parameter of 1.2; may be empty. */
  action: string;
  /** Prefix → namespace URI, declared on the envelope. */
  namespaces?: Record<string, string>;
  /** In xml2js' object form; no element when absent. */
  header?: JsonObject;
  body: JsonObject;
}

export type WireBody =
  /** JSON; a `DocumentSlot` with `as: 'base64'` may stand anywhere a string may. */
  | { json: JsonValue }
  | { form: Record<string, string> }
  | { multipart: Part[] }
  /** XML from xml2js' object form, one root key. */
  | { xml: JsonObject }
  | { soap: SoapBody }
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
export type Awaits = 'agency' | 'payment' | 'appointment' | 'applicant' | 'officer';

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

const CODE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/**
 * An outcome as an adapter made it, held to its shape, so that nothing unreadable reaches a step: a time that does not
 * parse, or a code of another form, would leave it without an end. What does not fit is a reply nobody can read.
 */
export function checked(outcome: unknown): Outcome {
  if (!isObject(outcome) || !fits(outcome)) return { is: 'unknown', code: 'BAD_RESPONSE' };
  const whole = outcome as unknown as Outcome;
  return whole.is === 'retry' && whole.afterSeconds !== undefined
    ? { ...whole, afterSeconds: Math.ceil(whole.afterSeconds) }
    : whole;
}

function fits(outcome: Partial<Outcome>): boolean {
  switch (outcome.is) {
    case 'ok':
      return isObject(outcome.output) && isList(outcome.documents ?? [], isObject);
    case 'refused':
      return isCode(outcome.code) && isText(outcome.text ?? '');
    case 'sendBack':
      return isList(outcome.corrections, (one) => isObject(one) && isCode(one['code']));
    case 'pending':
      return isText(outcome.reference ?? '') && isObject(outcome.shown ?? {}) && isTime(outcome.until);
    case 'retry':
      return isCode(outcome.code) && isSeconds(outcome.afterSeconds);
    case 'unknown':
      return isCode(outcome.code);
    case 'away':
      return isCode(outcome.code) && isTime(outcome.until);
    case 'more':
      return isObject(outcome.request) && isObject(outcome.carry ?? {});
    default:
      return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCode = (value: unknown): boolean => typeof value === 'string' && CODE.test(value);
const isList = (value: unknown, each: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(each);
const isTime = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
const isSeconds = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0);
