/** Part 6: which fields of an operation's input reach the agency, as they are or changed, and what is made up. */
import { compileForOwner } from '../../schema/validate.ts';
import type { Adapter, JsonObject, JsonValue, Operation } from '../contract.ts';
import { variantsOf } from './mutate.ts';
import type { CoverageRow, Notes } from './report.ts';
import { fieldsOf, type Field } from './schema-walk.ts';
import { problemOf } from './schemas.ts';
import { originRows } from './coverage-origins.ts';
import { reachOf, type Reach } from './coverage-reach.ts';
import { givenBy, type NamedExample, type Subject } from './subject.ts';
import { general, leavesOf, withoutValue, withValue } from './values.ts';

/** What became of one field, over every example that shows it. */
interface Trace {
  shown: boolean;
  varied: boolean;
  verbatim: boolean;
  /** Places in requests that follow it. */
  places: Set<string>;
}

export async function coverageOf(subject: Subject): Promise<CoverageRow[]> {
  const rows: CoverageRow[] = [];
  for (const [name, operation] of Object.entries(subject.adapter.operations)) {
    if (problemOf(operation.input) !== null) continue;
    const examples = subject.examples.filter(({ example }) => example.operation === name);
    const inputs = new Set<string>();
    for (const field of fieldsOf(operation.input)) {
      const trace = await traceOf(subject.adapter, operation, examples, field);
      for (const place of trace.places) inputs.add(place);
      rows.push(rowOf(name, operation, field, trace));
    }
    rows.push(...(await originRows(subject.adapter, name, examples, inputs)));
  }
  return rows;
}

function rowOf(operation: string, { drops = {} }: Operation, { pointer }: Field, trace: Trace): CoverageRow {
  const field = { operation, field: pointer };
  const places = [...trace.places].toSorted();
  if (places.length > 0) return { ...field, how: trace.verbatim ? 'sent' : 'derived', where: places };
  const reason = dropOf(drops, pointer);
  if (!trace.shown) return { ...field, how: 'neverShown', where: [] };
  if (!trace.varied) return { ...field, how: 'fixed', where: [] };
  return { ...field, how: 'dropped', where: reason === undefined ? [] : [reason[1]] };
}

/** The declaration that covers a field: its own, or one of what it stands in. */
function dropOf(drops: Readonly<Record<string, string>>, pointer: string): [string, string] | undefined {
  return Object.entries(drops).find(([one]) => pointer === one || pointer.startsWith(`${one}/`));
}

async function traceOf(
  adapter: Adapter,
  operation: Operation,
  examples: NamedExample[],
  field: Field,
): Promise<Trace> {
  const holds = compileForOwner(operation.input);
  const trace: Trace = { shown: false, varied: false, verbatim: false, places: new Set() };
  for (const { example } of examples) {
    const given = givenBy(example);
    const here = [...leavesOf(given.input)].filter(([at]) => isWithin(at, field.pointer));
    if (here.length === 0) continue;
    trace.shown = true;
    const before = await reachOf(adapter, example, given);
    if (before === null) continue;
    for (const [at, value] of here) {
      for (const input of othersOf(given.input, at, value, field)) {
        if (holds(input).length > 0) continue;
        const after = await reachOf(adapter, example, { ...given, input });
        if (after === null) continue;
        trace.varied = true;
        if (follow(before, after, trace, value, leavesOf(input).get(at))) break;
      }
    }
  }
  return trace;
}

/** The input with other values in one place, and without it; what may only be one value tells nothing by its absence. */
function othersOf(input: JsonObject, at: string, value: JsonValue, { schemas }: Field): JsonObject[] {
  const others = variantsOf(value, schemas).map((other) => withValue(input, at, other));
  return schemas.some((schema) => 'const' in schema) ? others : [...others, withoutValue(input, at)];
}

/** A leaf is a field's own, or lies within one whose members have no names of their own. */
function isWithin(at: string, pointer: string): boolean {
  const place = general(at);
  return place === pointer || place.startsWith(`${pointer}/`);
}

/** Notes which places changed with the field; whether any did. */
function follow(
  before: Reach,
  after: Reach,
  trace: Trace,
  value: JsonValue,
  other: JsonValue | undefined,
): boolean {
  let changed = false;
  for (const place of new Set([...before.keys(), ...after.keys()])) {
    const [one, two] = [before.get(place), after.get(place)];
    if (one === two) continue;
    changed = true;
    trace.places.add(general(place));
    if (one !== undefined && two !== undefined && stands(value, one) && stands(other, two))
      trace.verbatim = true;
  }
  return changed;
}

/** Shorter values stand anywhere by chance. */
const LONG_ENOUGH = 4;

function stands(value: JsonValue | undefined, place: string): boolean {
  if (typeof value === 'object' || value === undefined) return false;
  const text = String(value);
  return place === text || (text.length >= LONG_ENOUGH && place.includes(text));
}

export function judgeCoverage(subject: Subject, rows: CoverageRow[], notes: Notes): void {
  for (const row of rows) judgeRow(subject.adapter.operations[row.operation]!, row, notes);
  for (const [name, { input, drops = {} }] of Object.entries(subject.adapter.operations)) {
    const fields = problemOf(input) === null ? fieldsOf(input).map(({ pointer }) => pointer) : [];
    for (const pointer of Object.keys(drops)) {
      if (!fields.some((field) => dropOf({ [pointer]: '' }, field)))
        notes.fail(
          'drop_of_nothing',
          `${name} ${pointer}`,
          'Its "drops" names a field that the input has not',
          'Remove it, or mend the pointer',
        );
    }
    notes.fact(tally(name, rows));
  }
}

function judgeRow(
  { drops = {} }: Operation,
  { operation, field, how, where }: CoverageRow,
  notes: Notes,
): void {
  const at = `${operation} ${field}`;
  const declared = dropOf(drops, field) !== undefined;
  if (how === 'neverShown')
    notes.fail(
      'field_never_shown',
      at,
      'No example has it',
      'Show it in an example, so that its way to the agency is proved',
    );
  if (how === 'dropped' && !declared)
    notes.fail(
      'field_dropped',
      at,
      'It reaches the agency in no exchange',
      'Send it, remove it from the input, or declare it in "drops" with the reason',
    );
  if ((how === 'sent' || how === 'derived') && declared)
    notes.fail(
      'drop_not_true',
      at,
      `It is declared as dropped, and it is sent: ${where[0]}`,
      'Remove it from "drops"',
    );
}

function tally(operation: string, rows: CoverageRow[]): string {
  const counts = new Map<string, number>();
  for (const row of rows)
    if (row.operation === operation) counts.set(row.how, (counts.get(row.how) ?? 0) + 1);
  return `${operation}: ${[...counts].map(([how, count]) => `${count} ${how}`).join(', ')}`;
}
