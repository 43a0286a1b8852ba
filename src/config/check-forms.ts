/** Checks forms: JSON Schemas that compile, cannot hang, and say what their fields are called. */
import type { JsonObject } from '../domain/outcome.ts';
import { patternProblem } from '../schema/pattern.ts';
import { compile } from '../schema/validate.ts';
import { escapeSegment, pointerOf } from './finding.ts';
import type { Spot, World } from './world.ts';
import { placed } from './yaml-file.ts';

/** More values than this in one form are a mistake or an attack. */
const MAX_NODES = 5000;

/** Of a service, or of what a person decides. */
export function checkForm(world: World, form: JsonObject, { file, path }: Spot): void {
  const places = [...nodes(form, pointerOf(...path))];
  const at = (pointer: string, code: string, message: string, fix: string): void => {
    world.findings.push({ code, ...placed(file, pointer, message), fix });
  };
  const before = world.findings.length;
  if (places.length > MAX_NODES) {
    at(pointerOf(...path), 'form_size', `The form has more than ${MAX_NODES} values`, 'Make it smaller');
    return;
  }
  for (const { pointer, key, value } of places) {
    const isPattern = key === 'pattern' && typeof value === 'string';
    const problem = isPattern ? patternProblem(value) : undefined;
    if (problem)
      at(pointer, 'unsafe_pattern', `The pattern has ${problem}, which may hang`, 'Write it without');
    if (key === 'patternProperties')
      at(pointer, 'unsafe_pattern', 'patternProperties is not used', 'Name the fields');
    if (key === '$data') at(pointer, 'form_invalid', '$data is not used', 'Write the value out');
    if (['$ref', '$dynamicRef'].includes(key) && !String(value).startsWith('#')) {
      at(pointer, 'form_invalid', 'The form refers to another document', 'Put it under $defs of this form');
    }
  }
  if (world.findings.length > before) return;
  try {
    compile(form);
  } catch (error) {
    const fix = 'Mend the JSON Schema (2020-12)';
    at(pointerOf(...path), 'form_invalid', `The form does not compile: ${(error as Error).message}`, fix);
  }
}

function* nodes(
  value: unknown,
  pointer: string,
): Generator<{ pointer: string; key: string; value: unknown }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const place = `${pointer}/${escapeSegment(key)}`;
    yield { pointer: place, key, value: inner };
    yield* nodes(inner, place);
  }
}
