/** BSrE's adapter against its stand-in: signing in both versions, sealing, checking, and what is final. */
import { beforeEach, describe, expect, test } from 'vitest';
import eSignature from '../../adapters/e-signature/adapter.ts';
import { makeSimulator } from '../../adapters/e-signature/simulator.ts';
import type { JsonObject, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { exchange, handTime, type Documents, type Drive } from './adapter-support.ts';

const NIK = '9901014508909999';
const base: JsonObject = {
  baseUrl: 'http://esign.test',
  username: 'mpp',
  password: 'contoh-sandi',
  nik: NIK,
  passphrase: 'contoh-frasa',
  idSubscriber: 'SUB-CONTOH-1',
};
const versions = ['v1', 'v2'] as const;
const KEY = '10000000000000000001';
const letter = new TextEncoder().encode('%PDF-1.4\na letter\n%%EOF\n');

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;
let documents: Documents;

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  simulator = makeSimulator({
    settings: base,
    now: time.now,
    after: time.after,
    send: () => Promise.resolve(Response.json({})),
  });
  documents = new Map([
    ['letter', letter],
    ['image', new TextEncoder().encode('a picture')],
  ]);
  const signIn = signInOf(eSignature);
  drive = { adapter: eSignature, simulator, settings: base, now: time.now, signIn, documents };
});

const speak = (version: string, more: JsonObject = {}): void => {
  drive.settings = { ...base, version, ...more };
};
const ask = async (operation: string, input: JsonObject): Promise<Outcome> =>
  (await exchange(drive, operation, input, { key: KEY })).outcome;
const sign = (more: JsonObject = {}): Promise<Outcome> =>
  ask('signDocument', { documentId: 'letter', ...more });
const fault = (kind: Fault['kind'], match: string, more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });
const appearance = { page: 1, x: 100, y: 120, width: 150, height: 50, imageDocumentId: 'image' };

/** The signed bytes, by a client of its own: an adapter never holds them. */
async function signedBytes(version: string): Promise<Uint8Array<ArrayBuffer>> {
  const { replies } = await exchange(drive, 'signDocument', { documentId: 'letter' }, { key: KEY });
  const [reply] = replies as [WireReply];
  if (version === 'v2') {
    const { file } = reply.body as { file: string[] };
    return new Uint8Array(Buffer.from(file[0]!, 'base64'));
  }
  const id = reply.headers['id_dokumen']!;
  const authorization = `Basic ${Buffer.from('mpp:contoh-sandi').toString('base64')}`;
  const request = new Request(`http://esign.test/api/sign/download/${id}`, { headers: { authorization } });
  return new Uint8Array(await (await simulator.fetch(request)).arrayBuffer());
}

describe.each(versions)('version %s', (version) => {
  beforeEach(() => speak(version));

  test('signs, visibly or not', async () => {
    const from = version === 'v1' ? 'body' : { pointer: '/file/0' };
    const signatureId = version === 'v1' ? 'BSRE-000001' : null;
    const document = { name: 'signed', type: 'application/pdf', from };
    expect(await sign()).toEqual({ is: 'ok', output: { signatureId }, documents: [document] });
    expect(await sign({ appearance, reason: 'Persetujuan', location: 'MPP Contoh' })).toMatchObject({
      is: 'ok',
      documents: [document],
    });
  });

  test('makes a PDF that it knows again, and no other', async () => {
    const signed = await signedBytes(version);
    expect(Buffer.from(signed).toString()).toMatch(/^%PDF-1\.4\n[\s\S]*BSRE-000001[\s\S]*%%EOF\n$/);
    documents.set('signed', signed);
    expect(await ask('verifyDocument', { documentId: 'signed' })).toEqual({
      is: 'ok',
      output: {
        valid: true,
        conclusion: 'VALID',
        description: 'Dokumen asli',
        signers: ['Contoh Pejabat 9999'],
      },
    });
    documents.set('signed', new Uint8Array([...signed, 10]));
    expect(await ask('verifyDocument', { documentId: 'signed' })).toMatchObject({
      is: 'ok',
      output: { valid: false, conclusion: 'NO_SIGNATURE', signers: [] },
    });
  });

  test('signs anew whenever it is asked: a lost answer costs a signature, and nothing else', async () => {
    fault('loseReply', '/sign/pdf');
    expect(await sign()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await sign()).toMatchObject({ is: 'ok' });
    expect(simulator.book()).toMatchObject([{ effect: 'signature', key: KEY, times: 2 }]);
  });

  test('a wrong passphrase is final, and a third one locks the officer', async () => {
    speak(version, { passphrase: 'salah' });
    const wrong = { is: 'refused', code: 'PASSPHRASE_WRONG', text: 'Passphrase anda salah' };
    expect(await sign()).toEqual(wrong);
    expect(await sign()).toEqual(wrong);
    expect(await ask('checkSigner', {})).toMatchObject({ output: { maySign: true } });
    expect(await sign()).toEqual(wrong);
    expect(await sign()).toMatchObject({ is: 'refused', code: 'SIGNER_NOT_ACTIVE' });
    expect(await ask('checkSigner', {})).toEqual({ is: 'ok', output: { maySign: false, status: 'SUSPEND' } });
    expect(simulator.book()).toEqual([]);
    speak(version);
    await simulator.act('user', { nik: NIK, status: 'ISSUE' });
    expect(await sign()).toMatchObject({ is: 'ok' });
  });

  test('only an officer whose status is ISSUE may sign', async () => {
    const status = (nik: string): Promise<Outcome> => ask('checkSigner', { nik });
    expect(await status(NIK)).toEqual({ is: 'ok', output: { maySign: true, status: 'ISSUE' } });
    expect(await status('9901014508909921')).toEqual({
      is: 'ok',
      output: { maySign: false, status: 'EXPIRED' },
    });
    speak(version, { nik: '9901014508909922' });
    expect(await ask('checkSigner', {})).toMatchObject({ output: { status: 'NOT_REGISTERED' } });
    expect(await sign()).toEqual({ is: 'refused', code: 'SIGNER_NOT_ACTIVE', text: 'User tidak terdaftar' });
  });

  test('an empty file is refused; a wrong login sends the lane to sleep', async () => {
    documents.set('letter', new Uint8Array());
    expect(await sign()).toEqual({ is: 'refused', code: 'BAD_REQUEST', text: 'File kosong' });
    expect(await ask('verifyDocument', { documentId: 'letter' })).toMatchObject({ code: 'BAD_REQUEST' });
    speak(version, { password: 'lain' });
    expect(await sign()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(await ask('checkSigner', {})).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(simulator.book()).toEqual([]);
  });

  test('half an answer is no signature', async () => {
    // Of version 1 the whole body is the file: its bytes are the bus's to check, the adapter never sees them.
    if (version === 'v2') {
      for (const kind of ['malformed', 'truncated'] as const) {
        fault(kind, '/sign/pdf');
        expect(await sign(), kind).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
      }
    }
    fault('status', '/sign/pdf');
    expect(await sign()).toEqual({ is: 'unknown', code: 'HTTP_500' });
    fault('tooMany', '/sign/pdf', { value: 5 });
    expect(await sign()).toEqual({ is: 'retry', code: 'RATE_LIMITED', afterSeconds: 5 });
  });
});

describe('the seal', () => {
  const seal = (totp: string): Promise<Outcome> => ask('sealDocument', { documentId: 'letter', totp });

  test('is put with a code that its holder has just got', async () => {
    expect(await seal('123456')).toMatchObject({ is: 'ok', documents: [{ name: 'signed' }] });
    expect(simulator.book()).toMatchObject([{ effect: 'seal', key: KEY, times: 1 }]);
    expect(await seal('000000')).toEqual({ is: 'refused', code: 'TOTP_WRONG', text: 'TOTP tidak valid' });
  });

  test('is put through version 2 by a service of version 1 too, and for its own subscriber only', async () => {
    speak('v1');
    expect(await seal('123456')).toMatchObject({ is: 'ok' });
    speak('v2', { idSubscriber: 'SUB-LAIN' });
    expect(await seal('123456')).toMatchObject({ is: 'refused', code: 'BAD_REQUEST' });
  });
});
