/** The shipped fragments: shared in earnest, and a change or a mistake in one is told for every route that includes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { routeChanges } from '../../src/rehearse/diff/route.ts';
import { copyOfConfig, lineOf, replaceIn, SHIPPED } from './broken.ts';

const REGISTRY = 'fragments/registry.yaml';

let shipped: Catalogue;
beforeAll(async () => {
  shipped = (await checkConfig(SHIPPED, adapters)).catalogue!;
});

/** Codes of the services whose routes include a file, by their text. */
function including(file: string): string[] {
  const folder = join(SHIPPED, 'routes');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.filter((text) => text.includes(file)).map((text) => /^service: (.*)$/m.exec(text)![1]!);
}

test.each(readdirSync(join(SHIPPED, 'fragments')))('%s is included by several routes', (file) => {
  expect(including(`fragments/${file}`).length).toBeGreaterThan(1);
});

test('every part of a fragment is included by somebody', () => {
  const all = ['fragments', 'routes', 'services'].flatMap((name) =>
    readdirSync(join(SHIPPED, name)).map((file) => readFileSync(join(SHIPPED, name, file), 'utf8')),
  );
  for (const file of readdirSync(join(SHIPPED, 'fragments'))) {
    const text = readFileSync(join(SHIPPED, 'fragments', file), 'utf8');
    for (const [, part] of text.matchAll(/^([a-zA-Z]+):/gm)) {
      const named = new RegExp(`fragments/${file}#/${part!}\\b`);
      expect([part, all.some((one) => named.test(one))]).toEqual([part, true]);
    }
  }
});

test('a change in one changes every route that includes it, and no other; each has to have a version of its own', async () => {
  const folder = copyOfConfig(SHIPPED);
  replaceIn(folder, REGISTRY, 'validFor: 30d', 'validFor: 7d');
  const { catalogue, findings } = await checkConfig(folder, adapters);
  expect(findings).toEqual([]);
  const changed = [...catalogue!.routes].filter(([code, route]) => {
    const service = shipped.services.get(code)!;
    const changes = routeChanges(
      { service, route: shipped.routes.get(code)! },
      { service: catalogue!.services.get(code)!, route },
    );
    if (changes.length > 0)
      expect(changes[0]).toMatchObject({ at: 'version', means: 'give it another version' });
    return changes.length > 0;
  });
  expect(changed.map(([code]) => code).toSorted()).toEqual(including(REGISTRY).toSorted());
});

test('a mistake in one is told at its own line, with each place that includes it', async () => {
  const folder = copyOfConfig(SHIPPED);
  replaceIn(folder, REGISTRY, 'nik: application.applicant.nik', 'nik: application.applicant.nick');
  const { catalogue, findings } = await checkConfig(folder, adapters);
  expect(catalogue).toBeUndefined();
  const line = lineOf(folder, REGISTRY, 'nick');
  for (const { code, file, line: at, pointer } of findings)
    expect([code, file, at, pointer]).toEqual(['unknown_name', REGISTRY, line, '/applicant/with/nik']);
  const by = findings.map(({ message }) =>
    /included by routes\/(\S+)\.yaml:\d+ (\S+)\)/.exec(message)!.slice(1),
  );
  expect(by).toContainEqual(['kemenag.nikah', '/steps/person']);
  expect(by).toContainEqual(['dukcapil.akta-mati', '/steps/reporter']);
});
