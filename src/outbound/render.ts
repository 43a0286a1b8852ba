/** Turns an adapter's request into the bytes that are sent, filling documents in. */
import { sniffType } from '../domain/documents.ts';
import type { DocumentSlot, JsonObject, JsonValue, Part, WireBody, WireRequest } from '../domain/outcome.ts';
import { renderForm } from '../wire/form.ts';
import { renderMultipart } from '../wire/multipart.ts';
import { renderSoap } from '../wire/soap.ts';
import { renderXml } from '../wire/xml.ts';

export interface Rendered {
  /** With query. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export type Documents = (id: string) => Promise<Uint8Array>;

/** A request that cannot be put on the wire: the adapter's fault, and surely not sent. */
export class RenderError extends Error {
  override name = 'RenderError';
  readonly code = 'bad_request';
}

/** Held by the bus alone: what they say must be true of the connection. */
const OWN_HEADERS =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|cookie|accept-encoding|proxy-.*)$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const PATH = /^\/[\x21-\x7e]*$/;
/** `..` in any spelling: a value from a form must not climb to another resource. */
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Renders one request. `documents` is asked once for each document named, `boundary` once if there are parts.
 * @throws RenderError; whatever `documents` throws.
 */
export async function renderRequest(
  request: WireRequest,
  documents: Documents,
  boundary: () => string,
): Promise<Rendered> {
  const path = renderPath(request);
  const body = request.body ? await renderBody(request.body, documents, boundary) : { bytes: NOTHING };
  const headers = checkHeaders(request.headers ?? {});
  // A multipart type carries our boundary; any other the adapter may name itself.
  if (body.type !== undefined && (body.own || headers['content-type'] === undefined))
    headers['content-type'] = body.type;
  return { path, headers: { ...checkHeaders(body.headers ?? {}), ...headers }, body: body.bytes };
}

const NOTHING = new Uint8Array(0);

function renderPath({ path, query = {} }: WireRequest): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const whole = pairs.length > 0 ? path + (path.includes('?') ? '&' : '?') + pairs.join('&') : path;
  if (
    !PATH.test(whole) ||
    whole.includes('#') ||
    whole.includes('\\') ||
    DOT_SEGMENT.test(path.split('?')[0]!)
  ) {
    throw new RenderError('The path must start with / and be percent-encoded, without dot segments');
  }
  return whole;
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new RenderError('A query value is not well-formed text');
  }
}

/** Names in lower case; refuses what could break a message in two or lie about its length. Also holds for signatures. */
export function checkHeaders(headers: Record<string, string>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!TOKEN.test(name) || OWN_HEADERS.test(name))
      throw new RenderError('A header may not be set by an adapter');
    if (!HEADER_VALUE.test(value)) throw new RenderError(`The value of header ${name} cannot be sent`);
    checked[name] = value;
  }
  return checked;
}

interface Body {
  bytes: Uint8Array;
  type?: string;
  /** The type belongs to the bytes and may not be named otherwise. */
  own?: boolean;
  headers?: Record<string, string>;
}

async function renderBody(body: WireBody, documents: Documents, boundary: () => string): Promise<Body> {
  if ('json' in body)
    return { bytes: Buffer.from(await renderJson(body.json, documents)), type: 'application/json' };
  if ('form' in body) {
    return { bytes: Buffer.from(renderForm(body.form)), type: 'application/x-www-form-urlencoded' };
  }
  if ('xml' in body)
    return { bytes: Buffer.from(renderXml(body.xml)), type: 'application/xml; charset=utf-8' };
  if ('soap' in body) {
    const { text, type, headers } = renderSoap(body.soap);
    return { bytes: Buffer.from(text), type, headers, own: true };
  }
  if ('multipart' in body) return renderParts(body.multipart, documents, boundary);
  const bytes = await documents(body.document);
  if (body.as === 'base64') return { bytes: Buffer.from(base64(bytes)), type: 'text/plain' };
  if (body.as === 'body') return { bytes, type: typeOf(bytes) };
  throw new RenderError('A document that is the whole body stands as body or base64');
}

async function renderJson(json: JsonValue, documents: Documents): Promise<string> {
  const slots = new Set<string>();
  collect(json, slots);
  if (slots.size === 0) return JSON.stringify(json);
  const texts = new Map<string, string>();
  for (const id of slots) texts.set(id, base64(await documents(id)));
  return JSON.stringify(fill(json, texts));
}

/** The document that stands here, if one does. */
function slotOf(value: JsonObject): string | null {
  const { document, as } = value;
  return typeof document === 'string' && as === 'base64' && Object.keys(value).length === 2 ? document : null;
}

function collect(value: JsonValue, slots: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) return value.forEach((item) => collect(item, slots));
  const slot = slotOf(value);
  if (slot !== null) slots.add(slot);
  else for (const name in value) collect(value[name]!, slots);
}

function fill(value: JsonValue, texts: Map<string, string>): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => fill(item, texts));
  const slot = slotOf(value);
  if (slot !== null) return texts.get(slot)!;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, texts)]));
}

async function renderParts(parts: Part[], documents: Documents, boundary: () => string): Promise<Body> {
  const rendered = [];
  for (const part of parts) rendered.push(await renderPart(part, documents));
  const { bytes, contentType } = renderMultipart(rendered, boundary());
  return { bytes, type: contentType, own: true };
}

interface RenderedPart {
  name: string;
  fileName?: string;
  type?: string;
  bytes: Uint8Array;
}

async function renderPart(part: Part, documents: Documents): Promise<RenderedPart> {
  const { name } = part;
  if ('value' in part) return { name, bytes: Buffer.from(part.value) };
  if ('json' in part) {
    return { name, type: 'application/json', bytes: Buffer.from(await renderJson(part.json, documents)) };
  }
  return documentPart(part, await documents(part.document));
}

const EXTENSIONS: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
};

function documentPart(
  part: { name: string; fileName?: string } & DocumentSlot,
  bytes: Uint8Array,
): RenderedPart {
  if (part.as === 'base64') return { name: part.name, bytes: Buffer.from(base64(bytes)) };
  const type = typeOf(bytes);
  // Without a file name many servers take the part for a text field.
  const fileName = part.fileName ?? `${part.name}.${EXTENSIONS[type] ?? 'bin'}`;
  return { name: part.name, fileName, type, bytes };
}

function typeOf(bytes: Uint8Array): string {
  return sniffType(bytes) ?? 'application/octet-stream';
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
