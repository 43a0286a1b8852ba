/** What OSS is asked: the status of a licence, whether a NIB is good, and what stands behind it. */
import type {
  Call,
  JsonObject,
  JsonValue,
  Operation,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { answerOf, ask, failureOf, isDone } from './answers.ts';
import { statusOf } from './license-status.ts';
import businessCheckInput from './schemas/checkBusiness.input.json' with { type: 'json' };
import businessCheckOutput from './schemas/checkBusiness.output.json' with { type: 'json' };
import statusInput from './schemas/checkLicenseStatus.input.json' with { type: 'json' };
import statusOutput from './schemas/checkLicenseStatus.output.json' with { type: 'json' };
import businessInput from './schemas/findBusiness.input.json' with { type: 'json' };
import businessOutput from './schemas/findBusiness.output.json' with { type: 'json' };
import { riskOf, scaleOf } from './nib-words.ts';
import { BAD_RESPONSE, DATE, given, object, objects, regionOf, shaped, text } from './values.ts';

/** OSS's own pages spell it in three ways. */
const CHECK_ROOTS = ['responcheckLicenseStatus', 'responcheckStatusLicense', 'responsecheckStatusLicense'];

export const checkLicenseStatus = {
  title: { id: 'Tanyakan status izin', en: 'Ask for the status of a licence' },
  effect: 'read',
  input: statusInput,
  output: statusOutput,
  request: ({ licenseId }) => ask('checkLicenseStatus', 'CHECKLICENSESTATUS', { id_izin: licenseId }),
  reply(wire, { licenseId }, call): Outcome {
    const answer = answerOf(wire, CHECK_ROOTS);
    if (!isDone(answer, wire)) return failureOf(answer, wire, call);
    const record = object(answer.content['dataIZIN']);
    const code = text(record['kd_status']);
    if (!/^\d{2}$/.test(code) || text(record['id_izin']) !== licenseId) return BAD_RESPONSE;
    const found = statusOf(code, text(record['uraian_status']));
    return { is: 'ok', output: { licenseId, ...found } };
  },
} satisfies Operation<{ licenseId: string }>;

/** Lampiran 14, by code and by OSS's words for it. */
const NIB_STATUSES: Record<string, string> = {
  '01': 'active',
  aktif: 'active',
  '02': 'notYetActive',
  'belum aktif': 'notYetActive',
  '03': 'mayPrepare',
  'diizinkan usaha': 'mayPrepare',
  '04': 'mayOperate',
  'diizinkan beroperasi': 'mayOperate',
  '05': 'frozen',
  dibekukan: 'frozen',
  '06': 'revoked',
  dicabut: 'revoked',
};

function nibStatus(value: JsonValue | undefined): string {
  const said = text(value).toLowerCase();
  return (Object.hasOwn(NIB_STATUSES, said) ? NIB_STATUSES[said] : undefined) ?? 'other';
}

/** Whether a NIB is in the register, and good. */
export const checkBusiness = {
  title: { id: 'Periksa NIB', en: 'Check a NIB' },
  effect: 'read',
  input: businessCheckInput,
  output: businessCheckOutput,
  request: ({ nib }) => ask('checkNIB', 'CHECKNIB', { nib }),
  reply(wire, { nib }, call): Outcome {
    const answer = answerOf(wire, ['responcheckNIB']);
    if (!isDone(answer, wire)) return failureOf(answer, wire, call);
    const record = object(answer.content['dataNIB']);
    const legalName = text(record['nama_perusahaan']);
    if (text(record['nib']) !== nib || legalName === '') return BAD_RESPONSE;
    return { is: 'ok', output: { nib, legalName, status: nibStatus(record['status']) } };
  },
} satisfies Operation<{ nib: string }>;

interface Question {
  nib?: string;
  ossId?: string;
  npwp?: string;
}

/** The business with its projects and licences; of persons nothing is taken over. */
export const findBusiness = {
  title: { id: 'Cari pelaku usaha', en: 'Find a business' },
  effect: 'read',
  input: businessInput,
  output: businessOutput,
  request({ nib, ossId, npwp }) {
    const by = nib === undefined ? { npwp } : { nib, oss_id: ossId };
    return ask('inqueryNIB', 'INQUERYNIB', given(by));
  },
  reply: businessReply,
} satisfies Operation<Question>;

function businessReply(wire: WireReply, { nib: asked }: Question, call: Call): Outcome {
  const answer = answerOf(wire, ['responinqueryNIB']);
  if (!isDone(answer, wire)) return failureOf(answer, wire, call);
  const record = object(answer.content['dataNIB']);
  const [nib, legalName] = [shaped(record['nib'], /^\d{13}$/), text(record['nama_perseroan'])];
  if (nib === undefined || legalName === '' || (asked !== undefined && asked !== nib)) return BAD_RESPONSE;
  const output = {
    nib,
    legalName,
    status: nibStatus(record['status_nib']),
    ...given({
      ossId: text(record['oss_id']),
      npwp: shaped(record['npwp_perseroan'], /^\d{15,16}$/),
      nibIssuedOn: shaped(record['tgl_terbit_nib'], DATE),
      businessScale: scaleOf(record['skala_usaha']),
    }),
    projects: objects(record['data_proyek']).map(projectOf),
    licenses: objects(record['data_checklist']).map(licenseOf),
  };
  return { is: 'ok', output };
}

function projectOf(project: JsonObject): JsonObject {
  return given({
    projectId: text(project['id_proyek']),
    kbli: shaped(project['kbli'], /^\d{5}$/),
    businessScale: scaleOf(project['skala_usaha']),
    riskLevel: riskOf(project['skala_resiko']),
  });
}

function licenseOf(license: JsonObject): JsonObject {
  const code = text(license['status_checklist']);
  return given({
    licenseId: text(license['id_izin']),
    licenseCode: text(license['kd_izin']),
    licenseName: text(license['nama_izin']),
    regionCode: regionOf(text(license['kd_daerah'])) ?? undefined,
    status: code === '' ? undefined : statusOf(code, '').status,
  });
}
