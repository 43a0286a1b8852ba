/** OSS as the caller of our side: sends a NIB to decide, hands a signed licence back, moves a licence on. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { KnownLicense, Register } from './simulator-register.ts';
import { licenseStatuses } from './license-status.ts';
import { object, text } from './values.ts';

const JAKARTA_MS = 7 * 3_600_000;
const FIRST_WAIT_MS = 1_000;
const DELIVERIES = 8;
const SIGNING_MS = 200;
const LATE_MS = 60_000;

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;
/** How the Token is written; `plain` is the text of OSS's own sample, before hashing. */
type TokenForm = 'sha1' | 'plain' | 'wrong';

export interface Pushes {
  /** Signs a licence that was issued, and hands it back, unless files are held. */
  issued(license: KnownLicense): void;
  acts: Acts;
}

export function pushes(harness: Harness, options: SimulatorOptions, register: () => Register): Pushes {
  let held = false;
  let pushed = 0;
  const waiting: KnownLicense[] = [];
  const deliver = deliverer(options);

  function sendFile(license: KnownLicense, form: TokenForm = 'sha1'): Promise<JsonObject> {
    const { licenseId, nib } = license;
    const file = { nib, id_izin: licenseId, file_izin: register().fileUrl(licenseId) };
    return twice(harness, '/receiveFileDS', () =>
      deliver('/receiveFileDS', nib, { receiveFileDS: file }, form),
    );
  }

  return {
    issued(license) {
      if (!['50', '52', '57'].includes(license.status)) return;
      if (held) return void waiting.push(license);
      const late = harness.take('lateNews', '/receiveLicense /receiveFileDS');
      options.after(late ? (late.value ?? LATE_MS) : SIGNING_MS, () => void sendFile(license));
    },
    acts: {
      async pushNib(detail) {
        pushed += 1;
        const data = nibOf(detail, pushed);
        const [nib, licenseId] = [text(data['nib']), text(data['id_izin'])];
        register().license(licenseId, nib);
        const send = (): Promise<JsonObject> =>
          deliver('/receiveNIB', nib, { dataNIB: data }, (detail['token'] ?? 'sha1') as TokenForm);
        return { licenseId, nib, ...(await twice(harness, '/receiveNIB', send)) };
      },
      pushFile: ({ licenseId, token }) =>
        sendFile(register().license(text(licenseId)), (token ?? 'sha1') as TokenForm),
      async hold() {
        held = true;
        return {};
      },
      async release() {
        held = false;
        for (const license of waiting.splice(0)) await sendFile(license);
        return {};
      },
      async decide({ licenseId, status }) {
        return { ...moved(register().license(text(licenseId)), text(status)) };
      },
    },
  };
}

async function twice(harness: Harness, path: string, send: () => Promise<JsonObject>): Promise<JsonObject> {
  const first = await send();
  return harness.take('duplicateNews', path) ? { ...first, repeat: await send() } : first;
}

type Deliver = (path: string, nib: string, message: JsonObject, form: TokenForm) => Promise<JsonObject>;

/** What our side answered, as `{ answered, body }`; 5xx and silence are tried again later, as OSS's operators do. */
function deliverer(options: SimulatorOptions): Deliver {
  const deliver = async (
    path: string,
    nib: string,
    message: JsonObject,
    form: TokenForm,
    delivery = 1,
  ): Promise<JsonObject> => {
    const headers = { 'content-type': 'application/json', Token: tokenOf(options, nib, form) };
    const init = { method: 'POST', headers, body: JSON.stringify(message) };
    const answer = await options.send(path, init).then(
      async (response) => ({ answered: response.status, body: object(await readable(response)) }),
      () => ({ answered: 599, body: {} }),
    );
    if (answer.answered >= 500 && delivery < DELIVERIES) {
      const wait = FIRST_WAIT_MS * 2 ** (delivery - 1);
      options.after(wait, () => void deliver(path, nib, message, form, delivery + 1));
    }
    return answer;
  };
  return (path, nib, message, form) => deliver(path, nib, message, form);
}

async function readable(response: Response): Promise<JsonObject> {
  return response.json().catch(() => ({})) as Promise<JsonObject>;
}

function tokenOf({ settings, now }: SimulatorOptions, nib: string, form: TokenForm): string {
  const day = new Date(now() + JAKARTA_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const plain = `${text(settings['hostedUsername'])}${text(settings['hostedPassword'])}${nib}${day}`;
  if (form === 'plain') return plain;
  const hashed = createHash('sha1').update(form === 'wrong' ? `${plain}x` : plain);
  return hashed.digest('hex');
}

/** A small restaurant of synthetic people; `fields` replaces what it is given of dataNIB. */
function nibOf(detail: JsonObject, serial: number): JsonObject {
  const number = String(serial).padStart(4, '0');
  const nib = text(detail['nib']) || `999000000${number}`;
  const licenseId = text(detail['licenseId']) || `I-SIM-${number}`;
  const regionDigits = text(detail['regionDigits']) || '9901000000';
  const license = { id_izin: licenseId, id_proyek: `R-SIM-${number}`, jenis_izin: '04' };
  return {
    nib,
    tgl_pengajuan_nib: '2026-01-05',
    tgl_terbit_nib: '2026-01-06',
    oss_id: `OSS-SIM-${number}`,
    id_izin: licenseId,
    kd_izin: '029000000021',
    kd_daerah: regionDigits,
    kewenangan: '02',
    jenis_pelaku_usaha: '01',
    npwp_perseroan: '021832415000000',
    nama_perseroan: `PT Contoh Rasa ${number}`,
    jenis_perseroan: '01',
    penanggung_jwb: [person()],
    data_proyek: [project(license.id_proyek, regionDigits)],
    data_checklist: [{ ...license, ...CHECKLIST, kd_daerah: regionDigits }],
    status_nib: '01',
    // Spelt so in OSS's sample.
    'tipe_dokumen ': text(detail['documentType']) || '9',
    ...object(detail['fields']),
  };
}

const person = (): JsonObject => ({
  jns_identitas_penanggung_jwb: '01',
  no_identitas_penanggung_jwb: '9901014508909999',
  nama_penanggung_jwb: 'Contoh Ibu',
  flag_pajak_penanggung_jwb: '00',
});

const project = (id: string, region: string): JsonObject => ({
  id_proyek: id,
  uraian_usaha: 'Restoran',
  kbli: '56101',
  skala_usaha: '01',
  skala_resiko: 'MT',
  data_lokasi_proyek: [{ proyek_daerah_id: region, alamat_usaha: 'Jalan Contoh 1' }],
});

const CHECKLIST: JsonObject = {
  kd_izin: '029000000021',
  nama_izin: 'Sertifikat Standar Contoh',
  kewenangan: '02',
  flag_checklist: 'Y',
  data_persyaratan: [
    { id_syarat: 'S-1', no_dokumen: 'LHS/1', tgl_dokumen: '2026-01-04', keterangan: 'Laik higiene' },
  ],
};

/** Which status may follow which. While a clarification pauses the clock (41, 43), nothing is deemed approved. */
const NEXT: Record<string, string[]> = {
  '05': ['09', '10', '11'],
  '09': ['10', '11'],
  '10': ['20', '41', '57', '90', '93'],
  '11': ['09', '10'],
  '20': ['31', '40', '41', '43', '50', '57', '90', '93'],
  '31': ['32'],
  '32': ['33', '34'],
  '33': ['40', '50'],
  '34': ['32'],
  '40': ['41', '43', '45', '50', '57', '90', '93'],
  '41': ['42'],
  '42': ['20', '40', '45', '50', '57', '90', '93'],
  '43': ['44'],
  '44': ['20', '90'],
  '45': ['49', '50', '52', '90'],
  '49': ['50'],
  '50': ['60', '70', '80'],
  '52': ['50', '90'],
  '57': ['60', '70', '80'],
};

function moved(license: KnownLicense, status: string): KnownLicense {
  const isListed = licenseStatuses.some(({ code }) => code === status);
  if (!isListed) throw new Error(`OSS lists no status ${status}`);
  const next = NEXT[license.status] ?? [];
  if (!next.includes(status)) {
    throw new Error(`After ${license.status} comes ${next.join(', ') || 'nothing more'}, not ${status}`);
  }
  license.status = status;
  return license;
}
