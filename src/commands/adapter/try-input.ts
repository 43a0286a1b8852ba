/** Reads what `adapter try` is given and holds it against the operation's schema: every field that does not fit, at once. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Adapter, JsonObject, JsonSchema } from '../../adapter-kit/contract.ts';
import { ConfigError } from '../../config/finding.ts';
import { mistakes, problemFindings } from '../../config/problem-findings.ts';
import { readYaml } from '../../config/yaml-file.ts';
import { newKey } from '../../domain/ids.ts';
import { compileForOwner } from '../../schema/validate.ts';
import { UsageError, type Shell } from '../shell.ts';
import type { Ask } from './converse.ts';
import type { TryOptions } from './try.ts';

/** A file of JSON or YAML (JSON is YAML too). @throws ConfigError that names each field and its line. */
export async function objectIn(path: string, schema: JsonSchema): Promise<JsonObject> {
  const { file, findings } = await readYaml(dirname(path), basename(path));
  if (!file || findings.length > 0) throw new ConfigError(findings);
  const problems = mistakes(compileForOwner(schema)(file.value));
  const wrong = problemFindings({ file, value: file.value, base: '' }, problems, schema);
  if (wrong.length > 0) throw new ConfigError(wrong);
  return file.value as JsonObject;
}

export function inputOf(path: string, adapter: Adapter, operation: string): Promise<JsonObject> {
  return objectIn(path, adapter.operations[operation]!.input);
}

export function askOf(operation: string, input: JsonObject, options: TryOptions, shell: Shell): Ask {
  const { kind, key, reference, documents: folder } = options;
  return {
    ...{ operation, kind, input, key: key ?? newKey(shell.clock) },
    ...(reference !== undefined && { reference }),
    ...(folder !== undefined && { documents: (id: string) => documentIn(folder, id) }),
    // What is made up must never reach an agency.
    ...(folder === undefined && options.agency !== undefined && { documents: none }),
  };
}

function documentIn(folder: string, id: string): Promise<Uint8Array> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id))
    throw new UsageError('The id of a document is no name of a file');
  return readFile(join(folder, id));
}

function none(): Promise<Uint8Array> {
  return Promise.reject(new UsageError('The request names a document: say where it lies by --documents DIR'));
}
