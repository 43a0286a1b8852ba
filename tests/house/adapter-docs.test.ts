/** The adapters' pages say what the adapters say: a stale one fails here, with the command that mends it. */
import { existsSync, globSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { systemClock } from '../../src/clock.ts';
import { pagesOf } from '../../src/commands/adapter/docs.ts';
import { read, ROOT } from './source.ts';

const MEND = 'Run: npx jembatan adapter docs';
const pages = await pagesOf(systemClock);

test.each(Object.keys(pages))('%s is up to date', (page) => {
  expect(existsSync(join(ROOT, page)), MEND).toBe(true);
  expect(read(page) === pages[page], MEND).toBe(true);
});

test('there is a page for each adapter, and no other', () => {
  const found = globSync('docs/adapters/*', { cwd: ROOT }).toSorted();
  expect(found, MEND).toEqual(Object.keys(pages).toSorted());
  expect(found).toHaveLength(new Set(adapters.map(({ name }) => name)).size + 1);
});

test('the same adapters make the same pages', async () => {
  expect(await pagesOf(systemClock)).toEqual(pages);
});

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))('%s', (name, adapter) => {
  const page = pages[`docs/adapters/${name}.md`]!;

  test('its page names every operation, setting, error code and hosted address', () => {
    const settings = Object.keys(adapter.settings['properties'] as object);
    const codes = (adapter.errors ?? []).map(({ code }) => code);
    const hosted = Object.values(adapter.hosted ?? {}).map(({ path }) => `/hosted/AGENCY${path}\``);
    const words = [...Object.keys(adapter.operations), ...settings, ...codes].map((word) => `\`${word}\``);
    expect([...words, ...hosted].filter((word) => !page.includes(word))).toEqual([]);
  });

  test('every link of its page leads somewhere', () => {
    const links = [...page.matchAll(/\]\(([^)#\s]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(resolve(ROOT, dirname('docs/adapters/x.md'), link)))).toEqual(
      [],
    );
  });
});
