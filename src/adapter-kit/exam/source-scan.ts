/** Reads a connector's sources without running them: what they import, and the names that they may not use. */
import { posix } from 'node:path';
import type { Notes } from './report.ts';
import type { Subject } from './subject.ts';

/** A name that an adapter may not use, and what to use in its place. */
const FORBIDDEN: [code: string, pattern: RegExp, fix: string][] = [
  [
    'clock_read',
    /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bnew\s+Date\b(?!\s*\()|(?<!new\s+)(?<![.\w])Date\s*\(|\bperformance\s*\.|\bTemporal\s*\./,
    'Take the time from call.now',
  ],
  [
    'local_time',
    /\.(?:get|set)(?:Hours|Minutes|Seconds|Date|Day|Month|FullYear|TimezoneOffset)\b|\.toLocale|\bIntl\b|\.localeCompare\b/,
    'Use call.tools.zoned, or the UTC methods',
  ],
  [
    'chance_used',
    /\bMath\s*\.\s*random\b|(?<![.\w])crypto\s*\.|\brandom(?:UUID|Bytes)\b/,
    'Derive it from call.key or call.tryKey',
  ],
  [
    'timer_used',
    /\bset(?:Timeout|Interval|Immediate)\b|\bqueue(?:Microtask)\b/,
    'An adapter waits for nothing: the bus does',
  ],
  [
    'network_used',
    /(?<![.\w])fetch\s*\(|\bXMLHttp(?:Request)\b|\bWeb(?:Socket)\b/,
    'Give a request; the bus sends it',
  ],
  [
    'host_used',
    /\bprocess\b\s*[.[]|\bglobal(?:This)?\b\s*[.[]|\brequire\s*\(|\bconsole\b\s*\./,
    'An adapter knows only what it is handed',
  ],
  ['code_made', /\beval\s*\(|\bFunction\s*\(|\bWebAssembly\b/, 'Write the code out'],
  [
    'node_used',
    /\bBuffer\b|\bnew\s+URL\b|\bURLSearchParams\b|\bText(?:En|De)coder\b|(?<![.\w])(?:btoa|atob|structuredClone)\s*\(/,
    'Use call.tools: an interpreter has ECMAScript alone',
  ],
];

export function scanSources({ folder }: Subject, notes: Notes): void {
  let count = 0;
  for (const [file, bytes] of folder.files) {
    if (!isSource(file)) continue;
    count += 1;
    const code = codeOf(Buffer.from(bytes).toString('utf8'));
    scanImports(file, code.withTexts, notes);
    for (const [name, pattern, fix] of FORBIDDEN) {
      const found = pattern.exec(code.bare);
      if (found) notes.fail(name, placeOf(file, code.bare, found.index), `It uses ${found[0].trim()}`, fix);
    }
  }
  if (count > 0) notes.fact(`${count} source files read`);
}

/** What the connector runs: not its stand-in, not its tests. */
export function isSource(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file) && !/(?:^|\/)simulator[^/]*$|\.test\.|^tests?\//.test(file);
}

/** Types of the kit, and the folder's own files. */
function scanImports(file: string, code: string, notes: Notes): void {
  for (const found of code.matchAll(
    /^[ \t]*(?:import|export)\b(?!\s+type\b)[^'";]*?from\s*['"]([^'"]+)['"]/gm,
  ))
    checkImport(file, code, found.index, found[1]!, notes);
  for (const found of code.matchAll(/^[ \t]*import\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]?([^'")]*)/gm))
    checkImport(file, code, found.index, found[1] ?? found[2]!, notes);
}

function checkImport(file: string, code: string, at: number, from: string, notes: Notes): void {
  if (/^\.\.?\//.test(from) && !posix.join(posix.dirname(file), from).startsWith('..')) return;
  const fix = 'Import its types with "import type", and values from the folder alone';
  notes.fail('foreign_import', placeOf(file, code, at), `It imports ${from}`, fix);
}

function placeOf(file: string, code: string, at: number): string {
  return `${file}:${code.slice(0, at).split('\n').length}`;
}

const TOKENS =
  /\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=(?:[=(,:[!&|?{;>]|\breturn)\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** The code without comments; `bare` without the contents of texts and patterns too. Lines stay where they are. */
export function codeOf(text: string): { withTexts: string; bare: string } {
  const lines = (token: string): string => token.replaceAll(/[^\n]/g, ' ');
  const withTexts = text.replaceAll(TOKENS, (token) => (/^\/[*/]/.test(token) ? lines(token) : token));
  // What stands within ${} of a template is code.
  const bare = withTexts.replaceAll(TOKENS, (token) =>
    token.startsWith('`')
      ? [...token.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code).join(' ')
      : lines(token),
  );
  return { withTexts, bare };
}

/** Regular expressions as they stand in the sources. */
export function patternsIn(text: string): string[] {
  const { withTexts } = codeOf(text);
  return [...withTexts.matchAll(TOKENS)].map(([token]) => token).filter((token) => token.startsWith('/'));
}
