/** The exam: what a connector must show before anybody trusts it. Pure functions over its folder; nothing leaves the process. */
import type { Clock } from '../../clock.ts';
import type { Adapter, Example } from '../contract.ts';
import { isTooSlow } from './capped.ts';
import { coverageOf, judgeCoverage } from './coverage.ts';
import { examineCourses, newsOf } from './effects/courses.ts';
import { examineReplies } from './effects/replies.ts';
import { examineExamples } from './examples.ts';
import { examineGuide } from './guide.ts';
import { examineHosted } from './hosted.ts';
import { examinePrivacy } from './privacy.ts';
import { examinePurity } from './purity.ts';
import {
  gradeOf,
  isAtLeast,
  notesFor,
  PARTS,
  type ExamPart,
  type ExamReport,
  type Grade,
  type Notes,
  type PartName,
  type Speed,
} from './report.ts';
import { examineSchemas } from './schemas.ts';
import { examineSpeed } from './speed.ts';
import {
  conversionOf,
  convert,
  exchangeId,
  givenBy,
  messageOf,
  type Examined,
  type Host,
  type NamedExample,
  type Refusal,
  type Subject,
} from './subject.ts';

export type { CoverageRow, ExamFinding, ExamPart, ExamReport, Grade, PartName, Severity } from './report.ts';
export { GRADES, PARTS } from './report.ts';
export type { Examined, Host, Refusal } from './subject.ts';

export interface ExamOptions {
  clock: Clock;
  /** The same adapter behind its wall; the connector's own adapter when it runs nowhere else. */
  interpreter: Adapter | null;
  /** Why there is no interpreter, where it does not take the connector. */
  refused?: readonly Refusal[];
  /** Whether its stand-in may be run: a stranger's never is. */
  simulator: boolean;
  minGrade?: Grade;
  /** All of them when absent. */
  only?: readonly PartName[];
  host?: Host;
  progress?(part: PartName): void;
}

export async function examine(connector: Examined, options: ExamOptions): Promise<ExamReport> {
  const { name, version } = connector.adapter;
  const subject = await subjectOf(connector, options);
  const coverage = once(() => coverageOf(subject));
  let speed: Speed | null = null;
  const examiners: Record<PartName, (notes: Notes) => unknown> = {
    schemas: (notes) => examineSchemas(subject, notes),
    examples: (notes) => examineExamples(subject, connector.examples, notes),
    purity: (notes) => examinePurity(subject, notes),
    async effects(notes) {
      await examineReplies(subject, notes);
      if (subject.simulator) await examineCourses(subject, notes);
      else notes.fact('no stand-in was run');
    },
    privacy: async (notes) => examinePrivacy(subject, await coverage(), notes),
    coverage: async (notes) => judgeCoverage(subject, await coverage(), notes),
    hosted: async (notes) => examineHosted(subject, subject.simulator ? await newsOf(subject) : [], notes),
    speed: async (notes) => (speed = await examineSpeed(subject, notes)),
    guide: (notes) => examineGuide(subject, notes),
  };
  const parts: ExamPart[] = [];
  for (const part of Object.keys(PARTS) as PartName[]) {
    if (options.only && !options.only.includes(part)) continue;
    options.progress?.(part);
    parts.push(await taken(part, examiners[part]));
  }
  const rows = parts.some((one) => one.name === 'coverage') ? await coverage() : [];
  return {
    ...{ name, version, kind: connector.folder.kind },
    ...marked(parts, options.minGrade),
    parts,
    coverage: rows,
    speed,
  };
}

async function subjectOf(connector: Examined, options: ExamOptions): Promise<Subject> {
  const { adapter, folder } = connector;
  const { interpreter, clock, host = {}, refused = [] } = options;
  const simulator = options.simulator ? await connector.simulator() : null;
  const known = connector.examples.filter(({ example }) => conversionOf(adapter, example) !== undefined);
  const endless = await endlessOf(adapter, known);
  return {
    ...{ adapter, folder, simulator, clock, host, endless, refused },
    examples: known.filter(({ file }) => !endless.has(file)),
    interpreter: interpreter === adapter ? null : interpreter,
    native: folder.kind === 'code' && interpreter !== adapter,
    secrets: simulator?.makeSecrets?.() ?? {},
  };
}

/** Of an exchange that does not come to its end once, the other examples are not tried: each would cost the same. */
async function endlessOf(adapter: Adapter, examples: NamedExample[]): Promise<Set<string>> {
  const endless = new Set<string>();
  const exchanges = new Set<string>();
  for (const { file, example } of examples) {
    const id = exchangeId(example);
    if (exchanges.has(id) || (await isEndless(adapter, example))) {
      exchanges.add(id);
      endless.add(file);
    }
  }
  return endless;
}

async function isEndless(adapter: Adapter, example: Example): Promise<boolean> {
  try {
    await convert(adapter, example, givenBy(example));
    return false;
  } catch (error) {
    return isTooSlow(error);
  }
}

async function taken(name: PartName, examiner: (notes: Notes) => unknown): Promise<ExamPart> {
  const { notes, part } = notesFor(name);
  try {
    await examiner(notes);
  } catch (error) {
    notes.fail(
      'part_broken',
      name,
      messageOf(error),
      'The connector breaks this part of the exam; mend what it names',
    );
  }
  return part;
}

function marked(parts: ExamPart[], minGrade: Grade = 'B'): Pick<ExamReport, 'grade' | 'passed' | 'minGrade'> {
  const grade = gradeOf(parts.flatMap(({ findings }) => findings));
  return { grade, passed: isAtLeast(grade, minGrade), minGrade };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
