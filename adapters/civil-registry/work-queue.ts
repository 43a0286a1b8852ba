/** The Dinas's work queue in the bus's own profile: one way in, asked about, cancelled and told of, whatever the event is. */
import type {
  Call,
  Correction,
  HostedMessage,
  HostedRequest,
  JsonObject,
  JsonSchema,
  LocalizedText,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { BAD_RESPONSE, object, text } from './values.ts';

/** SIAK offers no API for submissions (see guide.md). */
const APPLICATIONS = '/adminduk/v1/applications';

/** What is done for a citizen, as the queue knows it. */
export interface Kind {
  title: LocalizedText;
  /** The official form; with `event` it tells one kind from another. */
  form: string;
  event?: string;
  /** What the file is called that comes with it. */
  document: string;
  /** A civil record: once sent it is corrected by another service, never cancelled. */
  isFinal?: true;
  /** Sent empty when the application has none. */
  lists?: readonly string[];
  /** What an ISSUED record gives; null when something is missing. */
  issued(record: JsonObject): JsonObject | null;
}

interface Papers {
  documents?: { type: string; documentId: string }[];
}

/** An operation on the queue; the same `requestId` again finds the same ticket. */
export function queued<Input extends object>(
  kind: Kind,
  input: JsonSchema,
  output: JsonSchema,
): Operation<Input & Papers> {
  return {
    title: kind.title,
    effect: 'keyed',
    input,
    output,
    request: (sent, call) => submission(kind, sent, call),
    reply: (wire, _sent, call) => submitReply(kind, wire, call),
    inquiry: {
      notBefore: '60s',
      trustAfter: '10m',
      request: (_sent, call) => ({ method: 'GET', path: APPLICATIONS, query: { requestId: call.key } }),
      reply: (wire, _sent, call) => inquiryReply(kind, wire, call),
    },
    ...(!kind.isFinal && {
      compensation: { effect: 'keyed', request: cancelRequest, reply: cancelReply },
    }),
  };
}

function submission({ form, event, lists = [] }: Kind, input: Papers, call: Call): WireRequest {
  const { documents = [], ...rest } = input;
  const attached = documents.map((one) => ({
    type: one.type,
    content: { document: one.documentId, as: 'base64' },
  }));
  const empty = Object.fromEntries(lists.map((name) => [name, []]));
  const head = { requestId: call.key, form, ...(event !== undefined && { event }) };
  const json = { ...head, ...empty, ...rest, documents: attached };
  return { method: 'POST', path: APPLICATIONS, body: { json } };
}

function submitReply(kind: Kind, wire: WireReply, call: Call): Outcome {
  const body = object(wire.body);
  const taken = wire.status === 200 || wire.status === 202;
  if (taken) return progress(kind, { status: 'RECEIVED', ...body }) ?? BAD_RESPONSE;
  if (wire.status === 422) return progress(kind, { ...body, status: 'RETURNED' }) ?? BAD_RESPONSE;
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

function inquiryReply(kind: Kind, wire: WireReply, call: Call): Outcome {
  if (notFound(wire)) return { is: 'retry', code: 'NOT_RECEIVED' };
  const known = wire.status === 200 ? progress(kind, object(wire.body)) : call.tools.byStatus(wire);
  return known ?? BAD_RESPONSE;
}

/** What a work queue's record says of the application, in a reply and in news alike; null when unreadable. */
function progress(kind: Kind, record: JsonObject): Outcome | null {
  const status = text(record['status']);
  const reference = text(record['ticket']);
  const url = text(record['documentUrl']);
  const code = /^[A-Z][A-Z0-9_]{1,39}$/.exec(text(record['reasonCode']))?.[0];
  if (status === 'ISSUED') {
    const output = kind.issued(record);
    const file = { name: kind.document, type: 'application/pdf', from: { url } };
    return output && { is: 'ok', output, ...(url && { documents: [file] }) };
  }
  if (status === 'REJECTED' && code) return { is: 'refused', code };
  if (status === 'RETURNED' && code) return { is: 'sendBack', corrections: [returned(code, record)] };
  if (status === 'CANCELLED') return { is: 'refused', code: 'CANCELLED' };
  const open = status === 'RECEIVED' || status === 'PROCESSING';
  return open && reference !== '' ? { is: 'pending', reference, awaits: 'agency' } : null;
}

/** What is to be mended, by the name under which it was sent, where the Dinas says so. */
function returned(code: string, record: JsonObject): Correction {
  const field = /^[A-Za-z][A-Za-z0-9]{0,39}$/.exec(text(record['field']))?.[0];
  return { code, ...(field !== undefined && { pointer: `/${field}` }) };
}

function cancelRequest(_input: object, call: Call): WireRequest {
  if (call.reference === undefined) {
    return { method: 'DELETE', path: APPLICATIONS, query: { requestId: call.key } };
  }
  return { method: 'DELETE', path: `${APPLICATIONS}/${encodeURIComponent(call.reference)}` };
}

/** Issued and not to be taken back; used already by the office that it was for. */
const TOO_LATE = new Set(['ALREADY_ISSUED', 'ALREADY_USED']);

function cancelReply(wire: WireReply, _input: object, call: Call): Outcome {
  const body = object(wire.body);
  // A page of HTML with 200 has cancelled nothing.
  const cancelled = wire.status === 204 || (wire.status === 200 && body['status'] === 'CANCELLED');
  if (cancelled || notFound(wire)) return { is: 'ok', output: {} };
  const code = text(body['code']);
  if (wire.status === 409 && TOO_LATE.has(code)) return { is: 'refused', code };
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/** Only the agency's own 404: a gateway's must never pass for "it never arrived". */
function notFound(wire: WireReply): boolean {
  return wire.status === 404 && object(wire.body)['code'] === 'NOT_FOUND';
}

/** Reads `{ eventId, ticket, requestId, status, reasonCode?, … }`; throws when the form is bad. */
export function newsOf(kind: Kind): (request: HostedRequest) => HostedMessage {
  return ({ body }) => {
    const record = object(body);
    const [id, key, reference] = [text(record['eventId']), text(record['requestId']), text(record['ticket'])];
    const outcome = progress(kind, record);
    if (!id || !key || !reference) throw new Error('eventId, requestId or ticket is missing');
    if (!outcome) throw new Error('status, or what it requires, is missing');
    return { id, key, reference, outcome };
  };
}

/** A number or a date of a record under a name of ours, if it is there. */
export function named(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value };
}
