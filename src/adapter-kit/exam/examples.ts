/** Part 2: every example holds both ways, and together they show every exchange, every error and no other code. */
import { checked, type Outcome } from '../../domain/outcome.ts';
import { compileForOwner } from '../../schema/validate.ts';
import type { Adapter, Example, JsonSchema } from '../contract.ts';
import type { Notes } from './report.ts';
import { problemOf } from './schemas.ts';
import {
  conversionOf,
  convert,
  exchangeId,
  exchangesOf,
  givenBy,
  messageOf,
  type Examined,
  type Subject,
} from './subject.ts';
import { differenceOf, shown } from './values.ts';

export async function examineExamples(
  subject: Subject,
  all: Examined['examples'],
  notes: Notes,
): Promise<void> {
  for (const { file, example } of all) {
    if (typeof example.title !== 'string' || example.title.trim() === '')
      notes.fail('example_untitled', file, 'It has no title', 'Say in one line what it shows');
    if (subject.endless.has(file))
      notes.fail(
        'never_ends',
        file,
        'Its conversion does not come to its end',
        'Look at loops and regular expressions',
      );
    else if (conversionOf(subject.adapter, example)) await examineOne(subject.adapter, file, example, notes);
    else
      notes.fail(
        'example_of_nothing',
        file,
        `The adapter has no exchange "${exchangeId(example)}"`,
        'Name one that it has, or remove the example',
      );
  }
  showAll(subject, notes);
  checkErrors(subject, notes);
  notes.fact(`${all.length} examples`);
}

async function examineOne(adapter: Adapter, file: string, example: Example, notes: Notes): Promise<void> {
  const operation = adapter.operations[example.operation]!;
  fits(adapter.settings, example.settings, `${file} /settings`, notes);
  fits(operation.input, example.input, `${file} /input`, notes);
  let made;
  try {
    made = await convert(adapter, example, givenBy(example));
  } catch (error) {
    notes.fail('conversion_throws', file, messageOf(error), 'Give a request and an outcome for this example');
    return;
  }
  compare('request_differs', file, made.request, example.request, notes);
  compare('outcome_differs', file, made.outcome, example.outcome, notes);
  const held = checked(made.outcome);
  if (held.is === 'unknown' && made.outcome.is !== 'unknown')
    notes.fail(
      'outcome_malformed',
      file,
      `The bus would not take this outcome: ${shown(made.outcome)}`,
      'Keep to the eight outcomes, codes of letters, digits and _, and RFC 3339 times',
    );
  if (made.outcome.is === 'ok' && example.exchange !== 'compensation')
    fits(operation.output, made.outcome.output, `${file} /outcome/output`, notes);
}

function compare(code: string, file: string, made: unknown, wanted: unknown, notes: Notes): void {
  const at = differenceOf(made, wanted);
  if (at === null) return;
  const message = `The adapter makes ${shown(made)}, which differs at ${at}`;
  notes.fail(code, file, message, 'Mend the adapter, or the example if the agency has changed');
}

function fits(schema: JsonSchema, value: unknown, where: string, notes: Notes): void {
  if (problemOf(schema) !== null) return;
  const [problem] = compileForOwner(schema)(value);
  if (!problem) return;
  notes.fail(
    'example_misfit',
    where,
    `${problem.pointer || '/'} ${problem.detail}`,
    'Show a value that the schema takes, or widen the schema',
  );
}

function showAll({ adapter, examples }: Subject, notes: Notes): void {
  const seen = new Set(examples.map(({ example }) => exchangeId(example)));
  for (const one of exchangesOf(adapter)) {
    if (!seen.has(exchangeId(one)))
      notes.fail('exchange_never_shown', exchangeId(one), 'No example shows it', 'Add one to examples/');
  }
}

/** What an outcome says in codes. */
export function codesOf(outcome: Outcome): string[] {
  if (outcome.is === 'sendBack') return outcome.corrections.map(({ code }) => code);
  return 'code' in outcome ? [outcome.code] : [];
}

function checkErrors({ adapter, examples }: Subject, notes: Notes): void {
  const rows = adapter.errors ?? [];
  const listed = new Set(rows.map(({ is, code }) => `${is} ${code}`));
  const met = new Set<string>();
  for (const { file, example } of examples) {
    for (const code of codesOf(example.outcome)) {
      const id = `${example.outcome.is} ${code}`;
      met.add(id);
      if (!listed.has(id))
        notes.fail(
          'code_unlisted',
          id,
          `${file} ends in it, and "errors" does not list it`,
          'Add the row: the agency’s signal, the code and what it means',
        );
    }
  }
  for (const { signal, is, code } of rows) {
    if (!met.has(`${is} ${code}`))
      notes.fail(
        'error_never_shown',
        `${is} ${code}`,
        `No example shows "${signal}"`,
        'Add an example whose reply brings it, or remove the row',
      );
  }
}
