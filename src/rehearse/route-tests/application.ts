/** The application of a route test: a file's, changed as the test says, or one that is written out. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';
import { parseJson } from '../../wire/json.ts';
import type { ApplicationOf, RouteTest, TestFile } from './types.ts';

interface Changed {
  file?: string;
  with?: JsonObject;
}

const isChanged = (application: JsonObject): boolean => !('serviceCode' in application);

/** The path of the JSON file that is named, from the test file's folder; null when none is. */
export function fileOf(testFile: string, application: ApplicationOf | undefined): string | null {
  if (application === undefined) return null;
  const named = typeof application === 'string' ? application : (application as Changed).file;
  return named === undefined ? null : resolve(dirname(testFile), named);
}

/** The application in a file, or what is wrong with it. */
export async function readApplicationOf(path: string): Promise<JsonObject | string> {
  try {
    const value = parseJson(await readFile(path));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    return 'is no JSON object';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'is not there'
      : `cannot be read: ${(error as Error).message}`;
  }
}

export interface TestApplication {
  application: JsonObject;
  /** The file that it is from, beside which its documents lie. */
  file: string | null;
}

/** The test's own, else the file's; `otherwise` when neither names one. */
export async function applicationOf(
  testFile: string,
  { application: usual }: Pick<TestFile, 'application'>,
  { application: own }: Pick<RouteTest, 'application'>,
  otherwise: () => TestApplication | Promise<TestApplication>,
): Promise<TestApplication> {
  const base = async (): Promise<TestApplication> => {
    const file = fileOf(testFile, usual);
    if (usual === undefined) return otherwise();
    if (typeof usual === 'object' && !isChanged(usual)) return { application: usual, file: null };
    const read = file === null ? await otherwise() : { application: await sure(file), file };
    return typeof usual === 'object' ? changed(read, usual) : read;
  };
  if (own === undefined) return base();
  if (typeof own === 'object' && !isChanged(own)) return { application: own, file: null };
  const file = fileOf(testFile, own);
  const read = file === null ? await base() : { application: await sure(file), file };
  return typeof own === 'object' ? changed(read, own) : read;
}

async function sure(path: string): Promise<JsonObject> {
  const read = await readApplicationOf(path);
  if (typeof read === 'string') throw new Error(`The application ${path} ${read}`);
  return read;
}

function changed({ application, file }: TestApplication, { with: patch = {} }: Changed): TestApplication {
  return { application: merged(application, patch) as JsonObject, file };
}

/** RFC 7396. */
function merged(value: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const whole: JsonObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  for (const [key, one] of Object.entries(patch)) {
    if (one === null) delete whole[key];
    else whole[key] = merged(whole[key], one);
  }
  return whole;
}
