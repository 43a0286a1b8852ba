/** The report for a terminal: what was looked at, what is wrong, what to mend. */
import { PARTS, type CoverageRow, type ExamFinding, type ExamPart, type ExamReport } from './report.ts';

const WIDTH = 100;

export function asText(report: ExamReport): string[] {
  const { name, version, kind, parts, coverage } = report;
  return [
    `${name} ${version} (${kind === 'yaml' ? 'connector.yaml' : 'code'})`,
    '',
    ...parts.flatMap(partLines),
    ...coverageLines(coverage),
    summary(report),
  ];
}

function partLines({ name, title, findings, facts }: ExamPart): string[] {
  const fails = findings.filter(({ severity }) => severity === 'fail').length;
  const warns = findings.length - fails;
  const verdict =
    findings.length === 0
      ? 'well'
      : [counted(fails, 'fail'), counted(warns, 'warning')].filter(Boolean).join(', ');
  const head = `${name.padEnd(10)} ${title.en.padEnd(42)} ${verdict}`;
  return [
    head,
    ...facts.flatMap((fact) => folded(`· ${fact}`, '    ')),
    ...groups(findings).flatMap(groupLines),
    '',
  ];
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Findings of one code, in the order in which they came. */
function groups(findings: ExamFinding[]): ExamFinding[][] {
  return [...Map.groupBy(findings, ({ code }) => code).values()];
}

/** More of a kind say no more. */
const MOST_ALIKE = 3;

function groupLines(alike: ExamFinding[]): string[] {
  const rest = alike.slice(MOST_ALIKE).map(({ where }) => where);
  const lines = alike.slice(0, MOST_ALIKE).flatMap(findingLines);
  return rest.length === 0
    ? lines
    : [...lines, ...folded(`and ${rest.length} more: ${rest.join(', ')}`, '       ')];
}

function findingLines({ severity, code, where, message, fix }: ExamFinding): string[] {
  return [
    `  ${severity} ${code}  ${where}`,
    ...folded(message, '       '),
    ...folded(`Mend: ${fix}`, '       '),
  ];
}

/** Lines that fit a terminal; a word that is longer keeps a line for itself. */
function folded(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + word.length >= WIDTH) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

/** What a reader asks first: which fields get there, and which do not. */
const OF_INPUT: ReadonlySet<CoverageRow['how']> = new Set([
  'sent',
  'derived',
  'dropped',
  'neverShown',
  'fixed',
]);

function coverageLines(rows: CoverageRow[]): string[] {
  const own = rows.filter(({ how }) => OF_INPUT.has(how));
  if (own.length === 0) return [];
  const lines = own.map(({ operation, field, how, where }) => {
    const more = where.length > 1 ? ` and ${where.length - 1} more` : '';
    return `  ${`${operation} ${field}`.padEnd(48)} ${how.padEnd(10)} ${(where[0] ?? '') + more}`.trimEnd();
  });
  return ['where the fields go', ...lines, ''];
}

function summary({ grade, minGrade, passed, parts }: ExamReport): string {
  const all = parts.flatMap(({ findings }) => findings);
  const mend = all.length === 0 ? 'nothing to mend' : `${all.length} to mend`;
  const partial = parts.length < Object.keys(PARTS).length ? ', of these parts alone' : '';
  return `grade ${grade}: ${passed ? 'passed' : `failed, for ${minGrade} is asked for`}; ${mend}${partial}`;
}
