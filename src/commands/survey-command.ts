/** `jembatan survey`: how people were served, by service and month; never what one of them said. */
import type { Command } from 'commander';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { printJson, printTable, type Shell } from './shell.ts';

interface Options extends BusOptions {
  service?: string;
  from?: string;
  to?: string;
  comments: boolean;
  json: boolean;
}

interface Summary {
  from: string;
  to: string;
  respondents: number;
  index: number | null;
  elements: { code: string; title: { en: string }; average: number }[] | null;
  cells: { service: string; month: string; respondents: number; index: number }[];
}

export function surveyCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'survey')
    .description(
      'the satisfaction index (25 to 100) by service and month; a month with under 5 answers is not told',
    )
    .option('--service <code>', 'only of this service')
    .option('--from <month>', 'from this month on, as 2026-01 (default: a year)')
    .option('--to <month>', 'up to this month')
    .option('--comments', 'what was written besides (scope operate)', false)
    .option('--json', 'print JSON', false)
    .action((options: Options) => (options.comments ? comments(shell, options) : summary(shell, options)));
}

const pathOf = (what: string, { service, from, to }: Options): string => {
  const given = Object.entries({ service, from, to }).filter(([, value]) => value !== undefined);
  return `/v1/surveys/${what}?${new URLSearchParams(given as [string, string][]).toString()}`;
};

async function summary(shell: Shell, options: Options): Promise<void> {
  const found = await clientOf(shell, options).get<Summary>(pathOf('summary', options));
  if (options.json) return printJson(shell, found);
  shell.out(`${found.from} to ${found.to}: ${found.respondents} answers, index ${found.index ?? '-'}`);
  if (found.elements) {
    const rows = found.elements.map(({ code, title, average }) => [code, title.en, average.toFixed(2)]);
    printTable(shell, ['element', 'of', 'average'], rows);
  }
  const cells = found.cells.map((cell) => [
    cell.service,
    cell.month,
    String(cell.respondents),
    cell.index.toFixed(2),
  ]);
  if (cells.length > 0) printTable(shell, ['service', 'month', 'answers', 'index'], cells);
}

async function comments(shell: Shell, options: Options): Promise<void> {
  const found = await clientOf(shell, options).get<{
    comments: { service: string; month: string; comment: string }[];
  }>(pathOf('comments', options));
  if (options.json) return printJson(shell, found);
  for (const { service, month, comment } of found.comments) shell.out(`${service} ${month}: ${comment}`);
}
