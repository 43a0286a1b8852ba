/** `jembatan adapter test`: the exam of a connector's folder, with a grade and what to mend. */
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { inZone } from '../../config/env.ts';
import type { Adapter } from '../../adapter-kit/contract.ts';
import type { ExamReport, Grade, PartName, Refusal } from '../../adapter-kit/exam/index.ts';
import { ConnectorError } from '../../connectors/error.ts';
import type { ConnectorFolder } from '../../connectors/folder.ts';
import { micros } from '../../clock.ts';
import { CommandFailed, harmless, type Shell } from '../shell.ts';

interface Options {
  format: 'text' | 'json' | 'html';
  out?: string;
  minGrade: Grade;
  only?: PartName[];
}

const GRADES: Grade[] = ['A', 'B', 'C', 'D'];

export function testCommand(parent: Command, shell: Shell): void {
  parent
    .command('test <path>')
    .description(
      'examine a connector: examples, purity, effects under faults, privacy, coverage; grades it A to F',
    )
    .addOption(
      new Option('--format <format>', 'how to print the report')
        .choices(['text', 'json', 'html'])
        .default('text'),
    )
    .option('--out <file>', 'write the report to a file')
    .addOption(new Option('--min-grade <grade>', 'fail below this grade').choices(GRADES).default('B'))
    .option('--only <parts>', `only these parts, by commas: ${PART_NAMES.join(', ')}`, partsOf)
    .action(async (path: string, options: Options) => {
      const report = await examined(path, options, shell);
      const text = await printed(report, options.format);
      if (options.out === undefined) shell.out(text);
      else await writeFile(options.out, `${text}\n`);
      const failed = `adapter: ${report.name} has grade ${report.grade}, and ${report.minGrade} is asked for`;
      if (!report.passed)
        throw new CommandFailed(options.out === undefined && options.format === 'text' ? '' : failed);
      if (options.out !== undefined) shell.err(`grade ${report.grade}: ${options.out}`);
    });
}

/** Named here too: the exam is loaded when it is called, for it takes longer to load than most commands to run. */
const PART_NAMES: PartName[] = [
  'schemas',
  'examples',
  'purity',
  'effects',
  'privacy',
  'coverage',
  'hosted',
  'speed',
  'guide',
];

function partsOf(text: string): PartName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(PART_NAMES as string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`The exam has no part "${unknown}".`);
  return names as PartName[];
}

async function examined(path: string, { minGrade, only }: Options, shell: Shell): Promise<ExamReport> {
  const { loadConnector } = await import('../../connectors/load.ts');
  const { examine } = await import('../../adapter-kit/exam/index.ts');
  const { clock } = shell;
  const connector = await loadConnector(path, { clock, as: 'own' });
  const { close, ...behind } = await behindWall(connector.folder, shell);
  try {
    return await examine(connector, {
      ...{ clock, ...behind, simulator: true, minGrade, host: { inZone, micros } },
      ...(only && { only }),
      progress: (part) => shell.err(`examining ${part} …`),
    });
  } finally {
    await close();
    await connector.close();
  }
}

interface Behind {
  interpreter: Adapter | null;
  refused: Refusal[];
  close(): Promise<void>;
}

/** The connector in its interpreter, or why it does not run there. */
async function behindWall(folder: ConnectorFolder, { clock }: Shell): Promise<Behind> {
  const { sandboxedAdapter } = await import('../../connectors/sandbox/index.ts');
  const nothing = async (): Promise<void> => undefined;
  if (folder.kind === 'yaml') return { interpreter: null, refused: [], close: nothing };
  try {
    const interpreter = await sandboxedAdapter(folder, { clock });
    return { interpreter, refused: [], close: interpreter.close };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const findings = error.findings.map(({ file, line, pointer = '', message, fix }) => {
      return { where: `${file}${line === undefined ? '' : `:${line}`} ${pointer}`.trim(), message, fix };
    });
    const whole = { where: 'adapter.ts', message: error.message, fix: 'Mend what it names' };
    return { interpreter: null, refused: findings.length > 0 ? findings : [whole], close: nothing };
  }
}

async function printed(report: ExamReport, format: Options['format']): Promise<string> {
  if (format === 'json') return JSON.stringify(report, null, 2);
  if (format === 'html') return (await import('../../adapter-kit/exam/as-html.ts')).asHtml(report);
  const { asText } = await import('../../adapter-kit/exam/as-text.ts');
  return asText(report).map(harmless).join('\n');
}
