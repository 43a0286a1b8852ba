/** Signing a PDF as an officer (both versions), and sealing it as an institution (version 2). */
import type {
  Call,
  IncomingDocument,
  JsonObject,
  Operation,
  Outcome,
  Part,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { refusalOf } from './refusals.ts';
import sealInput from './schemas/sealDocument.input.json' with { type: 'json' };
import sealOutput from './schemas/sealDocument.output.json' with { type: 'json' };
import signInput from './schemas/signDocument.input.json' with { type: 'json' };
import signOutput from './schemas/signDocument.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, text } from './values.ts';

interface Appearance {
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
  imageDocumentId: string;
}

interface ToSign {
  documentId: string;
  appearance?: Appearance;
  reason?: string;
  location?: string;
}

export const isVersion1 = ({ settings }: Pick<Call, 'settings'>): boolean => settings['version'] === 'v1';

/** Our key, for whoever has to find a signature in the service's logs; the service does not look at it. */
const traced = (call: Call): Record<string, string> => ({ 'x-request-id': call.key });

function multipart({ documentId, appearance, reason, location }: ToSign, call: Call): WireRequest {
  const { nik, passphrase } = call.settings;
  const parts: Part[] = [
    { name: 'file', document: documentId, as: 'part', fileName: 'document.pdf' },
    { name: 'nik', value: text(nik) },
    { name: 'passphrase', value: text(passphrase) },
    { name: 'tampilan', value: appearance ? 'visible' : 'invisible' },
  ];
  if (appearance) {
    const { page, x, y, width, height, imageDocumentId } = appearance;
    parts.push({ name: 'image', value: 'true' });
    parts.push({ name: 'imageTTD', document: imageDocumentId, as: 'part', fileName: 'signature.png' });
    const places = Object.entries({ page, xAxis: x, yAxis: y, width, height });
    for (const [name, value] of places) parts.push({ name, value: String(value) });
  }
  if (reason !== undefined) parts.push({ name: 'reason', value: reason });
  if (location !== undefined) parts.push({ name: 'location', value: location });
  return { method: 'POST', path: '/api/sign/pdf', headers: traced(call), body: { multipart: parts } };
}

/** One file and its one set of `signatureProperties`; several files at once are several steps here. */
function properties({ appearance, reason, location }: ToSign): JsonObject {
  const place = appearance && {
    page: appearance.page,
    originX: appearance.x,
    originY: appearance.y,
    width: appearance.width,
    height: appearance.height,
    imageBase64: { document: appearance.imageDocumentId, as: 'base64' },
  };
  return {
    tampilan: appearance ? 'VISIBLE' : 'INVISIBLE',
    ...place,
    ...(location !== undefined && { location }),
    ...(reason !== undefined && { reason }),
  };
}

function json(path: string, who: JsonObject, input: ToSign, call: Call): WireRequest {
  const file = [{ document: input.documentId, as: 'base64' }];
  const body = { json: { ...who, signatureProperties: [properties(input)], file } };
  return { method: 'POST', path, headers: traced(call), body };
}

/** Version 1: the PDF is the whole body, and a header names it; without that name a cut answer could pass for a file. */
function signedBody(wire: WireReply, call: Call): Outcome {
  if (wire.status !== 200 || wire.type !== 'application/pdf') return refusalOf(wire, call);
  const signatureId = wire.headers['id_dokumen'] ?? '';
  return signatureId === '' ? BAD_RESPONSE : signed({ signatureId }, 'body');
}

/** `%PDF-` in base64. */
const PDF_START = 'JVBERi';

/** Version 2: `{ time, file: [base64] }`. */
function signedFile(wire: WireReply, call: Call): Outcome {
  const { file } = object(wire.body);
  const [first, second] = Array.isArray(file) ? file : [];
  const isOne = typeof first === 'string' && first.startsWith(PDF_START) && second === undefined;
  if (wire.status !== 200 || !isOne) return refusalOf(wire, call);
  return signed({ signatureId: null }, { pointer: '/file/0' });
}

function signed(output: JsonObject, from: IncomingDocument['from']): Outcome {
  return { is: 'ok', output, documents: [{ name: 'signed', type: 'application/pdf', from }] };
}

/** Each call makes a new signature over the same file; the last one that is kept counts, so twice does no harm. */
export const signDocument = {
  title: { id: 'Tanda tangani dokumen secara elektronik', en: 'Sign a document electronically' },
  effect: 'read',
  input: signInput,
  output: signOutput,
  timeout: '60s',
  request(input, call) {
    if (isVersion1(call)) return multipart(input, call);
    const { nik, passphrase } = call.settings;
    return json('/api/v2/sign/pdf', { nik: text(nik), passphrase: text(passphrase) }, input, call);
  },
  reply: (wire, _input, call) => (isVersion1(call) ? signedBody(wire, call) : signedFile(wire, call)),
} satisfies Operation<ToSign>;

/** The institution's seal, for papers that no officer signs; the code is one that its holder asked for just now. */
export const sealDocument = {
  title: { id: 'Bubuhkan segel elektronik instansi', en: 'Seal a document as an institution' },
  effect: 'read',
  input: sealInput,
  output: sealOutput,
  settings: { type: 'object', required: ['idSubscriber'] },
  timeout: '60s',
  request(input, call) {
    const who = { idSubscriber: text(call.settings['idSubscriber']), totp: input.totp };
    return json('/api/v2/seal/pdf', who, input, call);
  },
  reply: (wire, _input, call) => signedFile(wire, call),
} satisfies Operation<ToSign & { totp: string }>;
