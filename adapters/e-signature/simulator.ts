/** BSrE's stand-in: the Esign Client Service in both versions at once, over its real wire format. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import {
  simulator,
  type Harness,
  type Leaves,
  type MakeSimulator,
  type SimulatorOptions,
} from '../../src/adapter-kit/simulator.ts';
import { bodyOf, signingService, type Refusal, type Service, type Signed } from './simulator-service.ts';
import { objects, text } from './values.ts';

/**
 * Acts: `user {nik, status}` gives an officer a status (`ISSUE` may sign). By itself every NIK may, but those ending in
 * 9921 (expired) and 9922 (not registered); a third wrong passphrase suspends. Every code of 6 to 8 digits seals, but
 * one of zeros only.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const service = signingService(harness, options);
    guard(harness, options);
    version1(harness, service);
    version2(harness, service);
    return {
      async user({ nik, status }) {
        Object.assign(service.officer(text(nik)), { status: text(status), wrongPassphrases: 0 });
        return { nik: nik!, status: status! };
      },
    };
  });

/** A signature made twice is two signatures, and no harm: nothing has to be left exactly once. */
export const leaves: Leaves = {};

function guard({ app }: Harness, { settings }: SimulatorOptions): void {
  const pair = `${text(settings['username'])}:${text(settings['password'])}`;
  const expected = `Basic ${Buffer.from(pair).toString('base64')}`;
  app.use('/api/*', async (c, next) => {
    if (c.req.header('authorization') !== expected)
      return c.json({ status: 401, error: 'Unauthorized' }, 401);
    return next();
  });
}

const isRefusal = (made: Signed | Refusal): made is Refusal => Array.isArray(made);
const refuse = (c: Context, [status, error]: Refusal): Response => c.json({ status, error }, status as 400);
const PDF = { 'content-type': 'application/pdf' };

function version1({ app }: Harness, service: Service): void {
  app.post('/api/sign/pdf', async (c) => {
    const form = await formOf(c);
    const visible = form.get('tampilan') === 'visible';
    const needed = visible ? ['image', 'imageTTD', 'page', 'xAxis', 'yAxis', 'width', 'height'] : [];
    const missing = needed.find((name) => !form.has(name));
    if (missing !== undefined) return refuse(c, [400, `${missing} wajib diisi`]);
    const [nik, passphrase] = [String(form.get('nik')), String(form.get('passphrase'))];
    const made = service.sign(nik, passphrase, await fileOf(form, 'file'), c);
    if (isRefusal(made)) return refuse(c, made);
    return c.body(made.bytes, 200, { ...PDF, id_dokumen: made.id });
  });
  app.get('/api/sign/download/:id', (c) => {
    const found = service.find(c.req.param('id'));
    return found ? c.body(found.bytes, 200, PDF) : refuse(c, [404, 'Dokumen tidak ditemukan']);
  });
  app.get('/api/user/status/:nik', (c) => c.json({ status: service.officer(c.req.param('nik')).status }));
  app.post('/api/sign/verify', async (c) => {
    const file = await fileOf(await formOf(c), 'signed_file');
    if (file.length === 0) return refuse(c, [400, 'File kosong']);
    const known = service.known(file);
    return c.json({
      nama_dokumen: 'document.pdf',
      jumlah_signature: known ? 1 : 0,
      summary: known ? 'VALID' : 'NO_SIGNATURE',
      notes: known ? 'Dokumen asli' : 'Dokumen tidak memiliki tanda tangan elektronik',
      details: known ? [{ info_signer: { signer_name: known.signer } }] : [],
    });
  });
}

function version2({ app }: Harness, service: Service): void {
  const answer = (c: Context, made: Signed | Refusal): Response => {
    if (isRefusal(made)) return refuse(c, made);
    return c.json({ time: 412, file: [Buffer.from(made.bytes).toString('base64')] });
  };
  app.post('/api/v2/sign/pdf', async (c) => {
    const body = await bodyOf(c);
    const file = oneFile(body);
    if ('refusal' in file) return refuse(c, file.refusal);
    return answer(c, service.sign(text(body['nik']), text(body['passphrase']), file.bytes, c));
  });
  app.post('/api/v2/seal/pdf', async (c) => {
    const body = await bodyOf(c);
    const file = oneFile(body);
    if ('refusal' in file) return refuse(c, file.refusal);
    return answer(c, service.seal(text(body['idSubscriber']), text(body['totp']), file.bytes, c));
  });
  app.post('/api/v2/user/check/status', async (c) => {
    const nik = text((await bodyOf(c))['nik']);
    if (!/^\d{16}$/.test(nik)) return refuse(c, [400, 'NIK tidak valid']);
    return c.json({ status: service.officer(nik).status });
  });
  app.post('/api/v2/verify/pdf', async (c) => {
    const file = Buffer.from(text((await bodyOf(c))['file']), 'base64');
    if (file.length === 0) return refuse(c, [400, 'File kosong']);
    const known = service.known(file);
    return c.json({
      documentName: 'document.pdf',
      signatureCount: known ? 1 : 0,
      conclusion: known ? 'VALID' : 'NO_SIGNATURE',
      description: known ? 'Dokumen asli' : 'Dokumen tidak memiliki tanda tangan elektronik',
      signatureInformations: known ? [{ signerName: known.signer, integrityValid: true }] : [],
    });
  });
}

/** One file with its one set of properties; a visible signature wants its picture and its place. */
function oneFile(body: JsonObject): { bytes: Uint8Array } | { refusal: Refusal } {
  const files = Array.isArray(body['file']) ? body['file'] : [];
  const [first] = objects(body['signatureProperties']);
  if (files.length !== 1 || !first) return { refusal: [400, 'file dan signatureProperties wajib diisi'] };
  const places = ['page', 'originX', 'originY', 'width', 'height', 'imageBase64'];
  const missing = first['tampilan'] === 'VISIBLE' ? places.find((name) => !(name in first)) : undefined;
  if (missing !== undefined) return { refusal: [400, `${missing} wajib diisi`] };
  return { bytes: Buffer.from(text(files[0]), 'base64') };
}

async function formOf(c: Context): Promise<FormData> {
  return c.req.raw.formData().catch(() => new FormData());
}

async function fileOf(form: FormData, name: string): Promise<Uint8Array> {
  const file = form.get(name);
  return file instanceof File ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
}
