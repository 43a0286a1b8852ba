/** Issuing a police record certificate: sent once, and asked after before it is ever sent again. */
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
import inputSchema from './schemas/issueRecordCertificate.input.json' with { type: 'json' };
import outputSchema from './schemas/issueRecordCertificate.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, text } from './values.ts';

interface Applicant {
  nik: string;
  fullName: string;
  birthPlace?: string;
  birthDate: string;
  purpose: string;
  address?: string;
  photoDocumentId: string;
}

/** The bus's own profile: SKCK has no public API (see guide.md). */
const REQUESTS = '/skck/v1/requests';

function issueRequest(input: Applicant, call: Call): WireRequest {
  const { photoDocumentId, ...person } = input;
  const data = { requestId: call.key, ...person };
  const photo = { name: 'photo', document: photoDocumentId, as: 'part' as const, fileName: 'photo.jpg' };
  return { method: 'POST', path: REQUESTS, body: { multipart: [{ name: 'data', json: data }, photo] } };
}

function issueReply(wire: WireReply, input: Applicant, call: Call): Outcome {
  const body = object(wire.body);
  const duplicate = wire.status === 409 && body['code'] === 'DUPLICATE';
  if (wire.status === 202 || duplicate) return waiting(body) ?? BAD_RESPONSE;
  if (wire.status === 422 && body['code'] === 'PHOTO_UNREADABLE') {
    return { is: 'sendBack', corrections: [{ documentId: input.photoDocumentId, code: 'DOC_UNREADABLE' }] };
  }
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/** `carry` is there once the certificate itself was asked for. */
function inquiryReply(wire: WireReply, _input: Applicant, call: Call): Outcome {
  if (call.carry) return fetched(wire, call.carry, call);
  if (notFound(wire)) return { is: 'retry', code: 'NOT_RECEIVED' };
  if (wire.status !== 200) return call.tools.byStatus(wire) ?? BAD_RESPONSE;
  const record = object(wire.body);
  const output = issued(record);
  const requestNo = text(record['requestNo']);
  if (!output || requestNo === '') return progress(record) ?? BAD_RESPONSE;
  const path = `${REQUESTS}/${encodeURIComponent(requestNo)}/certificate`;
  return {
    is: 'more',
    request: { method: 'GET', path, headers: { accept: 'application/pdf' } },
    carry: output,
  };
}

function fetched(wire: WireReply, output: JsonObject, call: Call): Outcome {
  if (wire.status !== 200) return call.tools.byStatus(wire) ?? BAD_RESPONSE;
  if (wire.type !== 'application/pdf') return BAD_RESPONSE;
  return { is: 'ok', output, documents: [{ name: 'certificate', type: 'application/pdf', from: 'body' }] };
}

/** News, or a record that is not yet to be fetched; null when unreadable. */
function progress(record: JsonObject): Outcome | null {
  if (record['status'] === 'REFUSED') return { is: 'refused', code: 'NOT_ELIGIBLE' };
  if (record['status'] === 'CANCELLED') return { is: 'refused', code: 'CANCELLED' };
  if (record['status'] === 'RECEIVED' || record['status'] === 'MANUAL') return waiting(record);
  const output = issued(record);
  if (!output) return null;
  // Without its bytes the certificate is fetched by the inquiry.
  if (text(record['pdf']) === '') return waiting(record);
  const certificate = { name: 'certificate', type: 'application/pdf', from: { pointer: '/pdf' } };
  return { is: 'ok', output, documents: [certificate] };
}

function issued(record: JsonObject): JsonObject | null {
  const certificateNumber = text(record['certificateNumber']);
  const validUntil = text(record['validUntil']);
  const whole = certificateNumber !== '' && /^\d{4}-\d{2}-\d{2}$/.test(validUntil);
  return record['status'] === 'ISSUED' && whole ? { certificateNumber, validUntil } : null;
}

function waiting(record: JsonObject): Outcome | null {
  const reference = text(record['requestNo']);
  return reference === '' ? null : { is: 'pending', reference, awaits: 'agency' };
}

function cancelRequest(_input: Applicant, call: Call): WireRequest {
  if (call.reference === undefined)
    return { method: 'DELETE', path: REQUESTS, query: { requestId: call.key } };
  return { method: 'DELETE', path: `${REQUESTS}/${encodeURIComponent(call.reference)}` };
}

function cancelReply(wire: WireReply, _input: Applicant, call: Call): Outcome {
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

/** Reads `{ eventId, requestNo, requestId, status, certificateNumber?, validUntil?, pdf? }`; throws when the form is bad. */
export function readNews({ body }: HostedRequest): HostedMessage {
  const record = object(body);
  const [id, key, reference] = [
    text(record['eventId']),
    text(record['requestId']),
    text(record['requestNo']),
  ];
  const outcome = progress(record);
  if (!id || !key || !reference) throw new Error('eventId, requestId or requestNo is missing');
  if (!outcome) throw new Error('status, or what it requires, is missing');
  return { id, key, reference, outcome };
}

/** A second POST makes a second request, even of the same `requestId`: so it is inquirable, not keyed. */
export const issueRecordCertificate = {
  title: { id: 'Terbitkan SKCK', en: 'Issue a police record certificate' },
  effect: 'inquirable',
  input: inputSchema,
  output: outputSchema,
  request: issueRequest,
  reply: issueReply,
  inquiry: {
    notBefore: '60s',
    trustAfter: '10m',
    request: (_input, call) => ({ method: 'GET', path: REQUESTS, query: { requestId: call.key } }),
    reply: inquiryReply,
  },
  compensation: { effect: 'keyed', request: cancelRequest, reply: cancelReply },
} satisfies Operation<Applicant>;
