/** Reads the source tree for the house tests: files, what they import, and their code without comments. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface Import {
  /** A path from the root, a package's name or `node:…`. */
  of: string;
  typesOnly: boolean;
}

export interface Source {
  path: string;
  text: string;
  /** The text without comments; strings are kept. */
  code: string;
  imports: Import[];
}

/** Every TypeScript file of the bus and its adapters. */
export const sources: Source[] = globSync(['src/**/*.ts', 'adapters/**/*.ts'], { cwd: ROOT })
  .toSorted()
  .map(readSource);

function readSource(path: string): Source {
  const text = read(path);
  const code = withoutComments(text);
  return { path, text, code, imports: [...statements(path, code), ...expressions(path, code)] };
}

/** Comments go, strings, templates and regular expressions stay: `//` within them is no comment. */
function withoutComments(text: string): string {
  const tokens =
    /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=[=(,:[!&|?]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;
  return text.replaceAll(tokens, (token) => (/^\/[*/]/.test(token) ? ' ' : token));
}

/** `import`/`export … from '…'` and `import '…'`. */
function statements(path: string, code: string): Import[] {
  const all = code.matchAll(/^(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?'([^']+)'/gm);
  return [...all].map(([, type, names = '', from]) => ({
    of: target(path, from!),
    typesOnly: type !== undefined || everyNameIsType(names),
  }));
}

/** `import { type A, type B } from`. */
function everyNameIsType(names: string): boolean {
  const listed = /^\{([\s\S]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return listed !== undefined && listed.length > 0 && listed.every((name) => name.startsWith('type '));
}

/** `await import('…')`, and `import('…')` in types, which is taken for a value: it is rare and easily written above. */
function expressions(path: string, code: string): Import[] {
  return [...code.matchAll(/\bimport\(\s*'([^']+)'/g)].map(([, from]) => ({
    of: target(path, from!),
    typesOnly: false,
  }));
}

function target(path: string, from: string): string {
  if (from.startsWith('#src/')) return `src/${from.slice('#src/'.length)}`;
  return from.startsWith('.') ? resolve('/', dirname(path), from).slice(1) : from;
}

/** `file:line` of every match, so that a failure says where. */
export function places(files: Source[], pattern: RegExp): string[] {
  return files.flatMap(({ path, code }) =>
    code.split('\n').flatMap((line) => (pattern.test(line) ? [`${path}: ${line.trim()}`] : [])),
  );
}
