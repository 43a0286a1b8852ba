/** Documents: listed in one table, their bytes in sealed chunks in another. */
import type { Acceptance, DocumentRow, FlowLedger, StoredDocument } from '../../flow/ports/ledger.ts';
import type { Database } from './database.ts';
import { DOCUMENT } from './rows.ts';

export function documentVerbs(db: Database): Pick<FlowLedger, 'saveDocument' | 'document' | 'documentNamed'> {
  const read = (where: string, ...values: string[]): StoredDocument | undefined => {
    const row = db
      .sql(
        `SELECT ${DOCUMENT.select}, (SELECT wrapped FROM keys WHERE owner = 'document/' || documents.id) AS wrappedKey
         FROM documents WHERE ${where}`,
      )
      .get(...values) as DocumentRow | undefined;
    if (!row) return undefined;
    const chunks = db.sql('SELECT bytes FROM chunks WHERE document_id = ? ORDER BY n').all(row.id);
    return { row, chunks: chunks.map((chunk) => chunk['bytes'] as Uint8Array) };
  };
  return {
    saveDocument: (document) => db.write(() => insertDocument(db, document)),
    document: async (id) => read('id = ?', id),
    documentNamed: async (applicationId, name) =>
      read('application_id = ? AND name = ?', applicationId, name),
  };
}

/** A document of the same name again (a repeated reply) leaves the first in place. */
export function insertDocument(db: Database, { row, chunks }: StoredDocument): void {
  const inserted = db
    .sql(`INSERT INTO documents (${DOCUMENT.names}) VALUES (${DOCUMENT.marks}) ON CONFLICT DO NOTHING`)
    .run(...DOCUMENT.of(row));
  if (inserted.changes === 0) return;
  db.sql('INSERT INTO keys VALUES (?, ?, ?)').run(`document/${row.id}`, row.applicationId, row.wrappedKey);
  chunks.forEach((bytes, n) => db.sql('INSERT INTO chunks VALUES (?, ?, ?)').run(row.id, n, bytes));
}

/** Thrown inside the transaction to take back the documents that were taken over before one was missed. */
export class DocumentMissing extends Error {
  readonly names: string[];
  constructor(names: string[]) {
    super('documentMissing');
    this.names = names;
  }
}

const FIND_UPLOAD =
  'SELECT id FROM documents WHERE platform = ? AND hash = ? AND application_id IS NULL ORDER BY id LIMIT 1';

/** Takes over uploaded documents. Throws DocumentMissing with the names of those that were never uploaded. */
export function takeDocuments(
  db: Database,
  application: { id: string; platform: string },
  documents: Acceptance['documents'],
): void {
  const missing: string[] = [];
  for (const { hash, name } of documents) {
    const found = db.sql(FIND_UPLOAD).get(application.platform, hash);
    if (found) takeOver(db, found['id'] as string, application.id, name);
    else missing.push(name);
  }
  if (missing.length > 0) throw new DocumentMissing(missing);
}

function takeOver(db: Database, id: string, applicationId: string, name: string): void {
  db.sql('UPDATE documents SET application_id = ?, name = ? WHERE id = ?').run(applicationId, name, id);
  db.sql('UPDATE keys SET application_id = ? WHERE owner = ?').run(applicationId, `document/${id}`);
}
