/** What an application says of itself in two places must agree: ids once, references to something that is listed. */
import type { ApplicationBody, ListedDocument } from './application-body.ts';
import type { Problem } from './problems.ts';

/** Problems of ids and times within an application that holds to its schema. */
export function references(application: ApplicationBody): Problem[] {
  const { documents = [], fees = [], payments = [], evidence = [], consents = [], capture } = application;
  const found: Problem[] = [];
  const documentIds = collect(documents, 'documentId', '/documents', found);
  found.push(...sameDocuments(documents));
  const feeIds = collect(fees, 'feeId', '/fees', found);
  collect(payments, 'paymentId', '/payments', found);
  const listed = (pointer: string, id: string | undefined, ids: Set<string>): void => {
    if (id === undefined || ids.has(id)) return;
    found.push({
      pointer,
      code: 'reference_unknown',
      detail: 'refers to nothing that this application lists',
    });
  };
  listed('/representative/authorityDocumentId', application.representative?.authorityDocumentId, documentIds);
  evidence.forEach((item, index) => listed(`/evidence/${index}/documentId`, item.documentId, documentIds));
  consents.forEach((item, index) => {
    listed(`/consents/${index}/evidenceDocumentId`, item.evidenceDocumentId, documentIds);
  });
  payments.forEach((payment, index) => {
    payment.feeIds.forEach((id, place) => listed(`/payments/${index}/feeIds/${place}`, id, feeIds));
  });
  if (capture?.syncedAt !== undefined && Date.parse(capture.syncedAt) < Date.parse(capture.capturedAt)) {
    found.push({ pointer: '/capture/syncedAt', code: 'date_order', detail: 'is before capturedAt' });
  }
  return found;
}

/** One upload is one document: what several requirements ask for is listed once. */
function sameDocuments(documents: ListedDocument[]): Problem[] {
  const seen = new Set<string>();
  const found: Problem[] = [];
  documents.forEach(({ sha256 }, index) => {
    if (seen.has(sha256)) {
      const detail = 'is listed already under another documentId: list a file once';
      found.push({ pointer: `/documents/${index}/sha256`, code: 'duplicate_document', detail });
    }
    seen.add(sha256);
  });
  return found;
}

function collect<Key extends string>(
  items: { [key in Key]?: string }[],
  key: Key,
  pointer: string,
  found: Problem[],
): Set<string> {
  const ids = new Set<string>();
  items.forEach((item, index) => {
    const id: string | undefined = item[key];
    if (id === undefined) return;
    if (ids.has(id)) {
      found.push({ pointer: `${pointer}/${index}/${key}`, code: 'duplicate_id', detail: 'is used twice' });
    }
    ids.add(id);
  });
  return ids;
}
