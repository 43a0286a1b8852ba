/** A copy of a configuration with one thing broken in it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const SHIPPED = fileURLToPath(new URL('../../config', import.meta.url));
/** The mall as it was with three agencies and three services: what is broken from it does not change with the shipped one. */
export const MALL = fileURLToPath(new URL('mall', import.meta.url));
/** A small mall whose routes use everything that a route may say. */
export const SOUND = fileURLToPath(new URL('sound', import.meta.url));

/** A folder for one test, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jembatan-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A configuration in a folder of its own. */
export function copyOfConfig(from = MALL): string {
  const folder = temporaryFolder();
  cpSync(from, folder, { recursive: true });
  return folder;
}

/** Replaces the first occurrence, which must be there. */
export function replaceIn(folder: string, file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

/** The number of the line on which the first occurrence of a text begins, from 1. */
export function lineOf(folder: string, file: string, text: string): number {
  const whole = readFileSync(join(folder, file), 'utf8');
  const at = whole.indexOf(text);
  if (at < 0) throw new Error(`${file} does not hold ${JSON.stringify(text)}`);
  return whole.slice(0, at).split('\n').length;
}
