/** Prints what was measured, keeps the latest of each kind with its chart, and shows it in docs/performance.md. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Machine } from './machine.ts';
import { RESULTS, type Command } from './options.ts';

export interface Report {
  kind: Command;
  machine: Machine;
}

export const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** A Markdown table, its columns as wide as their widest cell: as readable on a terminal. Numbers stand to the right. */
export function table(head: string[], rows: (string | number)[][]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)));
  const pad = (cell: string, at: number): string =>
    at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!);
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const lines = [cells[0]!.map(pad), rule, ...cells.slice(1).map((row) => row.map(pad))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

/** Prints `text` (Markdown), and writes `<date>-<kind>.json` (and `.svg`) in place of those before it. */
export async function publish(out: string, report: Report, text: string, svg?: string): Promise<void> {
  const { kind, machine } = report;
  say(`\n${text}\n`);
  const older = new RegExp(`^[\\d-]+-${kind}\\.(json|svg)$`);
  await mkdir(out, { recursive: true });
  for (const name of await readdir(out)) if (older.test(name)) await rm(join(out, name));
  const name = `${machine.at.slice(0, 10)}-${kind}`;
  await writeFile(join(out, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  if (svg !== undefined) await writeFile(join(out, `${name}.svg`), svg);
  say(`kept: ${name}.json${svg === undefined ? '' : ` and ${name}.svg`}`);
  if (out === RESULTS) await show(kind, shown(machine, name, text, svg !== undefined));
}

function shown(
  { cores, cpu, node, postgres, redis }: Machine,
  name: string,
  text: string,
  drawn: boolean,
): string {
  const servers = postgres === undefined ? '' : `, PostgreSQL ${postgres}, Redis ${redis}`;
  const source = `[${name.slice(0, 10)}](../bench/results/${name}.json), ${cores} × ${cpu}, Node ${node}${servers}:`;
  return [source, text, ...(drawn ? [`![${name}](../bench/results/${name}.svg)`] : [])].join('\n\n');
}

/** The page has a place for each kind: what stands between its marks is the newest result. */
async function show(kind: Command, text: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const place = new RegExp(`(?<=<!-- ${kind} -->\\n)[^]*(?=<!-- /${kind} -->)`);
  if (!place.test(page)) throw new Error(`docs/performance.md has no place for ${kind}`);
  const options = { ...(await resolveConfig(PAGE)), parser: 'markdown' };
  await writeFile(
    PAGE,
    await format(
      page.replace(place, () => `\n${text}\n\n`),
      options,
    ),
  );
}
