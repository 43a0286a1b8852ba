/** A connector's files as the interpreter takes them: types stripped, JSON as modules, nothing of its stand-in. */
import { stripTypeScriptTypes } from 'node:module';
import { AGENCY_LIMITS, parseJson } from '../../wire/json.ts';
import { connectorError } from '../error.ts';
import type { ConnectorFolder } from '../folder.ts';

/** Sources by path inside the folder. */
export type Program = Map<string, string>;

/** @throws ConnectorError that names the file and, where it is known, the line. */
export function programOf({ files }: Pick<ConnectorFolder, 'files'>): Program {
  const program: Program = new Map();
  for (const [path, bytes] of files) {
    if (/^(simulator|examples\/)/.test(path)) continue;
    if (path.endsWith('.ts')) program.set(path, strip(path, textOf(bytes)));
    else if (path.endsWith('.json')) program.set(path, jsonModule(path, bytes));
  }
  return program;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function jsonModule(path: string, bytes: Uint8Array): string {
  try {
    parseJson(bytes, { ...AGENCY_LIMITS, oddities: 'refuse' });
  } catch (error) {
    const message = `It is no JSON that can be taken: ${(error as Error).message}`;
    throw connectorError({ file: path, code: 'connector_json', message, fix: 'Mend it' });
  }
  // Not as a literal: there `__proto__` would be more than a name.
  return `export default JSON['parse'](${JSON.stringify(textOf(bytes))});`;
}

function strip(path: string, source: string): string {
  try {
    return quietly(() => stripTypeScriptTypes(source, { mode: 'strip' }));
  } catch (error) {
    const { message: said, stack = '' } = error as Error;
    const [first = ''] = said.split('\n');
    const line = /^:(\d+)\n/.exec(stack)?.[1];
    const message = `It is no TypeScript that can be taken: ${first}`;
    const fix = 'Use types that can be erased: no enum, namespace, decorator or parameter property';
    const at = line === undefined ? {} : { line: Number(line) };
    throw connectorError({ file: path, ...at, code: 'connector_syntax', message, fix });
  }
}

/** Node runs .ts files by this very function and says nothing; who calls it himself hears that it is experimental. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
