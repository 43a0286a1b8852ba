/** Prints what was measured, and keeps the latest of each kind with its chart. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RESULTS, type Command } from './options.ts';
import type { Machine } from './machine.ts';

export interface Report {
  kind: Command;
  machine: Machine;
}

export const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: string[], rows: (string | number)[][]): void {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)));
  const isText = head.map((_, at) => rows.some((row) => typeof row[at] === 'string' && at === 0));
  for (const row of cells) {
    say(
      row.map((cell, at) => (isText[at] ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
    );
  }
}

const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

/** Writes `<date>-<kind>.json` (and `.svg`), removes those before it, and lets docs/performance.md name the new ones. */
export async function keep(out: string, report: Report, svg?: string): Promise<void> {
  const { kind, machine } = report;
  const older = new RegExp(`^[\\dT-]+-${kind}\\.(json|svg)$`);
  await mkdir(out, { recursive: true });
  for (const name of await readdir(out)) if (older.test(name)) await rm(join(out, name));
  const name = `${machine.at.slice(0, 10)}-${kind}`;
  await writeFile(join(out, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  if (svg !== undefined) await writeFile(join(out, `${name}.svg`), svg);
  say(`kept: ${name}.json${svg === undefined ? '' : ` and ${name}.svg`}`);
  if (out === RESULTS) await renameLinks(kind, name);
}

async function renameLinks(kind: string, name: string): Promise<void> {
  const text = await readFile(PAGE, 'utf8');
  await writeFile(
    PAGE,
    text.replaceAll(new RegExp(`(?<=results/)[\\dT-]+-${kind}(?=\\.(json|svg))`, 'g'), name),
  );
}
