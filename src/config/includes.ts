/** Puts parts of shared files in the place of their `$include`, and remembers where every value was written. */
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { escapeSegment, pointerOf, segmentsOf, suggest, type Finding } from './finding.ts';
import type { YamlFile } from './yaml-file.ts';

export const INCLUDE = '$include';

/** Where a value was written; `by` is the `$include` that brought it, in the file that is read. */
export interface Origin {
  file: YamlFile;
  pointer: string;
  by?: { file: YamlFile; pointer: string };
}

/** A file with everything in its place. */
export interface Resolved {
  value: JsonValue;
  findings: Finding[];
  /** Pointers at which something should stand and could not be found. */
  lost: string[];
  /** Files that it was put together from. */
  used: Set<string>;
  /** Undefined when nothing was included: all was written where it stands. */
  origin?: (pointer: string) => Origin;
}

/** An application, a fragment of its route, and that one's own: deeper is hard to read. */
const MOST_DEEP = 3;
/** A file that includes itself from many places would grow without end. */
const MOST_VALUES = 20_000;
const REFERENCE = /^(fragments\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.yaml)#((?:\/[^/]{1,100}){0,8})$/;

/** A value and where it was written, before it is plain JSON again. */
interface Node {
  origin: Origin;
  value: Map<string, Node> | Node[] | string | number | boolean | null;
  lost?: true;
}

interface Work {
  fragments: ReadonlyMap<string, YamlFile | null>;
  findings: Finding[];
  used: Set<string>;
  values: number;
}

/** `fragments` are all files of `fragments/` by path; null for one that could not be read, of which nothing more is said. */
export function resolveIncludes(file: YamlFile, fragments: Work['fragments']): Resolved {
  const work: Work = { fragments, findings: [], used: new Set(), values: 0 };
  if (!holdsInclude(file.value)) return { value: file.value, findings: [], lost: [], used: work.used };
  const root = nodeOf(file.value, { file, pointer: '' }, [], work);
  const origins = new Map<string, Origin>();
  const lost: string[] = [];
  const value = plain(root, '', (pointer, node) => {
    origins.set(pointer, node.origin);
    if (node.lost) lost.push(pointer);
  });
  const { findings, used } = work;
  return { value, findings, lost, used, origin: (pointer) => originOf(pointer, origins) };
}

function holdsInclude(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, INCLUDE) || Object.values(value).some(holdsInclude);
}

/** Of what is not there, the place it would have in the nearest thing that is. */
function originOf(pointer: string, origins: Map<string, Origin>): Origin {
  const known = origins.get(pointer);
  if (known) return known;
  const cut = pointer.lastIndexOf('/');
  const outer = originOf(pointer.slice(0, cut), origins);
  return { ...outer, pointer: outer.pointer + pointer.slice(cut) };
}

function nodeOf(value: JsonValue, origin: Origin, chain: string[], work: Work): Node {
  work.values += 1;
  if (typeof value !== 'object' || value === null) return { origin, value };
  const inner = (name: string | number): Origin => ({ ...origin, pointer: origin.pointer + pointerOf(name) });
  if (Array.isArray(value)) {
    return { origin, value: value.map((item, place) => nodeOf(item, inner(place), chain, work)) };
  }
  if (Object.hasOwn(value, INCLUDE)) return included(value, origin, chain, work);
  const entries = Object.entries(value).map(
    ([name, one]) => [name, nodeOf(one, inner(name), chain, work)] as const,
  );
  return { origin, value: new Map(entries) };
}

/** The part that is named, and over it what stands beside: in the order in which they are written. */
function included(value: JsonObject, origin: Origin, chain: string[], work: Work): Node {
  const part = partOf(value[INCLUDE]!, origin, chain, work);
  const beside = Object.entries(value).filter(([name]) => name !== INCLUDE);
  if (!part) return { origin, value: new Map(), lost: true };
  if (beside.length === 0) return part.value instanceof Map ? { ...part, origin } : part;
  if (!(part.value instanceof Map)) {
    report(work, origin, 'include_no_map', 'What is included has no fields to lie over', 'Take it alone');
    return { origin, value: new Map(), lost: true };
  }
  const merged = new Map<string, Node>();
  for (const [name, one] of Object.entries(value)) {
    if (name === INCLUDE)
      for (const [each, node] of part.value) merged.set(each, laid(node, merged.get(each)));
    else {
      const at = { ...origin, pointer: origin.pointer + pointerOf(name) };
      const own = nodeOf(one, at, chain, work);
      merged.set(name, merged.has(name) ? laid(merged.get(name)!, own) : own);
    }
  }
  return { origin, value: merged };
}

/** One value over another: maps field by field, all else in its place. */
function laid(under: Node, over: Node | undefined): Node {
  if (!over) return under;
  if (!(under.value instanceof Map) || !(over.value instanceof Map)) return over;
  const merged = new Map(under.value);
  for (const [name, node] of over.value) {
    const below = merged.get(name);
    merged.set(name, below ? laid(below, node) : node);
  }
  return { origin: over.origin, value: merged };
}

/** What a reference names; undefined when that is not to be had, which is said. */
function partOf(reference: JsonValue, origin: Origin, chain: string[], work: Work): Node | undefined {
  const text = typeof reference === 'string' ? reference : JSON.stringify(reference);
  const [, path, pointer] = REFERENCE.exec(text) ?? [];
  const say = (code: string, message: string, fix: string): undefined =>
    report(work, origin, code, message, fix);
  if (path === undefined || pointer === undefined)
    return say(
      'include_form',
      `${text} names no part of a fragment`,
      'Write it as fragments/NAME.yaml#/PART',
    );
  if (chain.includes(text))
    return say('include_cycle', `${text} includes itself`, 'Take one of the includes out');
  if (chain.length >= MOST_DEEP)
    return say('include_depth', `Includes are deeper than ${MOST_DEEP}`, 'Write the innermost out');
  if (work.values > MOST_VALUES)
    return say('include_size', `The file grows beyond ${MOST_VALUES} values`, 'Include less');
  const file = work.fragments.get(path);
  if (file === undefined)
    return say('unknown_fragment', `There is no ${path}`, suggest(path, work.fragments.keys()));
  work.used.add(path);
  if (file === null) return undefined;
  const found = walk(file.value, segmentsOf(pointer));
  if ('known' in found)
    return say('unknown_part', `${path} has no ${found.name}`, suggest(found.name, found.known));
  const by = origin.by ?? { file: origin.file, pointer: origin.pointer };
  return nodeOf(found.value, { file, pointer, by }, [...chain, text], work);
}

function walk(value: JsonValue, path: string[]): { value: JsonValue } | { name: string; known: string[] } {
  const [name, ...rest] = path;
  if (name === undefined) return { value };
  const isHolder = typeof value === 'object' && value !== null;
  if (!isHolder || !Object.hasOwn(value, name)) {
    return { name, known: isHolder ? Object.keys(value) : [] };
  }
  return walk((value as JsonObject)[name]!, rest);
}

function report(work: Work, origin: Origin, code: string, message: string, fix: string): undefined {
  const pointer = `${origin.pointer}/${INCLUDE}`;
  work.findings.push({ code, ...writtenAt({ ...origin, pointer }, message), fix });
}

/** Where a finding is mended, and in what it says which route or service brought it there. */
export function writtenAt(
  { file, pointer, by }: Origin,
  message: string,
): Pick<Finding, 'file' | 'line' | 'pointer' | 'message'> {
  const place = { file: file.file, line: file.line(pointer), pointer };
  if (!by) return { ...place, message };
  const from = `${by.file.file}:${by.file.line(by.pointer)} ${by.pointer}`;
  return { ...place, message: `${message} (included by ${from})` };
}

function plain(node: Node, pointer: string, seen: (pointer: string, node: Node) => void): JsonValue {
  seen(pointer, node);
  const { value } = node;
  if (Array.isArray(value)) return value.map((one, place) => plain(one, `${pointer}/${place}`, seen));
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(
    ([name, one]) => [name, plain(one, `${pointer}/${escapeSegment(name)}`, seen)] as const,
  );
  return Object.fromEntries(entries);
}
