/** What a command is handed: its environment, a clock, and where its lines go. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Source } from '../config/env.ts';
import type { JsonValue } from '../domain/outcome.ts';
import { WireError } from '../wire/error.ts';
import { parseJson } from '../wire/json.ts';

export interface Shell {
  env: Source;
  clock: Clock;
  /** Answers: what a pipe or a file is to get. */
  out: (line: string) => void;
  /** Notes and errors: what only a person reads. */
  err: (line: string) => void;
}

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {}

/** The command ran and the answer is no: exit code 1. An empty message when all has been said. */
export class CommandFailed extends Error {}

/** Control characters, and marks that turn a line around: what comes from outside must not steer a terminal. */
// oxlint-disable-next-line no-control-regex -- these are the ones that are taken out
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Fit for a terminal; inside JSON text it stays the same JSON. */
export function harmless(text: string): string {
  return text.replace(STEERING, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function printJson(shell: Shell, value: unknown): void {
  shell.out(JSON.stringify(value, null, 2));
}

/** Rows in columns of even width, under a heading. */
export function printTable(shell: Shell, heading: string[], rows: string[][]): void {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  for (const line of lines) {
    shell.out(
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** `1 agency`, `3 agencies`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `2026-11-16T09:12:00Z`; a dash for never. */
export function shortTime(time: string | null): string {
  return time === null ? '-' : time.replace(/\.\d+Z$/, 'Z');
}

/** The JSON of an option: written out, or in a file. */
export async function jsonOf(option: string, fileOrText: string): Promise<JsonValue> {
  const isText = fileOrText.trimStart().startsWith('{');
  try {
    return parseJson(isText ? Buffer.from(fileOrText) : await readFile(fileOrText));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new UsageError(`${option}${isText ? '' : ` ${fileOrText}`}: ${error.message}`);
  }
}
