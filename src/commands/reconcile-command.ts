/** `jembatan reconcile`: a bank's list of one day beside the bus's own payment steps; it changes nothing. */
import { Option, type Command } from 'commander';
import { readEnv } from '../config/env.ts';
import { reconcile, type BankPayment, type OwnPayment, type Reconciled } from '../desk/reconcile.ts';
import type { Agency } from '../domain/catalogue.ts';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import type { BankList } from './reconcile-bank.ts';
import { shippedAdapters } from './carried.ts';
import { ownPayments } from './reconcile-own.ts';
import { CommandFailed, countOf, printJson, printTable, UsageError, type Shell } from './shell.ts';

interface Options extends BusOptions {
  date: string;
  source?: string;
  config?: string;
  days: string;
  json: boolean;
}

const DAY_MS = 86_400_000;
/** An application that ended so long before the day cannot have been paid on it, but by mistake. */
const LIVE_DAYS = 7;

export function reconcileCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'reconcile <agency>')
    .description("compare a bank's list of a day with our own payment steps: run it where the bus runs")
    .requiredOption('--date <yyyy-MM-dd>', "the day, in the bank's zone")
    .addOption(
      new Option('--source <source>', 'where the bank is to look (default: its settings)').choices([
        'transactionHistory',
        'virtualAccountReport',
      ]),
    )
    .option('--days <days>', 'how many days before it an application may have been accepted', '35')
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExit code 1 when the two differ.')
    .action((agency: string, options: Options) => run(shell, agency, options));
}

async function run(shell: Shell, id: string, options: Options): Promise<void> {
  const client = clientOf(shell, options);
  const day = dayOf(options);
  const { agency, secrets } = await agencyOf(shell, id, options);
  const adapter = (await shippedAdapters()).find(
    (one) => one.name === agency.adapter && Number(one.version.split('.')[0]) === agency.major,
  )!;
  // Loaded when it is called: what calls out takes longer to load than most commands take to run.
  const { bankList, onDay } = await import('./reconcile-bank.ts');
  const source = options.source === undefined ? {} : { source: options.source };
  const list = await bankList(
    { agency, adapter, secrets, clock: shell.clock },
    { date: options.date, ...source },
  );
  const own = await ownPayments(client, {
    agency: agency.id,
    operations: new Set(Object.keys(adapter.operations).filter((name) => adapter.operations[name]!.money)),
    ...day,
  });
  const found = reconcile(list.payments, own, onDay(agency, options.date));
  if (options.json) printJson(shell, jsonOf(agency, options.date, list, found));
  else print(shell, agency, options.date, list, found);
  const count = found.atBankOnly.length + found.hereOnly.length + found.amountDiffers.length;
  const isWhole = list.complete && list.unreadable === 0;
  if (count > 0 || !isWhole) throw new CommandFailed(options.json ? '' : verdict(count, list));
}

/** A zone's day lies within a day of UTC's on either side. */
function dayOf({ date, days }: Options): { from: string; to: string; liveAt: string } {
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(day)) throw new UsageError('--date is a day such as 2026-01-15');
  if (!/^\d{1,3}$/.test(days)) throw new UsageError('--days is a whole number up to 999');
  const at = (shift: number): string => new Date(day + shift * DAY_MS).toISOString();
  return { from: at(-1 - Number(days)), to: at(2), liveAt: at(-LIVE_DAYS) };
}

async function agencyOf(
  shell: Shell,
  id: string,
  { config }: Options,
): Promise<{ agency: Agency; secrets: string[] }> {
  const { openCatalogue } = await import('../main.ts');
  const env = readEnv({ ...shell.env, ...(config !== undefined && { JEMBATAN_CONFIG: config }) });
  const { catalogue, secrets } = await openCatalogue(env, shell.env);
  const agency = catalogue.agencies.find((one) => one.id === id);
  if (agency) return { agency, secrets };
  const known = catalogue.agencies.map((one) => one.id).join(', ');
  throw new UsageError(`There is no agency ${id}; there are ${known}`);
}

function jsonOf(agency: Agency, date: string, list: BankList, found: Reconciled): object {
  const { payments, ...rest } = list;
  return { agency: agency.id, date, ...rest, atBank: payments.length, ...found };
}

function print(shell: Shell, agency: Agency, date: string, list: BankList, found: Reconciled): void {
  const { payments, source, skipped } = list;
  shell.out(
    `${agency.id} ${date} (${source}): ${countOf(payments.length, 'payment')} at the bank, ${found.agreed} agree; ${countOf(skipped, 'other row')}`,
  );
  const rows = [
    ...found.atBankOnly.map(({ payment, own }) => line('paid at the bank, not here', payment, own)),
    ...found.hereOnly.map((own) => line('paid here, not at the bank', fromOwn(own), own)),
    ...found.amountDiffers.map(({ payment, own }) => line(`amount here ${own.paid!.amount}`, payment, own)),
  ];
  if (rows.length === 0) return;
  printTable(
    shell,
    ['what', 'amount', 'paid at', 'our number', "bank's", 'application', 'step', 'state'],
    rows,
  );
}

function fromOwn({ paid, keys }: OwnPayment): BankPayment {
  return { ...paid!, partnerReferenceNo: keys.at(-1)! };
}

function line(what: string, payment: BankPayment, own: OwnPayment | null): string[] {
  const { amount, paidAt, partnerReferenceNo, bankReference } = payment;
  const theirs = [String(amount), paidAt ?? '-', partnerReferenceNo ?? '-', bankReference ?? '-'];
  return [what, ...theirs, own?.application ?? '-', own?.step ?? '-', own?.state ?? '-'];
}

function verdict(count: number, { complete, unreadable }: BankList): string {
  const said = [
    ...(count > 0 ? [`${countOf(count, 'payment')} to look at`] : []),
    ...(complete ? [] : ['a minute of that day holds more than the bank lists: its rest is missing']),
    ...(unreadable > 0 ? [`${countOf(unreadable, 'row')} of the bank cannot be read`] : []),
  ];
  return said.join('; ');
}
