/** Checks a connector's own schemas: that they compile, are closed, mark secrets and hold what its sign-in needs. */
import type { JsonObject, JsonSchema } from '../../adapter-kit/contract.ts';
import { signIns } from '../../adapter-kit/sign-in/index.ts';
import { suggest } from '../../config/finding.ts';
import { patternProblem } from '../../schema/pattern.ts';
import { compile } from '../../schema/validate.ts';
import type { Desk, Path } from './desk.ts';
import { NEEDED } from './sign-in.ts';

const SECRET = /secret|password|passphrase|apiKey|privateKey|token$|pin$/i;
/** Deeper than any form needs; a hostile one would cost the compiler its stack. */
const MAX_DEPTH = 12;

export function checkSchemas(desk: Desk): void {
  const { settings, operations } = desk.document;
  checkSchema(desk, settings, ['settings']);
  for (const [name, { input, output }] of Object.entries(operations)) {
    checkSchema(desk, input, ['operations', name, 'input']);
    checkSchema(desk, output, ['operations', name, 'output']);
  }
  checkSecrets(desk);
  checkSignIn(desk);
}

function checkSchema(desk: Desk, schema: JsonSchema, path: Path): void {
  if (!desk.isSure(path)) return;
  const before = desk.findings.length;
  walk(desk, schema, path, 0);
  if (schema['type'] !== 'object') {
    desk.report(path, 'schema_type', 'The schema is not of an object', 'Write type: object');
  }
  if (desk.findings.length > before) return;
  try {
    compile(schema);
  } catch (error) {
    desk.report(path, 'schema_invalid', (error as Error).message, 'Mend the JSON Schema');
  }
}

function walk(desk: Desk, value: unknown, path: Path, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) {
    return desk.report(
      path,
      'schema_depth',
      `It is nested deeper than ${MAX_DEPTH} levels`,
      'Make it flatter',
    );
  }
  if (Array.isArray(value)) return value.forEach((one, at) => walk(desk, one, [...path, at], depth + 1));
  const schema = value as JsonObject;
  const isOpen = !('additionalProperties' in schema || 'unevaluatedProperties' in schema);
  if (schema['type'] === 'object' && 'properties' in schema && isOpen) {
    desk.report(path, 'schema_open', 'Unnamed fields are let in', 'Write additionalProperties: false');
  }
  checkPatterns(desk, schema, path);
  for (const [name, one] of Object.entries(schema)) walk(desk, one, [...path, name], depth + 1);
}

function checkPatterns(desk: Desk, { pattern, patternProperties }: JsonObject, path: Path): void {
  const named = typeof patternProperties === 'object' ? Object.keys(patternProperties ?? {}) : [];
  const all = [...(typeof pattern === 'string' ? [pattern] : []), ...named];
  for (const one of all) {
    const problem = patternProblem(one);
    if (problem === undefined) continue;
    const message = `The pattern has ${problem}: with some texts it would take for ever`;
    const at = one === pattern ? 'pattern' : 'patternProperties';
    desk.report([...path, at], 'schema_pattern', message, 'Write it without');
  }
}

function settingsOf({ document }: Desk): Record<string, JsonObject> {
  const { properties } = document.settings as { properties?: unknown };
  const isObject = typeof properties === 'object' && properties !== null && !Array.isArray(properties);
  return isObject ? (properties as Record<string, JsonObject>) : {};
}

function checkSecrets(desk: Desk): void {
  for (const [name, schema] of Object.entries(settingsOf(desk))) {
    if (!SECRET.test(name) || schema['writeOnly'] === true) continue;
    const path = ['settings', 'properties', name];
    desk.report(path, 'secret_unmarked', `${name} is not marked as a secret`, 'Write writeOnly: true');
  }
}

function checkSignIn(desk: Desk): void {
  const { signIn } = desk.document;
  const { scheme, hosted, ...fixed } = signIn;
  const isOfNews = Object.keys(desk.document.hosted ?? {}).length > 0;
  const need = (name: string, path: Path, way: 'sign' | 'verify'): void => {
    if (!Object.hasOwn(signIns, name)) {
      const fix = suggest(name, Object.keys(signIns));
      return desk.report(path, 'unknown_scheme', `The kit knows no sign-in scheme ${name}`, fix);
    }
    if (way === 'verify' && !signIns[name]!.verify) {
      const fix = 'Write hosted: hmac, apiKey, basic or bearer';
      return desk.report(path, 'scheme_one_way', `By ${name} an agency cannot prove itself to us`, fix);
    }
    for (const setting of NEEDED[name]?.[way] ?? []) {
      if (Object.hasOwn(fixed, setting) || Object.hasOwn(settingsOf(desk), setting)) continue;
      const message = `The scheme ${name} needs the setting ${setting}`;
      desk.report(['settings', 'properties', setting], 'missing_setting', message, `Add ${setting}`);
    }
  };
  need(scheme, ['signIn', 'scheme'], 'sign');
  if (isOfNews) need(hosted ?? scheme, ['signIn', hosted === undefined ? 'scheme' : 'hosted'], 'verify');
  if (!Object.hasOwn(settingsOf(desk), 'baseUrl')) {
    const message = 'The settings have no baseUrl: nobody could say where the agency is';
    desk.report(['settings', 'properties', 'baseUrl'], 'missing_setting', message, 'Add baseUrl');
  }
}
