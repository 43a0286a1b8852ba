/** Documents in and out: uploaded before the application that lists them, read back by whoever may read it. */
import { hash } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { MAX_DOCUMENT_BYTES, sniffType, type DocumentType } from '../domain/documents.ts';
import { openDocument, sealDocument } from '../flow/documents.ts';
import { rowOfTheirs } from './applications.ts';
import { bodyBytes } from './body.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';

export function uploads({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.put('/:sha256', async (c) => {
    const { platform } = need(c, 'applications:submit');
    const sha256 = c.req.param('sha256');
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new HttpProblem(400, 'sha256_invalid', 'Name the document by its SHA-256 in hex');
    const bytes = await bodyBytes(c, MAX_DOCUMENT_BYTES);
    if (bytes.length === 0) throw new HttpProblem(422, 'document_empty', 'The document has no bytes');
    if (hash('sha256', bytes, 'hex') !== sha256)
      throw new HttpProblem(422, 'digest_mismatch', 'The bytes have another SHA-256');
    const type = typeOf(c, bytes);
    const document = { platform: platform.id, applicationId: null, name: null, type, bytes };
    await desk.ledger.saveDocument(await sealDocument(desk, document));
    return c.json({ sha256, mediaType: type, sizeBytes: bytes.length }, 201);
  });
  return app;
}

/** By content; what Content-Type says may only agree. */
function typeOf(c: Context, bytes: Uint8Array): DocumentType {
  const type = sniffType(bytes);
  const declared = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (!type) throw new HttpProblem(415, 'document_type', 'Documents are PDF, JPEG or PNG');
  if (declared !== undefined && declared !== type && declared !== 'application/octet-stream') {
    throw new HttpProblem(415, 'document_type', `The bytes are ${type}, not what Content-Type says`);
  }
  return type;
}

export function documentsOut({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/:id/documents/:documentId', async (c) => {
    const { key } = need(c, 'applications:read');
    const { id } = await rowOfTheirs(c, desk);
    const name = c.req.param('documentId');
    const found = await desk.ledger.documentNamed(id, name);
    if (!found) throw notFound('document');
    const bytes = await openDocument(desk, found);
    // Each view is an event: who saw what. It stands in the bus's stream, not the application's, which has its own order.
    await desk.ledger.appendEvents('bus', [
      { type: 'go.mpp.document.viewed.v1', data: { applicationId: id, document: name, by: key.id } },
    ]);
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': found.row.type,
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });
  return app;
}
