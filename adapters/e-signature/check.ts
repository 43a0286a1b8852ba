/** Asking whether an officer may sign, and whether a signed PDF holds. */
import type { Call, JsonObject, Operation, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { refusalOf } from './refusals.ts';
import signerInput from './schemas/checkSigner.input.json' with { type: 'json' };
import signerOutput from './schemas/checkSigner.output.json' with { type: 'json' };
import verifyInput from './schemas/verifyDocument.input.json' with { type: 'json' };
import verifyOutput from './schemas/verifyDocument.output.json' with { type: 'json' };
import { isVersion1 } from './sign.ts';
import { BAD_RESPONSE, object, objects, text } from './values.ts';

/** The only status with which the service signs. */
const MAY_SIGN = 'ISSUE';

/** The signing officer of the settings, or another one. */
export const checkSigner = {
  title: { id: 'Periksa status penanda tangan', en: 'Check whether an officer may sign' },
  effect: 'read',
  input: signerInput,
  output: signerOutput,
  inUrl: { '/nik': 'Version 1 asks for an officer by address alone.' },
  request(input, call) {
    const nik = input.nik ?? text(call.settings['nik']);
    if (isVersion1(call)) return { method: 'GET', path: `/api/user/status/${encodeURIComponent(nik)}` };
    return { method: 'POST', path: '/api/v2/user/check/status', body: { json: { nik } } };
  },
  reply(wire, _input, call): Outcome {
    const body = object(wire.body);
    const status = text(body['status']).toUpperCase();
    const isAnswer = wire.status === 200 && !('error' in body) && /^[A-Z][A-Z_ ]{1,39}$/.test(status);
    if (!isAnswer) return refusalOf(wire, call);
    return { is: 'ok', output: { maySign: status === MAY_SIGN, status } };
  },
} satisfies Operation<{ nik?: string }>;

interface ToVerify {
  documentId: string;
}

/** Whether every signature in a PDF holds. A bad one is an answer too: what it means is the route's. */
export const verifyDocument = {
  title: { id: 'Verifikasi dokumen bertanda tangan', en: 'Verify a signed document' },
  effect: 'read',
  input: verifyInput,
  output: verifyOutput,
  timeout: '60s',
  request({ documentId }, call) {
    if (isVersion1(call)) {
      const part = { name: 'signed_file', document: documentId, as: 'part' as const };
      const body = { multipart: [{ ...part, fileName: 'document.pdf' }] };
      return { method: 'POST', path: '/api/sign/verify', body };
    }
    const file = { document: documentId, as: 'base64' };
    return { method: 'POST', path: '/api/v2/verify/pdf', body: { json: { file } } };
  },
  reply: (wire, _input, call) => verdict(wire, isVersion1(call) ? told1 : told2, call),
} satisfies Operation<ToVerify>;

/** What a reply says, in the words of its version. */
interface Told {
  conclusion: string;
  description: string;
  signers: string[];
}

function told1(body: JsonObject): Told {
  const details = objects(body['details']);
  const signers = details.map((one) => text(object(one['info_signer'])['signer_name']));
  return { conclusion: text(body['summary']), description: text(body['notes']), signers };
}

function told2(body: JsonObject): Told {
  const signers = objects(body['signatureInformations']).map((one) => text(one['signerName']));
  return { conclusion: text(body['conclusion']), description: text(body['description']), signers };
}

function verdict(wire: WireReply, told: (body: JsonObject) => Told, call: Call): Outcome {
  const { conclusion, description, signers } = told(object(wire.body));
  if (wire.status !== 200) return refusalOf(wire, call);
  if (conclusion === '') return BAD_RESPONSE;
  const output = {
    valid: /^valid\b/i.test(conclusion),
    conclusion,
    ...(description !== '' && { description }),
    signers: signers.filter((name) => name !== ''),
  };
  return { is: 'ok', output };
}
