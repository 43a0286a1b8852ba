/** `jembatan adapters`: which adapters are installed, and what each can ask an agency to do. */
import type { Command } from 'commander';
import { adapters } from '../../adapters/index.ts';
import type { Adapter, Operation } from '../adapter-kit/contract.ts';
import { printJson, printTable, type Shell } from './shell.ts';

export function adaptersCommand(parent: Command, shell: Shell): void {
  parent
    .command('adapters')
    .description('list the adapters with their versions, and their operations with their effects')
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => {
      const known = adapters.map(described);
      if (json) return printJson(shell, { adapters: known });
      const rows = known.flatMap(({ name, version, operations }) =>
        operations.map((one) => [
          `${name}@${version}`,
          one.name,
          one.effect + (one.money ? ', money' : ''),
          one.inquiry ? 'can be asked' : '-',
          one.compensation === null ? '-' : `can be undone (${one.compensation})`,
        ]),
      );
      printTable(shell, ['adapter', 'operation', 'effect', 'inquiry', 'undo'], rows);
    });
}

interface DescribedOperation {
  name: string;
  effect: string;
  money: boolean;
  inquiry: boolean;
  /** The undo's effect. */
  compensation: string | null;
}

interface Described {
  name: string;
  version: string;
  title: Adapter['title'];
  operations: DescribedOperation[];
  /** Addresses that the agency calls, below /hosted/AGENCY. */
  hosted: string[];
}

function described({ name, version, title, operations, hosted }: Adapter): Described {
  const all = Object.entries(operations) as [string, Operation][];
  return {
    name,
    version,
    title,
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
