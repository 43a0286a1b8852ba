/** What an agency sends back, as the applicant knows it. */
import { expect, test } from 'vitest';
import { inApplication } from '../../src/domain/sent-back.ts';

const fields = {
  reference: 'application.formData.plateNumber',
  seller: { nik: 'application.formData.seller.nik', fullName: 'application.formData.seller.fullName' },
  address: 'application.applicant.address',
  documents: '[application.documents.{ "documentId": documentId }]',
  kind: "'PKB'",
};

test.each([
  ['a field read from one place', '/reference', ['/formData/plateNumber']],
  ['a field of an object', '/seller/nik', ['/formData/seller/nik']],
  ['a whole object', '/seller', ['/formData/seller/nik', '/formData/seller/fullName']],
  ['what lies below a place', '/address/street', ['/applicant/address/street']],
  ['what is put together', '/documents', ['/documents']],
  ['a literal', '/kind', ['/kind']],
  ['a field of the application already', '/formData/plateNumber', ['/formData/plateNumber']],
  ['a name that only objects have', '/constructor', ['/constructor']],
])('%s', (_, pointer, expected) => {
  const mapped = inApplication(fields, { pointer, code: 'DATA_MISMATCH' });
  expect(mapped).toEqual(expected.map((one) => ({ pointer: one, code: 'DATA_MISMATCH' })));
});

test('a document keeps its name', () => {
  const correction = { documentId: 'doc-1', code: 'DOC_UNREADABLE' };
  expect(inApplication(fields, correction)).toEqual([correction]);
});
