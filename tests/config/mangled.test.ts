/** `check` never falls over: whatever line is lost or whatever value is another, it says what is wrong and where. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { copyOfConfig, SOUND } from './broken.ts';

const FILES = ['routes/contoh.izin.yaml', 'fragments/payment.yaml', 'services/contoh.bagian.yaml'];
const now = Date.parse('2026-12-01T00:00:00Z');

const indent = (line: string): number => line.search(/\S/);

/** Without a line. */
const without = (lines: string[], at: number): string => lines.toSpliced(at, 1).join('\n');

/** With another value at a key, and what stood below it gone. */
function changed(lines: string[], at: number, value: string): string | undefined {
  const [, key] = /^(\s*[\w$-]+:)/.exec(lines[at]!) ?? [];
  if (key === undefined) return undefined;
  let next = at + 1;
  while (next < lines.length && indent(lines[next]!) > indent(lines[at]!)) next += 1;
  return lines.toSpliced(at, next - at, `${key} ${value}`).join('\n');
}

test.each(FILES)('%s', async (file) => {
  const folder = copyOfConfig(SOUND);
  const lines = readFileSync(join(SOUND, file), 'utf8').trimEnd().split('\n');
  const texts = lines.flatMap((_, at) => [without(lines, at), changed(lines, at, '[5, {}]')]);
  let found = 0;
  for (const text of texts.filter((one) => one !== undefined)) {
    writeFileSync(join(folder, file), `${text}\n`);
    const { findings, warnings } = await checkConfig(folder, adapters, { now });
    found += findings.length > 0 ? 1 : 0;
    for (const { code, line, message, fix } of [...findings, ...warnings]) {
      expect(line, `${code} in\n${text}`).toBeGreaterThan(0);
      expect(`${message} ${fix}`).not.toMatch(/undefined|\[object|NaN/);
    }
  }
  expect(found).toBeGreaterThan(lines.length / 2);
});
