/** What an exam finds, and the one place where findings become a grade. */
import type { LocalizedText } from '../contract.ts';

export type Severity = 'fail' | 'warn';

export interface ExamFinding {
  part: PartName;
  severity: Severity;
  /** Stable, for programs: `open_object`, `html_200_as_ok`. */
  code: string;
  /** A file, an operation, a pointer: where to look. */
  where: string;
  message: string;
  /** What to do about it. */
  fix: string;
}

export const PARTS = {
  schemas: { id: 'Skema ketat', en: 'Schemas are strict' },
  examples: { id: 'Contoh berlaku dua arah', en: 'Examples hold both ways' },
  purity: { id: 'Konversi murni', en: 'Conversions are pure' },
  effects: { id: 'Janji efek ditepati saat gangguan', en: 'Effects are honoured under faults' },
  privacy: { id: 'Rahasia dan data pribadi terjaga', en: 'Secrets and personal data stay in' },
  coverage: { id: 'Cakupan pemetaan', en: 'Mapping coverage' },
  hosted: { id: 'Pesan dari instansi', en: 'Messages from the agency' },
  speed: { id: 'Kecepatan konversi', en: 'Speed of conversion' },
  guide: { id: 'Panduan', en: 'The guide' },
} as const satisfies Record<string, LocalizedText>;

export type PartName = keyof typeof PARTS;

export interface ExamPart {
  name: PartName;
  title: LocalizedText;
  findings: ExamFinding[];
  /** What was looked at, and what could not be. */
  facts: string[];
}

/** One field of an operation's input, or one value of its requests. */
export interface CoverageRow {
  operation: string;
  /** A pointer into the input, or for `settings`, `call` and `invented` into the request. */
  field: string;
  /**
   * Of the input: `sent` as it is, `derived` (it changes the request), `dropped`, `neverShown` in an example, `fixed`
   * (only one value is allowed). Of the request: from `settings`, from the `call`, or `invented`: always the same.
   */
  how: 'sent' | 'derived' | 'dropped' | 'neverShown' | 'fixed' | 'settings' | 'call' | 'invented';
  /** Where it went, or whence it came: `send /body/json/NIK`; a declared drop's reason. */
  where: string[];
}

/** Microseconds for one request and its reply. */
export interface Speed {
  conversions: number;
  median: number;
  p99: number;
}

export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';

export interface ExamReport {
  name: string;
  version: string;
  kind: 'code' | 'yaml';
  grade: Grade;
  /** The grade is no worse than the least that was asked for. */
  passed: boolean;
  minGrade: Grade;
  parts: ExamPart[];
  coverage: CoverageRow[];
  /** Null when nobody measured. */
  speed: Speed | null;
}

/** Where a fail means that applicants, money or secrets come to harm. */
const GRAVE: ReadonlySet<PartName> = new Set(['purity', 'effects', 'privacy']);
const FEW_FAILS = 3;

/** A: nothing to say. B: warnings only. C: a few fails. D: more. F: one that does harm; it must not run. */
export function gradeOf(findings: ExamFinding[]): Grade {
  const fails = findings.filter(({ severity }) => severity === 'fail');
  if (fails.length === 0) return findings.length === 0 ? 'A' : 'B';
  if (fails.some(({ part }) => GRAVE.has(part))) return 'F';
  return fails.length <= FEW_FAILS ? 'C' : 'D';
}

export const GRADES: readonly Grade[] = ['A', 'B', 'C', 'D', 'F'];

export function isAtLeast(grade: Grade, least: Grade): boolean {
  return GRADES.indexOf(grade) <= GRADES.indexOf(least);
}

/** Takes down what one part finds; the same finding at the same place once. */
export interface Notes {
  fail(code: string, where: string, message: string, fix: string): void;
  warn(code: string, where: string, message: string, fix: string): void;
  fact(text: string): void;
}

export function notesFor(part: PartName): { notes: Notes; part: ExamPart } {
  const known = new Set<string>();
  const noted: ExamPart = { name: part, title: PARTS[part], findings: [], facts: [] };
  const add =
    (severity: Severity) =>
    (code: string, where: string, message: string, fix: string): void => {
      const id = `${code} ${where}`;
      if (known.has(id)) return;
      known.add(id);
      noted.findings.push({ part, severity, code, where, message, fix });
    };
  const notes = { fail: add('fail'), warn: add('warn'), fact: (text: string) => void noted.facts.push(text) };
  return { notes, part: noted };
}
