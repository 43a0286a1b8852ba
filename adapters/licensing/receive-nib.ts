/** Reads a NIB with the licence that our agency has to decide (receiveNIB) into an application in canonical words. */
import type { HostedCall, HostedMessage, HostedRequest, JsonObject } from '../../src/adapter-kit/contract.ts';
import { authorityOf, kindOf, legalFormOf, riskOf, scaleOf } from './nib-words.ts';
import { DATE, given, object, objects, regionOf, shaped, text } from './values.ts';

export const NIB = /^\d{13}$/;
export const LICENSE_ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,24}$/;
const KBLI = /^\d{5}$/;
const MOST_REQUIREMENTS = 50;

/** A field of the message; throws `missing x` or `invalid x`. */
export function fieldOf(record: JsonObject, name: string, form: RegExp): string {
  const value = text(record[name]);
  if (value === '') throw new Error(`missing ${name}`);
  if (!form.test(value)) throw new Error(`invalid ${name}`);
  return value;
}

/** `tipe_dokumen`: 9 original and 5 update bring an application; 3 and 4 take the NIB away. */
const DOCUMENT_TYPES: Record<string, 'original' | 'update' | 'revocation' | 'cancellation'> = {
  '9': 'original',
  '5': 'update',
  '3': 'revocation',
  '4': 'cancellation',
};

/**
 * One licence opens one application: an update of a NIB has the id of its original, so it contradicts what was opened,
 * and a person looks at it. Throws an Error with a short reason when the form is bad.
 */
export function readNib({ body }: HostedRequest, { settings }: HostedCall): HostedMessage {
  const data = object(object(body)['dataNIB']);
  const nib = fieldOf(data, 'nib', NIB);
  const licenseId = fieldOf(data, 'id_izin', LICENSE_ID);
  const documentType = DOCUMENT_TYPES[fieldOf(data, 'tipe_dokumen', /^[9534]$/)]!;
  const id = `nib-${nib}-${licenseId}`;
  if (documentType === 'revocation' || documentType === 'cancellation') {
    const outcome = { is: 'refused' as const, code: 'NIB_REVOKED' };
    return { id: `${id}-${documentType}`, reference: licenseId, content: { documentType }, outcome };
  }
  return { id, reference: licenseId, application: applicationOf(data, documentType, settings) };
}

/** In the canonical schema; serviceCode and clientReference are the bus's. */
function applicationOf(
  data: JsonObject,
  documentType: 'original' | 'update',
  settings: JsonObject,
): JsonObject {
  const licenseId = text(data['id_izin']);
  const asked = objects(data['data_checklist']).find((one) => text(one['id_izin']) === licenseId) ?? {};
  const projects = objects(data['data_proyek']);
  const project = projects.find((one) => text(one['id_proyek']) === text(asked['id_proyek'])) ?? projects[0];
  const authority = authorityOf(data['kewenangan']) ?? authorityOf(asked['kewenangan']) ?? 'regency';
  const region = regionOf(text(data['kd_daerah']) || text(asked['kd_daerah']));
  if (region === null) throw new Error('invalid kd_daerah');
  return {
    schemaVersion: '1.0.0',
    lifeEvent: 'business',
    mppSiteCode: settings['siteCode']!,
    // Who decides: the province, or the regency (for a licence of the centre too: its office in the mall).
    jurisdictionCode: authority === 'province' ? region.slice(0, 2) : region.slice(0, 5),
    channel: 'electronic',
    channelDetail: 'web',
    legalBasis: 'publicTask',
    applicant: businessOf(data),
    ...given({ subjectMatter: activityOf(project ?? {}) }),
    formData: given({
      nib: text(data['nib']),
      ossId: text(data['oss_id']),
      licenseId,
      licenseCode: fieldOf(text(data['kd_izin']) ? data : asked, 'kd_izin', /^[A-Za-z0-9.-]{1,13}$/),
      licenseName: text(asked['nama_izin']).slice(0, 200),
      licenseKind: kindOf(asked['jenis_izin']),
      documentType,
      authority,
      regionCode: region,
      projectId: text(asked['id_proyek']) || text(project?.['id_proyek']),
      kbli: shaped(project?.['kbli'], KBLI),
      businessScale: scaleOf(project?.['skala_usaha']) ?? scaleOf(data['skala_usaha']),
      riskLevel: riskOf(project?.['skala_resiko']),
      nibIssuedOn: shaped(data['tgl_terbit_nib'], DATE),
      requirements: requirementsOf(asked),
    }),
  };
}

/** The business itself, and of persons only who answers for it: his NIK is checked before a licence is given. */
function businessOf(data: JsonObject): JsonObject {
  const [responsible] = objects(data['penanggung_jwb']).map(personOf);
  return {
    partyType: 'organization',
    roles: ['applicant'],
    legalName: fieldOf(data, 'nama_perseroan', /./).slice(0, 200),
    nib: text(data['nib']),
    ...given({
      legalForm: legalFormOf(data['jenis_perseroan']),
      npwp: shaped(data['npwp_perseroan'], /^\d{15,16}$/),
      responsiblePerson: responsible,
    }),
  };
}

function personOf(person: JsonObject): JsonObject | undefined {
  const fullName = text(person['nama_penanggung_jwb']).slice(0, 100);
  if (fullName === '') return undefined;
  // 01 identity card, 02 passport (Lampiran 4).
  const kind = text(person['jns_identitas_penanggung_jwb']);
  const number = person['no_identitas_penanggung_jwb'];
  const identity = {
    nik: kind === '01' ? shaped(number, /^\d{16}$/) : undefined,
    passportNumber: kind === '02' ? shaped(number, /^[A-Z0-9]{6,9}$/) : undefined,
  };
  return { partyType: 'person', roles: ['applicant'], fullName, ...given(identity) };
}

function activityOf(project: JsonObject): JsonObject | undefined {
  const kbli = shaped(project['kbli'], KBLI);
  if (kbli === undefined) return undefined;
  const [place] = objects(project['data_lokasi_proyek']);
  const street = text(place?.['alamat_usaha']).slice(0, 200);
  const address = given({ street, regionCode: regionOf(text(place?.['proyek_daerah_id'])) ?? undefined });
  const title = text(project['uraian_usaha']).slice(0, 200);
  const where = Object.keys(address).length > 0 ? address : undefined;
  return { kind: 'businessActivity', kbli, ...given({ title, address: where }) };
}

function requirementsOf(license: JsonObject): JsonObject[] {
  const all = objects(license['data_persyaratan']);
  if (all.length > MOST_REQUIREMENTS) throw new Error('too many data_persyaratan');
  return all.map((one) =>
    given({
      code: fieldOf(one, 'id_syarat', /^.{1,25}$/),
      documentNumber: text(one['no_dokumen']).slice(0, 50),
      documentDate: shaped(one['tgl_dokumen'], DATE),
      fileUrl: shaped(one['file_dokumen'], /^https?:\/\/[\x21-\x7e]{1,2000}$/),
      note: text(one['keterangan']).slice(0, 255),
    }),
  );
}
