/** An application of nobody for a service, where no example is at hand: made from what the service asks for. */
import type { Catalogue, Service } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { SANDBOX_PROVINCE } from '../schema/regions.ts';
import { madeDocument } from './documents.ts';
import { exampleOf } from './example-value.ts';

export function madeApplication({ sites }: Catalogue, service: Service): JsonObject {
  const region = service.regions.find((one) => one.startsWith(SANDBOX_PROVINCE)) ?? service.regions[0]!;
  const documents = service.requirements
    .filter(({ mandatory }) => mandatory)
    .map(({ code, documentTypes }) => ({
      ...madeDocument(code).entry,
      documentId: code.toLowerCase(),
      documentTypeCode: documentTypes[0]!,
      requirementCode: code,
    }));
  return {
    schemaVersion: '1.0.0',
    clientReference: 'REHEARSAL-1',
    serviceCode: service.code,
    mppSiteCode: sites[0]!.code,
    jurisdictionCode: region === '*' ? '99.01' : region,
    channel: service.channels[0] ?? 'direct',
    applicant: PERSON,
    formData: exampleOf(service.form),
    ...(documents.length > 0 && { documents }),
  };
}

const PERSON: JsonObject = {
  partyType: 'person',
  roles: ['applicant'],
  fullName: 'Contoh Pelamar',
  nik: '9901011405019999',
  birthDate: '2001-05-14',
  birthPlace: 'Contoh Raya',
  sex: 'male',
  nationality: 'ID',
  phone: '+6280000000007',
  address: { street: 'Jalan Contoh Nomor 1', rt: '001', rw: '002', regionCode: '99.01', postalCode: '99999' },
};
