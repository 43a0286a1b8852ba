/** Which kinds of documents the bus carries, known by their first bytes and never by their name. */

export type DocumentType = 'application/pdf' | 'image/jpeg' | 'image/png';

/** The most a document may weigh. */
export const MAX_DOCUMENT_BYTES = 10 * 1024 * 1024;

const MAGIC: [DocumentType, number[]][] = [
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

/** A document's media type, or null when it is none of ours. */
export function sniffType(bytes: Uint8Array): DocumentType | null {
  const found = MAGIC.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte));
  return found ? found[0] : null;
}
