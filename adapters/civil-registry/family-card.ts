/** Having the Dinas reissue a family card: a work queue that answers later, by news or when asked. */
import type {
  Call,
  HostedMessage,
  HostedRequest,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/reissueFamilyCard.input.json' with { type: 'json' };
import outputSchema from './schemas/reissueFamilyCard.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, text } from './values.ts';

interface FamilyCard {
  nik: string;
  fullName: string;
  familyCardNumber?: string;
  reason: string;
  members?: JsonObject[];
  documents?: { type: string; documentId: string }[];
}

/** The bus's own profile for a Dinas work queue: SIAK offers no API for submissions (see guide.md). */
const APPLICATIONS = '/adminduk/v1/applications';

function cardRequest(input: FamilyCard, call: Call): WireRequest {
  const { documents = [], members = [], ...rest } = input;
  const attached = documents.map((one) => ({
    type: one.type,
    content: { document: one.documentId, as: 'base64' },
  }));
  const json = { requestId: call.key, form: 'F-1.02', ...rest, members, documents: attached };
  return { method: 'POST', path: APPLICATIONS, body: { json } };
}

function cardReply(wire: WireReply, _input: FamilyCard, call: Call): Outcome {
  const body = object(wire.body);
  const taken = wire.status === 200 || wire.status === 202;
  if (taken) return progress({ status: 'RECEIVED', ...body }) ?? BAD_RESPONSE;
  if (wire.status === 422) return progress({ ...body, status: 'RETURNED' }) ?? BAD_RESPONSE;
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

function cardInquiryReply(wire: WireReply, _input: FamilyCard, call: Call): Outcome {
  if (notFound(wire)) return { is: 'retry', code: 'NOT_RECEIVED' };
  const known = wire.status === 200 ? progress(object(wire.body)) : call.tools.byStatus(wire);
  return known ?? BAD_RESPONSE;
}

/** What a work queue's record says of the application, in a reply and in news alike; null when unreadable. */
function progress(record: JsonObject): Outcome | null {
  const status = text(record['status']);
  const reference = text(record['ticket']);
  const number = text(record['number']);
  const url = text(record['documentUrl']);
  const code = /^[A-Z][A-Z0-9_]{1,39}$/.exec(text(record['reasonCode']))?.[0];
  if (status === 'ISSUED' && number !== '') {
    const card = { name: 'familyCard', type: 'application/pdf', from: { url } };
    return { is: 'ok', output: { documentNumber: number }, ...(url && { documents: [card] }) };
  }
  if (status === 'REJECTED' && code) return { is: 'refused', code };
  if (status === 'RETURNED' && code) return { is: 'sendBack', corrections: [{ code }] };
  if (status === 'CANCELLED') return { is: 'refused', code: 'CANCELLED' };
  const open = status === 'RECEIVED' || status === 'PROCESSING';
  return open && reference !== '' ? { is: 'pending', reference, awaits: 'agency' } : null;
}

function cancelRequest(_input: FamilyCard, call: Call): WireRequest {
  if (call.reference === undefined) {
    return { method: 'DELETE', path: APPLICATIONS, query: { requestId: call.key } };
  }
  return { method: 'DELETE', path: `${APPLICATIONS}/${encodeURIComponent(call.reference)}` };
}

function cancelReply(wire: WireReply, _input: FamilyCard, call: Call): Outcome {
  const body = object(wire.body);
  // A page of HTML with 200 has cancelled nothing.
  const cancelled = wire.status === 204 || (wire.status === 200 && body['status'] === 'CANCELLED');
  if (cancelled || notFound(wire)) return { is: 'ok', output: {} };
  if (wire.status === 409 && body['code'] === 'ALREADY_ISSUED')
    return { is: 'refused', code: 'ALREADY_ISSUED' };
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/** Only the agency's own 404: a gateway's must never pass for "it never arrived". */
function notFound(wire: WireReply): boolean {
  return wire.status === 404 && object(wire.body)['code'] === 'NOT_FOUND';
}

/** Reads `{ eventId, ticket, requestId, status, reasonCode?, number?, documentUrl? }`; throws when the form is bad. */
export function readNews({ body }: HostedRequest): HostedMessage {
  const record = object(body);
  const [id, key, reference] = [text(record['eventId']), text(record['requestId']), text(record['ticket'])];
  const outcome = progress(record);
  if (!id || !key || !reference) throw new Error('eventId, requestId or ticket is missing');
  if (!outcome) throw new Error('status, or what it requires, is missing');
  return { id, key, reference, outcome };
}

/** A new form F-1.02 application; the same `requestId` again finds the same ticket. */
export const reissueFamilyCard = {
  title: { id: 'Terbitkan ulang kartu keluarga', en: 'Reissue a family card' },
  effect: 'keyed',
  input: inputSchema,
  output: outputSchema,
  request: cardRequest,
  reply: cardReply,
  inquiry: {
    notBefore: '60s',
    trustAfter: '10m',
    request: (_input, call) => ({ method: 'GET', path: APPLICATIONS, query: { requestId: call.key } }),
    reply: cardInquiryReply,
  },
  compensation: { effect: 'keyed', request: cancelRequest, reply: cancelReply },
} satisfies Operation<FamilyCard>;
