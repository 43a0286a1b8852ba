import { describe, expect, test } from 'vitest';
import {
  checkApplication,
  normaliseApplication,
  sandboxProblems,
  warnings,
} from '../../src/schema/application.ts';
import type { ApplicationBody } from '../../src/schema/application.ts';
import type { Person } from '../../src/schema/application-body.ts';

const person = (roles: string[], fields: Partial<Person> = {}): Person => ({
  partyType: 'person',
  roles,
  fullName: 'Contoh Orang',
  ...fields,
});

/** The example of the domain report, as a platform submits it. */
const birth = (): ApplicationBody => ({
  schemaVersion: '1.0.0',
  clientReference: 'MPPD-88213',
  serviceCode: 'DUKCAPIL.AKTA-LAHIR',
  serviceVersion: '2.1.0',
  lifeEvent: 'birth',
  mppSiteCode: 'MPP-6112-01',
  jurisdictionCode: '61.12',
  channel: 'mobile',
  channelDetail: 'homeVisit',
  capture: {
    capturedAt: '2026-01-19T09:12:00+07:00',
    capturedBy: 'stf-041',
    offline: true,
    syncedAt: '2026-01-19T14:40:00+07:00',
  },
  serviceSpeed: 'regular',
  applicant: person(['applicant', 'mother'], {
    fullName: 'Contoh Ibu',
    nik: '9901014507909999',
    familyCardNumber: '9901012001269999',
    phone: '0812-0000-0000',
    email: 'ibu@example.invalid',
    identityAssurance: 'registryMatched',
    address: {
      street: 'Jalan Contoh 1',
      rt: '001',
      rw: '002',
      regionCode: '61.12.01.2001',
      postalCode: '78391',
    },
    provenance: { fullName: { source: 'registry', agencyCode: 'DUKCAPIL', result: 'match' } },
  }),
  subjects: [
    person(['child'], {
      fullName: 'Contoh Anak',
      temporaryId: 'tmp-1',
      temporaryIdReason: 'newborn',
      birthDate: '2026-01-11',
      sex: 'female',
    }),
  ],
  formData: { birthWeightGrams: 3100 },
  documents: [
    {
      documentId: 'd1',
      documentTypeCode: 'BIRTH-STATEMENT',
      mediaType: 'application/pdf',
      sizeBytes: 10_485_760,
      sha256: 'a'.repeat(64),
      originalSighted: { by: 'stf-041', at: '2026-01-19T09:10:00+07:00' },
    },
  ],
  evidence: [{ evidenceId: 'e1', requirementCode: 'KK', providerAgencyCode: 'DUKCAPIL', documentId: 'd1' }],
  consents: [
    {
      consentId: 'c1',
      purposeCode: 'BIRTH-REGISTRATION',
      dataCategories: ['identity'],
      recipients: ['DUKCAPIL', 'BPJS'],
      method: 'signature',
      givenBy: 'subject',
      givenAt: '2026-01-19T09:11:00+07:00',
      evidenceDocumentId: 'd1',
    },
  ],
  legalBasis: 'publicTask',
  priority: { level: 'priority', vulnerableGroups: ['nursing'], accommodations: ['homeVisit'] },
  fees: [
    {
      feeId: 'f1',
      feeCode: 'ADMINDUK',
      kind: 'regionalLevy',
      amount: { value: 0, currency: 'IDR' },
      status: 'waived',
    },
  ],
  payments: [
    {
      paymentId: 'p1',
      feeIds: ['f1'],
      method: 'cash',
      amount: { value: 0, currency: 'IDR' },
      status: 'paid',
    },
  ],
  relatedApplicationIds: ['019bd1a5-0000-7000-8000-000000000000'],
});

const tebet = new Map([
  ['31.74', 'Jakarta Selatan'],
  ['31.74.01', 'Tebet'],
]);

describe('checkApplication', () => {
  test('accepts the example', () => expect(checkApplication(birth())).toEqual([]));

  test('accepts the least', () => {
    const { schemaVersion, clientReference, serviceCode, mppSiteCode, jurisdictionCode } = birth();
    const least = { schemaVersion, clientReference, serviceCode, mppSiteCode, jurisdictionCode };
    const applicant = { partyType: 'organization', roles: ['applicant'], legalName: 'CV Contoh' };
    expect(checkApplication({ ...least, channel: 'self', applicant, formData: {} })).toEqual([]);
  });

  test.each([null, [], 'x', 1, {}])('refuses %j with pointers', (value) => {
    expect(checkApplication(value).length).toBeGreaterThan(0);
  });

  test('names every problem of a broken one at once, and no value', () => {
    const secret = 'RAHASIA';
    const { mppSiteCode: _, ...rest } = birth();
    const broken = {
      ...rest,
      schemaVersion: '2.0.0',
      status: secret,
      applicationId: secret,
      channel: secret,
      jurisdictionCode: '98.01',
      submittedAt: '2026-02-30T00:00:00Z',
      applicant: {
        ...person([secret]),
        nik: `99${secret}`,
        phone: secret,
        birthDate: '2026-02-30',
        role: secret,
      },
      organization: { partyType: 'organization', roles: ['owner'], npwp: secret },
      subjectMatter: { kind: 'vehicle', frameNumber: secret.toLowerCase(), nop: secret },
      subjects: [{ partyType: secret, [`9901014508909999`]: secret }],
      documents: [{ ...birth().documents![0], sha256: secret, sizeBytes: 10_485_761 }],
    };
    const problems = checkApplication(broken);
    expect(problems.map(({ pointer, code }) => `${pointer} ${code}`).toSorted()).toEqual(
      [
        '/applicant/birthDate date_invalid',
        '/applicant/nik nik_invalid',
        '/applicant/phone phone_invalid',
        '/applicant/role unknown_field',
        '/applicant/roles/0 schema_enum',
        '/applicationId unknown_field',
        '/channel schema_enum',
        '/documents/0/sha256 schema_pattern',
        '/documents/0/sizeBytes schema_maximum',
        '/jurisdictionCode region_invalid',
        '/mppSiteCode missing_field',
        '/organization/legalName missing_field',
        '/organization/npwp npwp_invalid',
        '/schemaVersion schema_pattern',
        '/status unknown_field',
        '/subjectMatter/frameNumber schema_pattern',
        '/subjectMatter/nop unknown_field',
        '/subjects/0/partyType schema_discriminator',
        '/submittedAt date_invalid',
      ].toSorted(),
    );
    expect(JSON.stringify(problems)).not.toMatch(/RAHASIA|9901014508909999|2026-02-30/i);
  });

  test('does not point at a name that may be a value', () => {
    const applicant = { ...birth().applicant, '9901014508909999': 1 };
    expect(checkApplication({ ...birth(), applicant })).toMatchObject([
      { pointer: '/applicant', code: 'unknown_field' },
    ]);
  });

  test('gives no more than 100 problems', () => {
    const broken = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 1]));
    expect(checkApplication({ ...birth(), ...broken })).toHaveLength(100);
  });

  test.each<[string, Partial<ApplicationBody>, string]>([
    [
      'consent as basis without a consent',
      { legalBasis: 'consent', consents: [] },
      '/consents schema_minItems',
    ],
    [
      '51 documents',
      { documents: Array.from({ length: 51 }, () => birth().documents![0]!) },
      '/documents schema_maxItems',
    ],
    [
      '21 subjects',
      { subjects: Array.from({ length: 21 }, () => person(['child'])) },
      '/subjects schema_maxItems',
    ],
    [
      'a document id twice',
      { documents: [0, 1].map(() => birth().documents![0]!) },
      '/documents/1/documentId duplicate_id',
    ],
    [
      'one file as two documents',
      { documents: ['d1', 'd2'].map((documentId) => ({ ...birth().documents![0]!, documentId })) },
      '/documents/1/sha256 duplicate_document',
    ],
    [
      "the name of an agency's document",
      { documents: [{ ...birth().documents![0]!, documentId: 'register.certificate' }] },
      '/documents/0/documentId schema_pattern',
    ],
    ['an unlisted document', { documents: [] }, '/evidence/0/documentId reference_unknown'],
    ['an unlisted fee', { fees: [] }, '/payments/0/feeIds/0 reference_unknown'],
    [
      'a sync before the capture',
      { capture: { capturedAt: '2026-01-19T09:12:00+07:00', syncedAt: '2026-01-19T09:12:00+08:00' } },
      '/capture/syncedAt date_order',
    ],
    [
      'a path as file name',
      { documents: [{ ...birth().documents![0]!, fileName: '../../x' }] },
      '/documents/0/fileName schema_pattern',
    ],
  ])('refuses %s', (_name, change, expected) => {
    const found = checkApplication({ ...birth(), ...change }).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
    expect(found).toContain(expected);
  });
});

test('normaliseApplication gives a copy in one writing', () => {
  const application = birth();
  application.applicant = person(['applicant'], { fullName: 'Ade\u0301', phone: '0812-0000-0000' });
  application.organization = {
    partyType: 'organization',
    roles: ['owner'],
    legalName: 'CV Contoh',
    npwp: '02.183.241.5-000.000',
    responsiblePerson: person(['owner'], { phone: '628120000000' }),
  };
  const before = structuredClone(application);
  const normal = normaliseApplication(application);
  expect(application).toEqual(before);
  expect(normal).toMatchObject({
    locale: 'id-ID',
    applicant: { fullName: 'Adé', phone: '+6281200000000' },
    organization: { npwp: '0021832415000000', responsiblePerson: { phone: '+628120000000' } },
  });
  expect(checkApplication(normal)).toEqual([]);
});

describe('warnings', () => {
  const of = (fields: Partial<Person>, regions = tebet): string[] =>
    warnings({ ...birth(), subjects: [], applicant: person(['applicant'], fields) }, regions).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );

  test('none where all agrees', () => {
    expect(of({ nik: '3174014508909999', birthDate: '1990-08-05', sex: 'female' })).toEqual([]);
  });

  test('a district that is not listed where its regency is', () => {
    expect(of({ nik: '3174024508909999' })).toEqual(['/applicant/nik district_unlisted']);
    expect(of({ nik: '3175024508909999' })).toEqual([]);
    expect(of({ nik: '3174024508909999' }, new Map([['31.74', 'Jakarta Selatan']]))).toEqual([]);
    expect(of({ address: { regionCode: '31.74.02.1001' } })).toEqual([
      '/applicant/address/regionCode district_unlisted',
    ]);
  });

  test('another birth date or sex than the NIK says, which is never refused', () => {
    const fields: Partial<Person> = { nik: '3174014508909999', birthDate: '1990-08-06', sex: 'male' };
    expect(of(fields)).toEqual(['/applicant/nik nik_birth_date_differs', '/applicant/nik nik_sex_differs']);
    expect(checkApplication({ ...birth(), applicant: person(['applicant'], fields) })).toEqual([]);
  });
});

describe('sandboxProblems', () => {
  test('points at everything of province 99, in forms too', () => {
    const application = birth();
    application.formData = { motherNik: '9901014508909999', amount: 99, certificate: '9901014508909999' };
    expect(sandboxProblems(application).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/applicant/nik sandbox_only',
      '/applicant/familyCardNumber sandbox_only',
      '/formData/motherNik sandbox_only',
    ]);
  });

  test('finds none in a real application', () => {
    const applicant = person(['applicant'], { nik: '3174014508909999' });
    expect(sandboxProblems({ ...birth(), applicant })).toEqual([]);
  });
});
