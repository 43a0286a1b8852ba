/** What the bench may be asked to do, and how much of it. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

export const HELP = `npm run bench -- [what] [options]

what:
  compare    (default) plain forwarder, hand-written BullMQ forwarder, embedded and distributed edition, side by side
  convert    what an adapter's conversion of one exchange costs, natively and in the interpreter
  curve      rate and p99 with so many open applications in the ledger
  overload   what comes through at 1, 2, 5, 10 times the plateau, and how long recovery takes
  wipe       a wiped Redis with so many steps pending

options:
  --editions embedded,distributed   which editions of ours (a distributed one needs postgres and redis-server)
  --n 5000            applications of a closed run
  --rounds 3          closed runs, of which medians are taken, after one to warm up
  --connections 50    of a closed run
  --workers 1         worker processes of the distributed edition (curve and wipe: 1,2,4)
  --sizes 1000,100000,1000000   open applications (curve)
  --seconds 10        of each open run (curve, overload)
  --multiples 1,2,5,10          of the plateau (overload)
  --pending 100000    steps (wipe)
  --out FOLDER        where the results go (bench/results; then docs/performance.md names them)
  --help
`;

export const COMMANDS = ['compare', 'convert', 'curve', 'overload', 'wipe'] as const;
export const EDITIONS = ['embedded', 'distributed'] as const;

export type Command = (typeof COMMANDS)[number];
export type Edition = (typeof EDITIONS)[number];

export interface Options {
  command: Command;
  editions: Edition[];
  n: number;
  rounds: number;
  connections: number;
  workers: number[];
  sizes: number[];
  seconds: number;
  multiples: number[];
  pending: number;
  out: string;
}

/** Throws an Error that says what is wrong; null when only help is wanted. */
export function readOptions(args: string[]): Options | null {
  const text = (otherwise: string): { type: 'string'; default: string } => ({
    type: 'string',
    default: otherwise,
  });
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...{
        editions: text('embedded,distributed'),
        n: text('5000'),
        rounds: text('3'),
        connections: text('50'),
      },
      ...{ workers: text(''), sizes: text('1000,100000,1000000'), seconds: text('10') },
      ...{ multiples: text('1,2,5,10'), pending: text('100000'), out: text(RESULTS) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const command = oneOf('what', COMMANDS, positionals[0] ?? 'compare');
  const several = command === 'curve' || command === 'wipe';
  return {
    command,
    editions: values.editions.split(',').map((one) => oneOf('--editions', EDITIONS, one)),
    n: count('--n', values.n),
    rounds: count('--rounds', values.rounds),
    connections: count('--connections', values.connections),
    workers: counts('--workers', values.workers || (several ? '1,2,4' : '1')),
    sizes: counts('--sizes', values.sizes).toSorted((a, b) => a - b),
    seconds: count('--seconds', values.seconds),
    multiples: counts('--multiples', values.multiples),
    pending: count('--pending', values.pending),
    out: values.out,
  };
}

function oneOf<T extends string>(name: string, known: readonly T[], given: string): T {
  const found = known.find((one) => one === given);
  if (found === undefined) throw new Error(`${name} is one of: ${known.join(', ')}`);
  return found;
}

function counts(name: string, text: string): number[] {
  return text.split(',').map((one) => count(name, one));
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} takes whole numbers from 1`);
  return Number(text);
}
