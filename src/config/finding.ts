/** What is wrong with the configuration, where, and how to mend it. */

export interface Finding {
  /** Stable; tests and manuals name it. */
  code: string;
  /** Relative to the configuration folder. */
  file: string;
  /** From 1; 0 where there is no file to open: an environment variable, a secret that is missing. */
  line: number;
  /** JSON pointer into the file; empty for the whole. */
  pointer: string;
  message: string;
  fix: string;
}

/** Thrown where nothing can go on; holds every finding, not only the first. */
export class ConfigError extends Error {
  readonly findings: Finding[];
  constructor(findings: Finding[]) {
    super(findings.map(printFinding).join('\n'));
    this.name = 'ConfigError';
    this.findings = findings;
  }
}

/** `routes/x.yaml:12 /steps/a/call unknown_role: … Fix: …` */
export function printFinding({ file, line, pointer, code, message, fix }: Finding): string {
  const place = line === 0 ? file : `${file}:${line}${pointer && ` ${pointer}`}`;
  return `${place} ${code}: ${message}. ${fix}.`;
}

/** Orders by file, then line, so that a person mends from top to bottom. */
export function sortFindings(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

/** One segment of a JSON pointer (RFC 6901). */
export function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Joins segments to a JSON pointer. */
export function pointerOf(...segments: (string | number)[]): string {
  return segments.map((segment) => `/${escapeSegment(String(segment))}`).join('');
}

/** The segments of a JSON pointer. */
export function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The known name nearest to a mistyped one, if any is near: one slip for each three letters, at least one. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of known) {
    const edits = distance(word.toLowerCase(), name.toLowerCase());
    if (edits < least) [best, least] = [name, edits];
  }
  return best;
}

/** A fix that names the nearest known name, or all of them when none is near. */
export function suggest(word: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(word, names);
  if (near !== undefined) return `Write "${near}"`;
  return names.length === 0 ? 'None is known' : `Known: ${names.toSorted().slice(0, 30).join(', ')}`;
}

/** Edits between two words, neighbours that changed places counted as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let earlier: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? earlier[j - 2]! + 1 : replaced;
      next.push(Math.min(swapped, replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    [earlier, row] = [row, next];
  }
  return row[b.length]!;
}
