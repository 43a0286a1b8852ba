/** Fills `{key}`, `{bill.shown.virtualAccountNo}` and the like with what is known of a rehearsal's steps. */
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { stepAt, type Seen } from './look.ts';

/** Nothing of that name is known (yet). */
export class NotKnown extends Error {}

const PLACE = /\{([A-Za-z][\w/]*(?:\.[\w]+)*)\}/g;

export function filled(value: JsonValue, seen: Seen[], own: Step | undefined): JsonValue {
  if (typeof value === 'string') return value.replaceAll(PLACE, (_, path: string) => text(path, seen, own));
  if (Array.isArray(value)) return value.map((one) => filled(one, seen, own));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, seen, own)]));
}

function text(path: string, seen: Seen[], own: Step | undefined): string {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  if (path === 'number' && seen[0]) return seen[0].number;
  const other = stepAt(seen, first)?.step;
  const found = other ? valueOf(other, rest) : own && valueOf(own, [first, ...rest]);
  if (typeof found === 'string' || typeof found === 'number') return String(found);
  throw new NotKnown(`{${path}} is not known`);
}

function valueOf({ key, secret }: Step, path: string[]): JsonValue | undefined {
  const { reference, shown = {}, output = {}, input = {} } = secret;
  const whole = { key, shown, output, input, ...(reference !== undefined && { reference }) };
  return path.reduce<JsonValue | undefined>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined),
    whole,
  );
}
