/** What is known of one exchange's replies, and in what the next one differs from it. */
import { ENTERED, markOf, NULL, onlyTypes, typeNames, type Shape } from './shape.ts';

interface Field {
  types: number;
  /** The last reply that had it, and how many in a row did. */
  last: number;
  run: number;
  /** It has been there so long, or in so many examples, that its absence is told. */
  steady: boolean;
}

export interface Known {
  fields: Map<string, Field>;
  replies: number;
  /** How many fields are steady. */
  steady: number;
}

/** In what a reply differs. Only names and types: no value. */
export type Change =
  | { is: 'new'; pointer: string; type: string }
  | { is: 'retyped'; pointer: string; type: string; was: string }
  | { is: 'missing'; pointer: string }
  | { is: 'code'; code: string };

/** Replies in a row that make a field steady. */
export const STEADY_RUN = 50;
/** With fewer examples of one kind, what all of them have may be chance. */
const STEADY_EXAMPLES = 3;

export const newKnown = (): Known => ({ fields: new Map(), replies: 0, steady: 0 });

/** Takes in what was known before: marks of a shape, as `marksOf` gives them. */
export function recall(known: Known, marks: Iterable<string>): void {
  for (const mark of marks) {
    const of = markOf(mark);
    if (of) know(known, of.pointer, of.types);
  }
}

/** Takes in examples: all that any has is known, what all have is steady. */
export function learnExamples(known: Known, shapes: Shape[]): void {
  for (const shape of shapes) learn(known, shape);
  if (shapes.length < STEADY_EXAMPLES) return;
  for (const [pointer, field] of known.fields)
    if (!field.steady && shapes.every((shape) => shape.has(pointer))) settle(known, field);
}

/** Takes in a reply's fields and types. */
export function learn(known: Known, shape: Shape): void {
  for (const [pointer, types] of shape) know(known, pointer, onlyTypes(types));
}

function know(known: Known, pointer: string, types: number): void {
  const field = known.fields.get(pointer);
  if (field) field.types |= types;
  else known.fields.set(pointer, { types, last: known.replies, run: 1, steady: false });
}

function settle(known: Known, field: Field): void {
  field.steady = true;
  known.steady += 1;
}

/** Counts a reply in. Says whether it has a field or type that is not known, and which steady fields it lacks. */
export function count(known: Known, shape: Shape): { strange: boolean; missing: string[] } {
  const n = (known.replies += 1);
  let strange = false;
  let met = 0;
  for (const [pointer, types] of shape) {
    const field = known.fields.get(pointer);
    if (!field) {
      strange = true;
      continue;
    }
    // That a field may be empty is no news; it says nothing of its type.
    if ((onlyTypes(types) & ~field.types & ~NULL) !== 0) strange = true;
    field.run = field.last === n - 1 ? field.run + 1 : 1;
    field.last = n;
    if (!field.steady && field.run >= STEADY_RUN) settle(known, field);
    if (field.steady) met += 1;
  }
  return { strange, missing: met < known.steady ? missingOf(known, shape, n) : [] };
}

/** Steady fields whose parent is there without them: told once, then they have to become steady again. */
function missingOf(known: Known, shape: Shape, n: number): string[] {
  const missing: string[] = [];
  for (const [pointer, field] of known.fields) {
    if (!field.steady || field.last === n) continue;
    const parent = shape.get(pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')))) ?? 0;
    if (pointer === '' || (parent & ENTERED) === 0) continue;
    field.steady = false;
    field.run = 0;
    known.steady -= 1;
    missing.push(pointer);
  }
  return missing;
}

/** The marks of a reply that are not known. */
export function freshMarks(known: Known, shape: Shape): string[] {
  const fresh: string[] = [];
  for (const [pointer, types] of shape) {
    const field = known.fields.get(pointer);
    const unknown = onlyTypes(types) & (field ? ~field.types & ~NULL : ~0);
    for (let bit = 1; bit <= NULL; bit <<= 1)
      if ((unknown & bit) !== 0) fresh.push(`${typeNames(bit)} ${pointer}`);
  }
  return fresh.toSorted();
}

/** What of a reply is to be told. A field that was only ever empty has its first type now: no news either. */
export function changesOf(known: Known, shape: Shape): Change[] {
  const changes: Change[] = [];
  for (const [pointer, types] of shape) {
    const field = known.fields.get(pointer);
    if (!field) {
      changes.push({ is: 'new', pointer, type: typeNames(onlyTypes(types)) });
      continue;
    }
    const unknown = onlyTypes(types) & ~field.types & ~NULL;
    const was = field.types & ~NULL;
    if (unknown !== 0 && was !== 0)
      changes.push({ is: 'retyped', pointer, type: typeNames(unknown), was: typeNames(was) });
  }
  return changes;
}
