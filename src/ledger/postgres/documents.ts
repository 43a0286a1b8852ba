/** Documents: listed in one table, their bytes in sealed chunks in another. */
import type { DocumentRow, FlowLedger, StoredDocument } from '../../flow/ports/ledger.ts';
import type { Database, Statements } from './database.ts';
import { DOCUMENT } from './rows.ts';

const READ = `SELECT ${DOCUMENT.select}, (SELECT wrapped FROM keys WHERE owner = 'document/' || documents.id) AS "wrappedKey"
  FROM documents WHERE`;
const CHUNKS = 'SELECT bytes FROM chunks WHERE document_id = ? ORDER BY n';

export function documentVerbs(db: Database): Pick<FlowLedger, 'saveDocument' | 'document' | 'documentNamed'> {
  const read = (where: string, ...values: string[]): Promise<StoredDocument | undefined> =>
    db.reading(async (on) => {
      const [row] = await on.query<DocumentRow>(`${READ} ${where}`, values);
      if (!row) return undefined;
      const chunks = await on.query<{ bytes: Uint8Array }>(CHUNKS, [row.id]);
      return { row, chunks: chunks.map(({ bytes }) => bytes) };
    });
  return {
    saveDocument: (document) => db.write((tx) => insertDocument(tx, document)),
    document: (id) => read('id = ?', id),
    documentNamed: (applicationId, name) => read('application_id = ? AND name = ?', applicationId, name),
  };
}

const INSERT = `INSERT INTO documents (${DOCUMENT.names}) VALUES (${DOCUMENT.marks}) ON CONFLICT DO NOTHING RETURNING 1`;

/** A document of the same name again (a repeated reply) leaves the first in place. */
export async function insertDocument(tx: Statements, { row, chunks }: StoredDocument): Promise<void> {
  const inserted = await tx.query(INSERT, DOCUMENT.of(row));
  if (inserted.length === 0) return;
  await tx.query('INSERT INTO keys VALUES (?, ?, ?)', [
    `document/${row.id}`,
    row.applicationId,
    row.wrappedKey,
  ]);
  for (const [n, bytes] of chunks.entries())
    await tx.query('INSERT INTO chunks VALUES (?, ?, ?)', [row.id, n, bytes]);
}
