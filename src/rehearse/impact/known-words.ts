/** Words that are nobody's: of the catalogue, of a route's literals and of lists that schemas name. All else is shown by its form only. */
import type { JsonSchema } from '../../adapter-kit/contract.ts';
import type { Route, Service } from '../../domain/catalogue.ts';
import type { JsonValue } from '../../domain/outcome.ts';
import { maskedNumber, maskedText } from '../masked.ts';

export type Show = (value: JsonValue | undefined) => string;

export function showing(services: Service[], routes: Route[], schemas: JsonSchema[]): Show {
  const known = new Set<string>();
  for (const { title, fees, code } of services) texts([title, fees, code], known);
  for (const schema of schemas) listed(schema, known);
  for (const { steps } of routes)
    for (const [, literal] of JSON.stringify(steps).matchAll(/'([^']{1,200})'/g)) known.add(literal!);
  const masked = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return known.has(value) ? value : maskedText(value);
    if (typeof value === 'number') return maskedNumber(value);
    if (Array.isArray(value)) return value.map(masked);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one)]));
  };
  return (value) => (value === undefined ? 'nothing' : cut(JSON.stringify(masked(value))));
}

/** A whole body or a picture is no example. */
const MOST_CHARACTERS = 120;
const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

function texts(value: unknown, known: Set<string>): void {
  if (typeof value === 'string') known.add(value);
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) texts(one, known);
}

/** Of a schema's lists and single words. */
function listed(schema: unknown, known: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [name, one] of Object.entries(schema)) {
    if (name === 'enum' || name === 'const') texts(one, known);
    else listed(one, known);
  }
}
