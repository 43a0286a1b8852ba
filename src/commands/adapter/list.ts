/** `jembatan adapter list`: what this bus carries, whose it is, and what each can ask an agency to do. */
import type { Command } from 'commander';
import type { Adapter, Operation } from '../../adapter-kit/contract.ts';
import { readEnv } from '../../config/env.ts';
import { printFinding } from '../../config/finding.ts';
import { brokenFinding, lookAtInstalled, shippedAdapters } from '../carried.ts';
import { CommandFailed, countOf, printJson, printTable, type Shell } from '../shell.ts';

export function listCommand(parent: Command, shell: Shell): void {
  parent
    .command('list')
    .description(
      'what is shipped and what was added: version, publisher, grade, operations with their effects',
    )
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => list(shell, json));
}

async function list(shell: Shell, json: boolean): Promise<void> {
  const { carried, broken, close } = await lookAtInstalled(readEnv(shell.env), shell.clock);
  await close();
  const shipped = await shippedAdapters();
  const known = [
    ...shipped.map((adapter) => described(adapter, { from: 'shipped', publisher: null, grade: null })),
    ...carried.map(({ adapter, installed: { publisher, manifest } }) => {
      const from = publisher === null ? 'own' : 'publisher';
      return described(adapter, { from, publisher, grade: manifest.exam.grade });
    }),
  ].toSorted((a, b) => a.name.localeCompare(b.name));
  if (json) printJson(shell, { adapters: known, broken: broken.map(brokenFinding) });
  else printAll(shell, known);
  if (broken.length === 0) return;
  if (!json) for (const one of broken) shell.err(printFinding(brokenFinding(one)));
  throw new CommandFailed(
    json ? '' : `${countOf(broken.length, 'connector')} cannot be carried: the bus will not start`,
  );
}

function printAll(shell: Shell, known: Described[]): void {
  const rows = known.flatMap(({ name, version, from, publisher, grade, operations }) =>
    operations.map((one) => [
      `${name}@${version}`,
      publisher ?? from,
      grade ?? '-',
      one.name,
      one.effect + (one.money ? ', money' : ''),
      one.inquiry ? 'can be asked' : '-',
      one.compensation === null ? '-' : `can be undone (${one.compensation})`,
    ]),
  );
  printTable(shell, ['adapter', 'from', 'grade', 'operation', 'effect', 'inquiry', 'undo'], rows);
}

interface Origin {
  from: 'shipped' | 'publisher' | 'own';
  publisher: string | null;
  /** What its exam said when it was packed; CI holds the shipped ones to the best. */
  grade: string | null;
}

interface Described extends Origin {
  name: string;
  version: string;
  title: Adapter['title'];
  operations: {
    name: string;
    effect: string;
    money: boolean;
    inquiry: boolean;
    /** The undo's effect. */
    compensation: string | null;
  }[];
  /** Addresses that the agency calls, below /hosted/AGENCY. */
  hosted: string[];
}

function described({ name, version, title, operations, hosted }: Adapter, origin: Origin): Described {
  const all = Object.entries(operations) as [string, Operation][];
  return {
    ...{ name, version, title, ...origin },
    operations: all.map(([operation, { effect, money, inquiry, compensation }]) => ({
      name: operation,
      effect,
      money: money === true,
      inquiry: inquiry !== undefined,
      compensation: compensation?.effect ?? null,
    })),
    hosted: Object.values(hosted ?? {}).map(({ method, path }) => `${method ?? 'POST'} ${path}`),
  };
}
