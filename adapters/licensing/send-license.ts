/** What the agency sends to OSS: a licence (receiveLicense) and its status on the way (receiveLicenseStatus). */
import type { Call, JsonObject, Operation, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { answerOf, ask, failureOf, isDone } from './answers.ts';
import { isIssued, statusNamed } from './license-status.ts';
import licenseInput from './schemas/sendLicense.input.json' with { type: 'json' };
import licenseOutput from './schemas/sendLicense.output.json' with { type: 'json' };
import statusInput from './schemas/sendLicenseStatus.input.json' with { type: 'json' };
import statusOutput from './schemas/sendLicenseStatus.output.json' with { type: 'json' };
import { given, tenDigitsOf, text } from './values.ts';

/** What is mandatory at OSS and not known to us. */
const NONE = '-';

interface License {
  nib: string;
  ossId: string;
  projectId?: string;
  licenseId: string;
  licenseCode: string;
  regionCode: string;
  licenseNumber: string;
  status: string;
  issuedOn: string;
  validUntil?: string;
  validMonths?: number;
  validYears?: number;
  signer: { fullName: string; nip: string; position: string };
  fileUrl?: string;
  attachmentUrl?: string;
  numberFormat?: string;
  licenseKind?: keyof typeof KINDS;
  building?: Partial<Record<keyof typeof BUILDING, string>>;
  note?: string;
}

/** Lampiran 27. */
export const KINDS = {
  basic: '01',
  license: '02',
  standardCertificate: '04',
  standardRequirement: 'K02',
  supporting: 'K03',
} as const;

/** `data_teknis`: what was approved of a building. */
const BUILDING = {
  commitmentId: 'id_komitmen',
  floorArea: 'luas_bangunan_disetujui',
  floors: 'jumlah_lantai_disetujui',
  height: 'tinggi_bangunan_disetujui',
  basementArea: 'luas_basement_disetujui',
  basementFloors: 'jumlah_lantai_basement_disetujui',
} as const;

function licenseOf(input: License): JsonObject {
  const { signer, building, licenseKind } = input;
  const technical = Object.entries(building ?? {}).map(([name, value]) => {
    return [BUILDING[name as keyof typeof BUILDING], value] as const;
  });
  return {
    nib: input.nib,
    id_proyek: input.projectId ?? NONE,
    oss_id: input.ossId,
    id_izin: input.licenseId,
    kd_izin: input.licenseCode,
    kd_daerah: tenDigitsOf(input.regionCode),
    nomor_izin: input.licenseNumber,
    tgl_terbit_izin: input.issuedOn,
    tgl_berlaku_izin: input.validUntil ?? NONE,
    nama_ttd: signer.fullName,
    nip_ttd: signer.nip,
    jabatan_ttd: signer.position,
    status_izin: statusNamed(input.status).code,
    ...given({
      file_izin: input.fileUrl,
      keterangan: input.note,
      file_lampiran: input.attachmentUrl,
      nomenklatur_nomor_izin: input.numberFormat,
      bln_berlaku_izin: input.validMonths,
      thn_berlaku_izin: input.validYears,
      jenis_perizinan: licenseKind && KINDS[licenseKind],
      data_teknis: building && Object.fromEntries(technical),
    }),
  };
}

/** OSS may give the licence a number of its own; where it signs, the signed paper comes later (receiveFileDS). */
function licenseReply(wire: WireReply, input: License, call: Call): Outcome {
  const answer = answerOf(wire, ['responreceiveLicense']);
  if (!isDone(answer, wire)) return failureOf(answer, wire, call);
  const licenseNumber = text(answer.content['nomor_izin']) || input.licenseNumber;
  const output = { licenseId: input.licenseId, licenseNumber };
  const comesSigned = call.settings['awaitsSignedFile'] !== false && isIssued(statusNamed(input.status));
  if (!comesSigned) return { is: 'ok', output };
  return { is: 'pending', reference: input.licenseId, shown: output, awaits: 'agency' };
}

/** One licence per id_izin and nomor_izin: OSS takes the same again, and asks for it after a 500 or 504. */
export const sendLicense = {
  title: { id: 'Kirim izin ke OSS', en: 'Send a licence to OSS' },
  effect: 'keyed',
  input: licenseInput,
  output: licenseOutput,
  timeout: '60s',
  request: (input, call) => ask('receiveLicense', 'IZINFINAL', licenseOf(input), call.key),
  reply: licenseReply,
} satisfies Operation<License>;

interface Progress {
  nib: string;
  ossId: string;
  productId?: string;
  projectId?: string;
  licenseId: string;
  licenseCode: string;
  status: string;
  /** RFC 3339. Part of OSS's key, so it is the route's, never the attempt's own time. */
  statusAt: string;
  officer?: { fullName?: string; nip?: string };
  note?: string;
  attachmentUrl?: string;
  formApproved?: boolean;
  stateRevenue?: {
    accountCode?: string;
    revenueCode?: string;
    billingCode?: string;
    billedOn?: string;
    expiresOn?: string;
    amount?: number;
    documentUrl?: string;
  };
}

function progressOf(input: Progress, { settings, tools }: Call): JsonObject {
  const { officer = {}, stateRevenue } = input;
  return {
    nib: input.nib,
    id_produk: input.productId ?? NONE,
    id_proyek: input.projectId ?? NONE,
    oss_id: input.ossId,
    id_izin: input.licenseId,
    kd_izin: input.licenseCode,
    kd_instansi: text(settings['institutionCode']),
    kd_status: statusNamed(input.status).code,
    tgl_status: tools.zoned(input.statusAt, 'Asia/Jakarta', 'yyyy-MM-dd HH:mm:ss'),
    nip_status: officer.nip ?? NONE,
    nama_status: officer.fullName ?? NONE,
    keterangan: input.note ?? statusNamed(input.status).title.id,
    ...given({
      file_lampiran: input.attachmentUrl,
      persetujuan_form: input.formApproved,
      data_pnbp: stateRevenue && bill(stateRevenue),
    }),
  };
}

function bill(revenue: NonNullable<Progress['stateRevenue']>): JsonObject {
  return given({
    kd_akun: revenue.accountCode,
    kd_penerimaan: revenue.revenueCode,
    kd_billing: revenue.billingCode,
    tgl_billing: revenue.billedOn,
    tgl_expire: revenue.expiresOn,
    nominal: revenue.amount,
    url_dokumen: revenue.documentUrl,
  });
}

/** One entry per id_izin, kd_status and tgl_status. */
export const sendLicenseStatus = {
  title: { id: 'Kirim status izin ke OSS', en: 'Send the status of a licence to OSS' },
  effect: 'keyed',
  input: statusInput,
  output: statusOutput,
  timeout: '60s',
  request: (input, call) => ask('receiveLicenseStatus', 'IZINSTATUS', progressOf(input, call), call.key),
  reply(wire, input, call): Outcome {
    const answer = answerOf(wire, ['responreceiveLicenseStatus']);
    if (!isDone(answer, wire)) return failureOf(answer, wire, call);
    return { is: 'ok', output: { licenseId: input.licenseId, status: input.status } };
  },
} satisfies Operation<Progress>;
