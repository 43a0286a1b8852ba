/** Reads one YAML file: refuses what a configuration file must not be, and knows the line of every value. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlias, isMap, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import type { JsonValue } from '../domain/outcome.ts';
import { segmentsOf, type Finding } from './finding.ts';
import { writtenAt, type Origin } from './includes.ts';

export interface YamlFile {
  /** Relative to the configuration folder, with `/`. */
  file: string;
  text: string;
  value: JsonValue;
  /** Line of a JSON pointer; of its nearest ancestor when it is not there. */
  line(pointer: string): number;
  /** Where the value at a pointer was written, when some of it comes from other files. */
  origin?(pointer: string): Origin;
}

/** Where a finding at a pointer is mended, in this file or in one that it includes. */
export function placed(
  file: YamlFile,
  pointer: string,
  message: string,
): Pick<Finding, 'file' | 'line' | 'pointer' | 'message'> {
  return writtenAt(file.origin?.(pointer) ?? { file, pointer }, message);
}

const MAX_BYTES = 1_048_576;
const MAX_ALIASES = 50;

/** The file, or why it cannot be read. Never throws for what is in the file. */
export async function readYaml(
  folder: string,
  file: string,
): Promise<{ file?: YamlFile; findings: Finding[] }> {
  let bytes: Buffer;
  try {
    bytes = await readBytes(join(folder, file));
  } catch (error) {
    return { findings: [unreadable(error, finder(file))] };
  }
  return parseYaml(file, bytes);
}

/** The same of bytes that are at hand. */
export function parseYaml(file: string, bytes: Buffer): { file?: YamlFile; findings: Finding[] } {
  const found = finder(file);
  const bad = badBytes(bytes, found);
  return bad ? { findings: [bad] } : parse(file, bytes.toString('utf8'), found);
}

function finder(file: string): Found {
  return (code, message, fix, line = 1) => ({ code, file, line, pointer: '', message, fix });
}

class Refused extends Error {}

async function readBytes(path: string): Promise<Buffer> {
  // O_NOFOLLOW: a link that is put in place between look and open is refused too.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Refused('config_unreadable');
    if (stat.size > MAX_BYTES) throw new Refused('config_size');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

type Found = (code: string, message: string, fix: string, line?: number) => Finding;

function unreadable(error: unknown, found: Found): Finding {
  const code = error instanceof Refused ? error.message : String((error as NodeJS.ErrnoException).code);
  if (code === 'ELOOP') {
    return found('config_symlink', 'The file is a symbolic link', 'Put the file itself here');
  }
  if (code === 'ENOENT') return found('config_missing', 'The file is missing', 'Write it');
  if (code === 'config_size') {
    return found(
      code,
      `The file is larger than ${MAX_BYTES} bytes`,
      'Split it or take out what is not needed',
    );
  }
  return found(
    'config_unreadable',
    `The file cannot be read (${code})`,
    'Give the bus a plain file it may read',
  );
}

function badBytes(bytes: Buffer, found: Found): Finding | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return found('config_bom', 'The file begins with a byte order mark', 'Save it as UTF-8 without BOM');
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return undefined;
  } catch {
    return found('config_encoding', 'The file is not UTF-8', 'Save it as UTF-8');
  }
}

function parse(file: string, text: string, found: Found): { file?: YamlFile; findings: Finding[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const findings = document.errors.map(({ code, message, pos }) => {
    const line = lineAt(pos[0]);
    if (code === 'DUPLICATE_KEY') return found('duplicate_key', 'A name is written twice', 'Keep one', line);
    return found('config_yaml', message, 'Mend the YAML', line);
  });
  for (const { code, message, pos } of document.warnings) {
    const isTag = code === 'TAG_RESOLVE_FAILED';
    findings.push(found(isTag ? 'config_tag' : 'config_yaml', message, 'Write plain YAML', lineAt(pos[0])));
  }
  // Of a name that is written twice the last is read, so that the rest is checked too.
  if (findings.some(({ code }) => code !== 'duplicate_key')) return { findings };
  let value: JsonValue;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue;
  } catch (error) {
    return {
      findings: [...findings, found('config_alias', (error as Error).message, 'Write the values out')],
    };
  }
  if (value === null)
    return { findings: [found('config_empty', 'The file is empty', 'Fill it or delete it')] };
  const line = (pointer: string): number => lineAt(offsetOf(document, pointer));
  return { file: { file, text, value, line }, findings };
}

/** Where the deepest part of a pointer that exists begins: the key of a field, an item of a list. */
function offsetOf(document: Document.Parsed, pointer: string): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const segment of segmentsOf(pointer)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => String((key as { value?: unknown }).value) === segment);
      if (!pair) return offset;
      offset = startOf(pair as Pair<Node, Node>, offset);
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      if (node === undefined) return offset;
      offset = (node as Node).range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(pair: Pair<Node, Node>, otherwise: number): number {
  return pair.key.range?.[0] ?? otherwise;
}
