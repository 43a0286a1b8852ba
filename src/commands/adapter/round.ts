/** One round of `adapter dev`: every operation sent as its good examples show, then asked about and undone. */
import { sleep } from '../../clock.ts';
import type { LoadedConnector } from '../../connectors/load.ts';
import type { Example, JsonObject, Outcome } from '../../adapter-kit/contract.ts';
import { newKey } from '../../domain/ids.ts';
import type { Shell } from '../shell.ts';
import { setUp, type Bench } from './bench.ts';
import type { Ask } from './converse.ts';
import { makePrinter, type Printer } from './print-turns.ts';
import type { StandIn, Told } from './stand-in.ts';

/** How long news is waited for: stand-ins decide within 200 ms. */
const NEWS_MS = 500;

/** How many exchanges went otherwise than the examples show. */
export async function round(connector: LoadedConnector, standIn: StandIn, shell: Shell): Promise<number> {
  const { adapter } = connector;
  const plain = makePrinter(shell, (text) => text, process.stdout.isTTY);
  plain.heading(`${adapter.name} ${adapter.version}: stand-in at ${standIn.url}`);
  let wrong = 0;
  for (const operation of Object.keys(adapter.operations)) {
    const groups = goodOf(connector, operation);
    if (groups.length === 0) {
      plain.bad(`${operation}: no example goes well`);
      wrong += 1;
    }
    for (const group of groups) wrong += await runGroup(connector, group, standIn, shell);
  }
  if (wrong === 0) plain.good('all went as the examples show');
  else plain.bad(`${wrong} did not go as the examples show`);
  return wrong;
}

/** The good sends of an operation, those of the same settings together: each group meets a stand-in of its own. */
function goodOf({ examples }: LoadedConnector, operation: string): Example[][] {
  const good = examples
    .map(({ example }) => example)
    .filter(
      (one) => one.operation === operation && (one.exchange ?? 'send') === 'send' && isGood(one.outcome),
    );
  return Object.values(Object.groupBy(good, ({ settings }) => JSON.stringify(settings))).map(
    (group) => group!,
  );
}

async function runGroup(
  connector: LoadedConnector,
  group: Example[],
  standIn: StandIn,
  shell: Shell,
): Promise<number> {
  const news: Told[] = [];
  const heard = (told: Told): void => void news.push(told);
  const bench = await setUp(connector, standIn, shell, heard, group[0]!.settings);
  const printer = makePrinter(shell, bench.mask, process.stdout.isTTY);
  try {
    const wrong = await runExamples(connector, group, bench, printer, shell);
    if (connector.adapter.hosted) await sleep(shell.clock, NEWS_MS);
    if (news.length > 0) printer.heading('news');
    for (const told of news) printer.news(told);
    return wrong + news.filter(({ status }) => status >= 400).length;
  } finally {
    await bench.close();
  }
}

const isGood = (outcome: Outcome): boolean => outcome.is === 'ok' || outcome.is === 'pending';

async function runExamples(
  connector: LoadedConnector,
  good: Example[],
  bench: Bench,
  printer: Printer,
  shell: Shell,
): Promise<number> {
  const { operation } = good[0]!;
  const { inquiry, compensation } = connector.adapter.operations[operation]!;
  let wrong = 0;
  const run = async (ask: Ask, title: string, isWell: (last: Outcome) => boolean): Promise<Outcome> => {
    printer.heading(`${operation} ${ask.kind === 'send' ? '' : `${ask.kind} `}· ${title}`);
    const turns = await bench.ask(ask);
    printer.turns(turns);
    const last = turns.at(-1)!.outcome;
    if (!isWell(last)) {
      printer.bad('  this is not what the examples show');
      wrong += 1;
    }
    return last;
  };
  const asks = good.map((example) => sendOf(example, newKey(shell.clock)));
  const outcomes: Outcome[] = [];
  for (const [at, ask] of asks.entries()) outcomes.push(await run(ask, good[at]!.title, isGood));
  const later = { ...asks[0]!, ...known(outcomes[0]!) };
  const isReadable = (last: Outcome): boolean => last.is !== 'unknown';
  if (inquiry) await run({ ...later, kind: 'inquiry' }, 'what became of it', isReadable);
  if (compensation) await run({ ...later, kind: 'compensation' }, 'undone', isReadable);
  return wrong;
}

function sendOf({ operation, input }: Example, key: string): Ask {
  return { operation, kind: 'send', input, key };
}

/** What the step knows after its send. */
function known(outcome: Outcome): { reference?: string; output?: JsonObject } {
  if (outcome.is === 'ok') return { output: outcome.output };
  if (outcome.is !== 'pending') return {};
  const { reference, shown } = outcome;
  return { ...(reference !== undefined && { reference }), ...(shown && { output: shown }) };
}
