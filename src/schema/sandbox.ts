/** Finds synthetic people and places: what has province 99 must not enter the real malls. */
import type { ApplicationBody } from './application-body.ts';
import { safePointer } from './problems.ts';
import type { Problem } from './problems.ts';
import { SANDBOX_PROVINCE } from './regions.ts';

/** Fields that begin with a province, in the schema and, by custom, in forms: `nik`, `motherNik`, `regionCode`. */
const PROVINCE_FIELD = /(?:nik|npwp|familyCardNumber|regionCode|jurisdictionCode)$/i;

/** Every field of the application with province 99, which only a platform with `sandbox: true` may send. */
export function sandboxProblems(application: ApplicationBody): Problem[] {
  const found: Problem[] = [];
  collectSandbox(application, '', '', found);
  return found;
}

function collectSandbox(value: unknown, name: string, pointer: string, found: Problem[]): void {
  if (typeof value === 'string') {
    if (!value.startsWith(SANDBOX_PROVINCE) || !PROVINCE_FIELD.test(name)) return;
    const detail = 'has province 99, which only sandbox platforms may send';
    found.push({ pointer: safePointer(pointer), code: 'sandbox_only', detail });
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => collectSandbox(item, name, `${pointer}/${index}`, found));
  } else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) collectSandbox(inner, key, `${pointer}/${key}`, found);
  }
}
