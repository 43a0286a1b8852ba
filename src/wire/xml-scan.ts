/** Reads XML text once before the parser may see it: well-formedness, limits, and no declaration of types or entities. */
import { WireError } from './error.ts';
import type { WireErrorCode } from './error.ts';
import type { XmlLimits } from './xml.ts';

const NAME = '[A-Za-z_:\\u0080-\\uffff][\\w:.\\-\\u0080-\\uffff]*';
const OPEN_NAME = new RegExp(`<(${NAME})`, 'y');
const CLOSE_TAG = new RegExp(`</(${NAME})\\s*>`, 'y');
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^<"]*)"|'([^<']*)')`, 'y');
const TAG_END = /\s*(\/?)>/y;
const REFERENCE = /&(?:(?:amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g;
const BLANK = /^\s*$/;

interface Scan {
  text: string;
  limits: XmlLimits;
  open: string[];
  elements: number;
  references: number;
}

/** @throws WireError naming the limit or rule broken and the character where it was. */
export function scanXml(text: string, start: number, limits: XmlLimits): void {
  const scan: Scan = { text, limits, open: [], elements: 0, references: 0 };
  let at = start;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    checkText(scan, at, end);
    at = end === text.length ? end : markup(scan, end);
  }
  if (scan.open.length > 0 || scan.elements === 0) fail('xml_malformed', at);
}

function fail(code: WireErrorCode, at: number): never {
  throw new WireError(code, at);
}

function checkText(scan: Scan, from: number, to: number): void {
  const content = scan.text.slice(from, to);
  if (scan.open.length === 0 ? !BLANK.test(content) : content.includes(']]>')) fail('xml_malformed', from);
  checkReferences(scan, content, from);
}

/** Only the five names of XML and numbers of characters that XML allows. */
function checkReferences(scan: Scan, content: string, at: number): void {
  if (!content.includes('&')) return;
  for (const [whole, decimal, hexadecimal] of content.matchAll(REFERENCE)) {
    if (++scan.references > scan.limits.maxReferences) fail('xml_too_large', at);
    if (whole === '&') fail('xml_malformed', at);
    if (decimal !== undefined && !isXmlCharacter(Number(decimal))) fail('xml_malformed', at);
    if (hexadecimal !== undefined && !isXmlCharacter(parseInt(hexadecimal, 16))) fail('xml_malformed', at);
  }
}

/** XML 1.0, production 2. */
function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x09 || point === 0x0a || point === 0x0d;
  return point < 0xd800 || (point > 0xdfff && point < 0xfffe) || (point > 0xffff && point <= 0x10ffff);
}

/** Takes where a `<` is and gives where its markup has ended. */
function markup(scan: Scan, at: number): number {
  const { text, open } = scan;
  if (text.startsWith('</', at)) return closeTag(scan, at);
  if (text.startsWith('<!--', at)) return comment(text, at);
  if (text.startsWith('<![CDATA[', at)) {
    if (open.length === 0) fail('xml_malformed', at);
    return after(text, ']]>', at + 9);
  }
  if (text.startsWith('<!', at)) fail('xml_doctype', at);
  if (text.startsWith('<?', at)) {
    if (/^<\?xml[\s?]/i.test(text.slice(at, at + 6))) fail('xml_malformed', at);
    return after(text, '?>', at + 2);
  }
  return openTag(scan, at);
}

function comment(text: string, at: number): number {
  const dashes = text.indexOf('--', at + 4);
  if (dashes < 0 || text[dashes + 2] !== '>') fail('xml_malformed', at);
  return dashes + 3;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at < 0) fail('xml_malformed', from);
  return at + mark.length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function closeTag(scan: Scan, at: number): number {
  const close = matchAt(CLOSE_TAG, scan.text, at);
  if (close === null || scan.open.pop() !== close[1]) fail('xml_malformed', at);
  return at + close[0].length;
}

function openTag(scan: Scan, at: number): number {
  const { text, limits, open } = scan;
  const tag = matchAt(OPEN_NAME, text, at);
  if (tag === null || (open.length === 0 && scan.elements > 0)) fail('xml_malformed', at);
  const name = tag[1]!;
  checkName(scan, name, at);
  if (++scan.elements > limits.maxElements) fail('xml_limits', at);
  const end = attributes(scan, at + tag[0].length);
  const close = matchAt(TAG_END, text, end);
  if (close === null) fail('xml_malformed', end);
  if (close[1] === '') open.push(name);
  if (open.length > limits.maxDepth) fail('xml_too_deep', at);
  return end + close[0].length;
}

function attributes(scan: Scan, from: number): number {
  const seen = new Set<string>();
  let at = from;
  for (;;) {
    const attribute = matchAt(ATTRIBUTE, scan.text, at);
    if (attribute === null) return at;
    const name = attribute[1]!;
    checkName(scan, name, at);
    if (seen.has(name)) fail('xml_malformed', at);
    if (seen.add(name).size > scan.limits.maxAttributes) fail('xml_limits', at);
    checkReferences(scan, attribute[2] ?? attribute[3]!, at);
    at += attribute[0].length;
  }
}

/** xml2js keeps text under `_` and marks CDATA under `cdata`; what any object has (`toString`) it takes for a child. */
function checkName(scan: Scan, name: string, at: number): void {
  if (name.length > scan.limits.maxNameLength) fail('xml_limits', at);
  const parts = name.split(':');
  if (parts.length > 2 || parts.includes('')) fail('xml_malformed', at);
  const local = parts.at(-1)!;
  const isForbidden = local in Object.prototype || ['prototype', '_', 'cdata'].includes(local);
  if (isForbidden) fail('xml_forbidden_name', at);
}
