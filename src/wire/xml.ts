/** XML in and out by xml2js, which sees only what the scan before it has let through. */
import { isUtf8 } from 'node:buffer';
import { Builder, Parser, processors } from 'xml2js';
import type { JsonObject, JsonValue } from './value.ts';
import { WireError } from './error.ts';
import { scanXml } from './xml-scan.ts';

export interface XmlLimits {
  maxBytes: number;
  /** Elements within each other. */
  maxDepth: number;
  maxElements: number;
  /** Of one element, namespace declarations included. */
  maxAttributes: number;
  maxNameLength: number;
  /** Character and entity references: a million of them block a parser for up to 0.8 s. */
  maxReferences: number;
}

export const XML_LIMITS: XmlLimits = {
  maxBytes: 1_048_576,
  maxDepth: 64,
  maxElements: 20_000,
  maxAttributes: 100,
  maxNameLength: 256,
  maxReferences: 10_000,
};

/**
 * Reads XML 1.0 in UTF-8 into xml2js' object form under its root's name: a lone child as itself, repeated ones as an
 * array, attributes under `$`, text beside attributes or children under `_`, all values strings. Elements lose their
 * namespace prefix, which each sender chooses anew.
 * @throws WireError naming the limit or rule broken and the character where it was.
 */
export async function parseXml(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): Promise<JsonObject> {
  const held = { ...XML_LIMITS, ...limits };
  if (bytes.length > held.maxBytes) throw new WireError('xml_too_large');
  const text = decode(bytes);
  scanXml(text, declarationEnd(text), held);
  const parser = new Parser({ explicitArray: false, tagNameProcessors: [processors.stripPrefix] });
  try {
    return (await parser.parseStringPromise(text)) as JsonObject;
  } catch {
    // The parser's own message would echo the text.
    throw new WireError('xml_malformed');
  }
}

/** Writes one root element in xml2js' object form. @throws WireError when the values make no XML that we would read. */
export function renderXml(object: JsonObject): string {
  const [root, ...others] = Object.values(object);
  if (root === undefined || Array.isArray(root) || others.length > 0) throw new WireError('xml_malformed');
  checkNames(object);
  const builder = new Builder({
    xmldec: { version: '1.0', encoding: 'UTF-8' },
    renderOpts: { pretty: false },
  });
  const text = build(builder, object);
  if (ILLEGAL.test(text) || !text.isWellFormed()) throw new WireError('xml_encoding');
  scanXml(text, declarationEnd(text), { ...XML_LIMITS, maxElements: Infinity, maxReferences: Infinity });
  return text;
}

const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;

/** The builder writes some names as they are (`b c="1"`), which would forge attributes and elements. */
function checkNames(value: JsonValue): void {
  if (Array.isArray(value)) return value.forEach(checkNames);
  if (value === null || typeof value !== 'object') return;
  for (const [name, inner] of Object.entries(value)) {
    if (name !== '$' && !NAME.test(name)) throw new WireError('xml_malformed');
    checkNames(inner);
  }
}

function build(builder: Builder, object: JsonObject): string {
  try {
    return builder.buildObject(object);
  } catch {
    throw new WireError('xml_malformed');
  }
}

/** What XML 1.0 forbids even inside text. */
// oxlint-disable-next-line no-control-regex -- these are the characters to be found
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new WireError('xml_encoding');
  // TextDecoder drops a byte order mark, which XML allows.
  const text = new TextDecoder().decode(bytes);
  if (ILLEGAL.test(text)) throw new WireError('xml_encoding');
  return text;
}

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"([\w.]+)"|'([\w.]+)')(?:\s+encoding\s*=\s*(?:"([\w.-]+)"|'([\w.-]+)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/;
const MAX_DECLARATION_LENGTH = 200;

/** Where the XML declaration ends; 0 without one. */
function declarationEnd(text: string): number {
  if (!/^<\?xml\s/.test(text)) return 0;
  const found = DECLARATION.exec(text.slice(0, MAX_DECLARATION_LENGTH));
  if (found === null) throw new WireError('xml_malformed', 0);
  const version = found[1] ?? found[2];
  const encoding = (found[3] ?? found[4] ?? 'utf-8').toLowerCase();
  if (version !== '1.0' || (encoding !== 'utf-8' && encoding !== 'us-ascii'))
    throw new WireError('xml_encoding', 0);
  return found[0].length;
}
