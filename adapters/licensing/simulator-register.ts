/** OSS's half that agencies call: licences and statuses taken in, the register of businesses asked. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';
import { licenseStatuses, statusOf } from './license-status.ts';
import { object, text } from './values.ts';

export interface KnownLicense {
  licenseId: string;
  nib: string;
  projectId: string;
  /** kd_status. */
  status: string;
  /** The nomor_izin that OSS gave, once the licence has come. */
  number?: string;
}

export interface Register {
  licenses: Map<string, KnownLicense>;
  /** The licence of that id; one that OSS has not heard of has its documents complete (10). */
  license(licenseId: string, nib?: string): KnownLicense;
  fileUrl(licenseId: string): string;
}

type Answer = readonly [code: number, words: string, more?: JsonObject];
/** Told of a licence when it was taken in for the first time. */
type OnIssued = (license: KnownLicense) => void;

const SUCCESS = 'Sukses';
const WORDS: Record<number, string> = {
  400: 'Data Parameter Salah',
  401: 'User Akses Tidak Valid',
  404: 'Data / Service Tidak Ditemukan',
};
const wrong = (code: number): Answer => [code, WORDS[code]!];

export function register(harness: Harness, options: SimulatorOptions, onIssued: OnIssued): Register {
  const licenses = new Map<string, KnownLicense>();
  const known: Register = {
    licenses,
    license(licenseId, nib = '9990000000000') {
      const found = licenses.get(licenseId) ?? { licenseId, nib, projectId: 'R-SIM-1', status: '10' };
      licenses.set(licenseId, found);
      return found;
    },
    fileUrl: (licenseId) => `${text(options.settings['baseUrl'])}/files/${encodeURIComponent(licenseId)}.pdf`,
  };
  const serve = methods(harness, options);
  serve('receiveLicense', 'IZINFINAL', 'responreceiveLicense', (body, c) =>
    takeLicense(harness, known, body, c, onIssued),
  );
  serve('receiveLicenseStatus', 'IZINSTATUS', 'responreceiveLicenseStatus', (body, c) =>
    takeStatus(harness, known, body, c),
  );
  questions(serve, known);
  harness.app.get('/files/:file', (c) => {
    const file = pdf(`Izin ${c.req.param('file').replace(/\W/g, ' ')}`);
    return c.body(file, 200, { 'content-type': 'application/pdf' });
  });
  return known;
}

type Serve = (
  method: string,
  root: string,
  replyRoot: string | (() => string),
  answer: (body: JsonObject, c: Context) => Answer,
) => void;

/** A method: the key first, then the root, then the answer under its own root; HTTP says the same as `kode`. */
function methods(harness: Harness, { settings }: SimulatorOptions): Serve {
  return (method, root, replyRoot, answer) => {
    harness.app.post(`/v1/kl/rba/${method}`, async (c) => {
      const body = object((await c.req.json().catch(() => ({}))) as JsonObject);
      const [kode, keterangan, more] =
        c.req.header('user_key') !== settings['userKey']
          ? wrong(401)
          : root in body
            ? answer(object(body[root]), c)
            : wrong(400);
      const name = typeof replyRoot === 'string' ? replyRoot : replyRoot();
      return c.json({ [name]: { kode, keterangan, ...more } }, kode as 200);
    });
  };
}

const LICENSE_FIELDS = [
  ...['nib', 'id_proyek', 'oss_id', 'id_izin', 'kd_izin', 'kd_daerah', 'nomor_izin', 'tgl_terbit_izin'],
  ...['tgl_berlaku_izin', 'nama_ttd', 'nip_ttd', 'jabatan_ttd', 'status_izin'],
];
const STATUS_FIELDS = [
  ...['nib', 'id_produk', 'id_proyek', 'oss_id', 'id_izin', 'kd_izin', 'kd_instansi', 'kd_status'],
  ...['tgl_status', 'nip_status', 'nama_status', 'keterangan'],
];
const isListed = (code: string): boolean => licenseStatuses.some((one) => one.code === code);
const lacks = (body: JsonObject, fields: string[]): boolean => fields.some((name) => text(body[name]) === '');

/** Under whose intent it is booked: our key, which OSS itself does not look at. */
const intentOf = (c: Context, otherwise: string): string => c.req.header('x-request-id') ?? otherwise;

const taken = new WeakMap<Register, Set<string>>();

/** Whether this is the first of its name. */
function isNew(known: Register, name: string): boolean {
  const names = taken.get(known) ?? new Set();
  taken.set(known, names);
  const isFirst = !names.has(name);
  names.add(name);
  return isFirst;
}

/** One licence by id_izin and nomor_izin; the same again gets the same answer and changes nothing. */
function takeLicense(
  harness: Harness,
  known: Register,
  body: JsonObject,
  c: Context,
  onIssued: OnIssued,
): Answer {
  const [id, number, status] = [text(body['id_izin']), text(body['nomor_izin']), text(body['status_izin'])];
  const isRegion = /^\d{10}$/.test(text(body['kd_daerah']));
  if (lacks(body, LICENSE_FIELDS) || !isListed(status) || !isRegion) return wrong(400);
  const license = known.license(id, text(body['nib']));
  if (isNew(known, `license ${id} ${number}`)) {
    harness.enter('license', intentOf(c, `${id} ${number}`), { licenseId: id, licenseNumber: number });
    Object.assign(license, { status, number, projectId: text(body['id_proyek']) });
    onIssued(license);
  }
  return [200, SUCCESS, { nomor_izin: number }];
}

/** One entry by id_izin, kd_status and tgl_status. */
function takeStatus(harness: Harness, known: Register, body: JsonObject, c: Context): Answer {
  const [id, status, at] = [text(body['id_izin']), text(body['kd_status']), text(body['tgl_status'])];
  const isTime = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(at);
  if (lacks(body, STATUS_FIELDS) || !isListed(status) || !isTime) return wrong(400);
  if (isNew(known, `status ${id} ${status} ${at}`)) {
    harness.enter('licenseStatus', intentOf(c, `${id} ${status} ${at}`), { licenseId: id, status, at });
    known.license(id, text(body['nib'])).status = status;
  }
  return [200, SUCCESS, { dataNIB: {} }];
}

/** The three spellings in OSS's own pages, one after the other. */
const CHECK_ROOTS = ['responcheckLicenseStatus', 'responcheckStatusLicense', 'responsecheckStatusLicense'];

function questions(serve: Serve, known: Register): void {
  let checks = 0;
  const nextRoot = (): string => CHECK_ROOTS[checks++ % CHECK_ROOTS.length]!;
  serve('checkLicenseStatus', 'CHECKLICENSESTATUS', nextRoot, (body) => {
    const id = text(body['id_izin']);
    if (id === '') return wrong(400);
    if (id.endsWith('9913')) return wrong(404);
    const { nib, projectId, status } = known.license(id);
    const uraian = statusOf(status, '').title.id;
    const dataIZIN = { nib, id_proyek: projectId, id_izin: id, kd_status: status, uraian_status: uraian };
    return [200, SUCCESS, { dataIZIN }];
  });
  serve('checkNIB', 'CHECKNIB', 'responcheckNIB', ({ nib }) => {
    const number = text(nib);
    if (!/^\d{13}$/.test(number)) return wrong(400);
    if (number.endsWith('9913')) return wrong(404);
    const dataNIB = { nib: number, nama_perusahaan: nameOf(number), status: nibStatus(number) };
    return [200, SUCCESS, { dataNIB }];
  });
  serve('inqueryNIB', 'INQUERYNIB', 'responinqueryNIB', ({ nib, npwp }) => {
    const number = text(nib) || (text(npwp) === '' ? '' : `999${text(npwp).slice(-10)}`);
    if (!/^\d{13}$/.test(number)) return wrong(400);
    if (number.endsWith('9913')) return wrong(404);
    return [200, SUCCESS, { dataNIB: businessOf(number, text(npwp), known) }];
  });
}

/** By its last digits a NIB is frozen (9905), revoked (9906) or not found (9913). */
function nibStatus(nib: string): string {
  if (nib.endsWith('9905')) return '05';
  return nib.endsWith('9906') ? '06' : '01';
}

const nameOf = (nib: string): string => `PT Contoh ${nib.slice(-4)}`;

function businessOf(nib: string, npwp: string, { licenses }: Register): JsonObject {
  const own = [...licenses.values()].filter((one) => one.nib === nib);
  return {
    nib,
    oss_id: 'OSS-SIM-1',
    nama_perseroan: nameOf(nib),
    npwp_perseroan: npwp.slice(-15) || '021832415000000',
    tgl_terbit_nib: '2026-01-05',
    status_nib: nibStatus(nib),
    skala_usaha: '01',
    data_proyek: [{ id_proyek: 'R-SIM-1', kbli: '56101', skala_usaha: '01', skala_resiko: 'MT' }],
    data_checklist: own.map((one) => {
      const names = { kd_izin: '029000000021', nama_izin: 'Sertifikat Standar Contoh' };
      return { id_izin: one.licenseId, kd_daerah: '9901000000', ...names, status_checklist: one.status };
    }),
    'tipe_dokumen ': '9',
  };
}
