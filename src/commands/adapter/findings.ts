/** Prints what is wrong with a connector, a line each: place, code, what and how to mend it. */
import type { ConnectorFinding } from '../../connectors/error.ts';
import { harmless, type Shell } from '../shell.ts';

export function findingLine({ file, line, pointer, code, message, fix }: ConnectorFinding): string {
  const place = `${file}${line === undefined ? '' : `:${line}`}${pointer ? ` ${pointer}` : ''}`;
  return harmless(`${place} ${code}: ${message}. ${fix}${/[.!?]$/.test(fix) ? '' : '.'}`);
}

export function printFindings(findings: readonly ConnectorFinding[], shell: Shell): void {
  for (const finding of findings) shell.err(findingLine(finding));
}
