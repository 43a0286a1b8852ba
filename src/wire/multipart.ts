/** multipart/form-data bodies (RFC 7578) out; what stands in a name can never become a header. */
import { WireError } from './error.ts';

export interface MultipartPart {
  name: string;
  fileName?: string;
  /** Media type of the part; none for a plain text field. */
  type?: string;
  bytes: Uint8Array;
}

const BOUNDARY = /^[A-Za-z0-9_-]{1,70}$/;
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+-]{1,64}(?:; ?[\w-]{1,32}=[\w.-]{1,64}){0,4}$/;

/**
 * Joins parts. The boundary is chance, handed in by the caller.
 * @throws WireError multipart_invalid for a bad boundary or media type, or a boundary that occurs in a part.
 */
export function renderMultipart(
  parts: MultipartPart[],
  boundary: string,
): { bytes: Uint8Array; contentType: string } {
  if (!BOUNDARY.test(boundary)) throw new WireError('multipart_invalid');
  const chunks: Uint8Array[] = [];
  for (const part of parts) {
    if (Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.length).includes(`--${boundary}`)) {
      throw new WireError('multipart_invalid');
    }
    chunks.push(Buffer.from(`--${boundary}\r\n${partHeaders(part)}\r\n`), part.bytes, Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { bytes: Buffer.concat(chunks), contentType: `multipart/form-data; boundary=${boundary}` };
}

function partHeaders({ name, fileName, type }: MultipartPart): string {
  if (type !== undefined && !MEDIA_TYPE.test(type)) throw new WireError('multipart_invalid');
  const file = fileName === undefined ? '' : `; filename="${quoted(fileName)}"`;
  const contentType = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\n${contentType}`;
}

/** Browsers' escapes (WHATWG HTML, multipart/form-data), and no other control character. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
  // oxlint-disable-next-line no-control-regex -- these are the characters to be dropped
  return escaped.replace(/[\u0000-\u001f\u007f]/g, '');
}
