/** The exam as packing and adding ask for it: a grade, or what stands in its way. */
import { ConnectorError } from '../../connectors/error.ts';
import type { LoadedConnector } from '../../connectors/load.ts';
import { sandboxedAdapter } from '../../connectors/sandbox/index.ts';
import { examine, type ExamReport } from '../../adapter-kit/exam/index.ts';
import type { Shell } from '../shell.ts';

/** One's own: natively and in the interpreter, against its own stand-in. @throws ConnectorError when it does not pass. */
export async function examineOwn(connector: LoadedConnector, shell: Shell): Promise<string> {
  const { folder } = connector;
  const interpreter = folder.kind === 'code' ? await sandboxedAdapter(folder, shell) : null;
  try {
    return passed(await examine(connector, { clock: shell.clock, interpreter, simulator: true }));
  } finally {
    await interpreter?.close();
  }
}

/** A stranger's: what it brings is not run outside the interpreter. @throws ConnectorError when it does not pass. */
export async function examineForeign(connector: LoadedConnector, shell: Shell): Promise<string> {
  const interpreter = connector.folder.kind === 'code' ? connector.adapter : null;
  return passed(await examine(connector, { clock: shell.clock, interpreter, simulator: false }));
}

const MOST_SHOWN = 20;

function passed({ name, grade, minGrade, passed: well, parts }: ExamReport): string {
  if (well) return grade;
  const findings = parts
    .flatMap((part) => part.findings)
    .toSorted((a, b) => a.severity.localeCompare(b.severity));
  const shown = findings
    .slice(0, MOST_SHOWN)
    .map(({ where, code, message, fix }) => `  ${where} ${code}: ${message}. ${fix}`);
  const heading = `${name} has grade ${grade}, and ${minGrade} is the least: jembatan adapter test says all of it`;
  throw new ConnectorError('package_exam', [heading, ...shown].join('\n'));
}
