/** The application that every bench sends: about 2 kB, like those of a counter; synthetic people only. */
import type { JsonObject } from '../src/domain/outcome.ts';

export const SERVICE = 'BENCH.MATCH';
/** Its steps are open when the measuring begins: see `seed/`. */
export const OPEN_SERVICE = 'BENCH.OPEN';

export interface Marks {
  /** Tells runs apart. */
  run: string;
  seq: number;
  service?: string;
  region?: string;
}

const NOTE = 'Pelayanan administrasi kependudukan, kesehatan, perbankan dan pajak daerah. '.repeat(9);
const two = (n: number): string => String(n).padStart(2, '0');

/** What the agency's stand-in knows an application by: `BENCH-<run>-<seq>-<sent, µs>`. */
const stamp = ({ run, seq }: Marks): string => `BENCH-${run}-${seq}-${Date.now() * 1000}`;

/** One of 10,080 women born 1970 to 1999: as many as there are distinct NIKs here, for the blind index to be found by. */
function person(seq: number): { nik: string; birthDate: string } {
  const [day, month, year] = [
    1 + (seq % 28),
    1 + (Math.floor(seq / 28) % 12),
    70 + (Math.floor(seq / 336) % 30),
  ];
  return {
    nik: `990101${40 + day}${two(month)}${year}9999`,
    birthDate: `19${year}-${two(month)}-${two(day)}`,
  };
}

export function body(marks: Marks): JsonObject {
  const { run, seq, service = SERVICE, region = '99.01' } = marks;
  return {
    schemaVersion: '1.0.0',
    clientReference: `bench-${run}-${seq}`,
    serviceCode: service,
    mppSiteCode: 'MPP-9901-01',
    jurisdictionCode: region,
    channel: 'electronic',
    channelDetail: 'web',
    locale: 'id-ID',
    applicant: {
      partyType: 'person',
      roles: ['applicant'],
      fullName: stamp(marks),
      ...person(seq),
      sex: 'female',
      phone: `+62800${String(seq).padStart(8, '0')}`,
      address: {
        street: 'Jalan Contoh Nomor 507',
        rt: '001',
        rw: '002',
        regionCode: '99.01',
        postalCode: '99999',
      },
      identityAssurance: 'declared',
    },
    formData: { note: NOTE },
    consents: [CONSENT],
  };
}

const CONSENT = {
  consentId: 'consent-1',
  dataSubject: 'applicant',
  legalBasis: 'consent',
  purposeCode: 'SERVICE',
  purposeText: 'Pemrosesan permohonan layanan',
  dataCategories: ['identity', 'contact'],
  recipients: ['DUKCAPIL'],
  agreementVersion: '2026-01',
  method: 'inApp',
  givenBy: 'subject',
  givenAt: '2026-11-18T08:30:00+07:00',
};
