/** What an attempt's record keeps of a message: its head and beginning, masked, at most 2 kB. */
import type { WireRequest } from '../domain/outcome.ts';

const MAX_EXCERPT = 2048;
/** Masked before it is cut, so that no half of a secret stays at the edge. */
const MAX_MASKED = 2 * MAX_EXCERPT;
const TEXT = /^$|text|json|xml|form/i;

export type Masking = (text: string) => string;

/** The request as the adapter made it, the signature's headers left out. Without `body`, documents stand by their id. */
export function excerptOfRequest(
  request: WireRequest,
  path: string,
  body: Uint8Array | null,
  mask: Masking,
): string {
  const head = Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}\n`);
  const content = body ? beginning(body) : JSON.stringify(request.body);
  return cut(`${request.method} ${path}\n${head.join('')}\n${content}`, mask);
}

export function excerptOfReply(status: number, type: string, body: Uint8Array, mask: Masking): string {
  const content = TEXT.test(type) ? beginning(body) : `[${body.length} bytes]`;
  return cut(`${status} ${type}\n\n${content}`, mask);
}

function beginning(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAX_MASKED)).toString('utf8');
}

function cut(text: string, mask: Masking): string {
  const masked = mask(text.slice(0, MAX_MASKED));
  return masked.length > MAX_EXCERPT ? masked.slice(0, MAX_EXCERPT - 1) + '…' : masked;
}
