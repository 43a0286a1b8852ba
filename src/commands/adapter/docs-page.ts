/** One adapter's page: operations, fields, errors, settings and hosted addresses, as its metadata has them. */
import type { CoverageRow } from '../../adapter-kit/exam/index.ts';
import type { Adapter, Effect, Hosted, Operation } from '../../adapter-kit/contract.ts';
import { rowsOf, type FieldRow } from './docs-fields.ts';
import { MADE, page, table } from './docs-text.ts';

export interface PageParts {
  /** From the root of the tree. */
  folder: string;
  isYaml: boolean;
  coverage: CoverageRow[];
}

const EFFECTS: Record<Effect, string> = {
  read: 'Only reads: it may be sent twice.',
  keyed: 'The agency takes the bus’s key: the same key again is done once.',
  inquirable: 'After a lost answer the bus asks before it sends again.',
  once: 'It cannot be asked about: after a lost answer a person decides.',
};

export function pageOf(adapter: Adapter, { folder, isYaml, coverage }: PageParts): string {
  const { name, version, title } = adapter;
  const form = isYaml ? `without code ([connector.yaml](../../${folder}/connector.yaml))` : 'in code';
  return page([
    `# ${title.en}`,
    MADE,
    `${title.id}. Adapter \`${name}\`, version ${version}, ${form}. How the agency speaks and what the stand-in does: [guide](../../${folder}/guide.md).`,
    '## Operations',
    operationsTable(adapter),
    '## Settings',
    settingsPart(adapter),
    hostedPart(adapter),
    ...Object.entries(adapter.operations).flatMap(([operation, one]) =>
      operationPart(operation, one, coverage),
    ),
    errorsPart(adapter),
  ]);
}

function operationsTable({ operations }: Adapter): string {
  const rows = (Object.entries(operations) as [string, Operation][]).map(([name, one]) => [
    `\`${name}\``,
    one.title.en,
    one.effect + (one.money === true ? ', money' : ''),
    one.inquiry ? `after ${one.inquiry.notBefore}; “never arrived” after ${one.inquiry.trustAfter}` : '–',
    one.compensation ? one.compensation.effect : '–',
  ]);
  return table(['operation', 'does', 'effect', 'can be asked', 'can be undone'], rows);
}

function settingsPart({ settings, signIn }: Adapter): string {
  const rows = rowsOf(settings).map((row) => [
    `\`${row.name}\``,
    row.type,
    row.required ? 'yes' : 'no',
    row.secret ? 'secret' : '',
    row.meaning,
  ]);
  const scheme =
    'scheme' in signIn ? `by the kit’s scheme \`${signIn.scheme}\`` : 'in a way of its own (guide)';
  return `It signs in ${scheme}. Secrets go into the data folder, never into the configuration.\n\n${table(
    ['setting', 'type', 'needed', '', 'what to ask the agency for'],
    rows,
  )}`;
}

function hostedPart({ hosted = {} }: Adapter): string | null {
  const rows = Object.entries(hosted).map(([name, one]) => [
    `\`${name}\``,
    `\`${one.method ?? 'POST'} /hosted/AGENCY${one.path}\``,
    purposeOf(one),
  ]);
  if (rows.length === 0) return null;
  return `## What the agency calls\n\nAGENCY is the entry’s name in the configuration.\n\n${table(['', 'address', 'for'], rows)}`;
}

function purposeOf(hosted: Hosted): string {
  if ('grants' in hosted) return 'signing in: a token';
  const { asks, tells, opens } = hosted;
  const said = [
    asks !== undefined && `asking about \`${asks}\``,
    tells !== undefined && `news of \`${tells}\``,
    opens !== undefined && `opening \`${opens}\``,
  ];
  return said.filter((one) => one !== false).join(', ');
}

function operationPart(name: string, operation: Operation, coverage: CoverageRow[]): (string | null)[] {
  const { title, effect, money, waits, timeout, drops, inUrl } = operation;
  const facts = [
    `${title.id}. ${EFFECTS[effect]}`,
    money === true ? 'It takes money: a late answer is a refund to make.' : null,
    waits === undefined ? null : `News may take ${waits}.`,
    timeout === undefined ? null : `An exchange takes at most ${timeout}.`,
  ];
  return [
    `## \`${name}\``,
    facts.filter((one) => one !== null).join(' '),
    `### \`${name}\` takes`,
    inputTable(name, operation, coverage),
    declared('Never sent', drops),
    declared('In an address', inUrl),
    `### \`${name}\` gives`,
    outputTable(operation),
  ];
}

function inputTable(name: string, { input }: Operation, coverage: CoverageRow[]): string {
  const own = coverage.filter(({ operation }) => operation === name);
  const rows = rowsOf(input).map((row) => [
    `\`${row.name}\``,
    row.type,
    row.required ? 'yes' : 'no',
    row.meaning,
    goesTo(row, own),
  ]);
  return rows.length === 0 ? 'Nothing.' : table(['field', 'type', 'needed', 'meaning', 'goes to'], rows);
}

/** As the exam found it in the examples. */
function goesTo({ pointer }: FieldRow, coverage: CoverageRow[]): string {
  const isItem = (field: string): boolean => field.replaceAll(/\/(\d+|\*)(?=\/|$)/g, '/*') === pointer;
  const found = coverage.filter(({ field }) => field === pointer || isItem(field));
  const row = found[0];
  if (!row) return '';
  if (row.how !== 'sent' && row.how !== 'derived') return row.how;
  const sends = row.where.filter((one) => one.startsWith('send ')).map((one) => one.slice('send '.length));
  const [first, ...more] = sends.length > 0 ? sends : row.where;
  const where = first === undefined ? '' : ` \`${first}\`${more.length > 0 ? ' …' : ''}`;
  return `${row.how}${where}`;
}

function outputTable({ output }: Operation): string {
  const rows = rowsOf(output).map((row) => [
    `\`${row.name}\``,
    row.type,
    row.required ? 'yes' : 'no',
    row.meaning,
  ]);
  return rows.length === 0 ? 'Nothing.' : table(['field', 'type', 'always', 'meaning'], rows);
}

function declared(heading: string, reasons: Readonly<Record<string, string>> | undefined): string | null {
  const rows = Object.entries(reasons ?? {});
  if (rows.length === 0) return null;
  return `${heading}: ${rows.map(([field, reason]) => `\`${field}\` (${reason.replace(/\.$/, '')})`).join('; ')}.`;
}

function errorsPart({ errors = [] }: Adapter): string | null {
  if (errors.length === 0) return null;
  const rows = errors.map(({ signal, is, code, meaning }) => [
    signal,
    is,
    `\`${code}\``,
    meaning.en,
    meaning.id,
  ]);
  return `## What it answers otherwise\n\n${table(['the agency’s signal', 'outcome', 'code', 'meaning', 'arti'], rows)}`;
}
