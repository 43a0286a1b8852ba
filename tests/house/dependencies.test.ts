/** What we build on: exact versions, above the floors of known holes, each with its reason; and nothing of one machine. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { read, ROOT } from './source.ts';

interface Locked {
  version: string;
  dev?: boolean;
  hasInstallScript?: boolean;
  integrity?: string;
  inBundle?: boolean;
  link?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
}

const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  engines: { node: string };
  allowScripts: Record<string, boolean>;
};
const locked = Object.entries(
  (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages,
).filter(([path]) => path !== '');
const ours = { ...manifest.dependencies, ...manifest.devDependencies };

/** `1.2.3` < `1.10.0`; a pre-release counts as its release's predecessor. */
function below(version: string, floor: string): boolean {
  const parts = (text: string): number[] => text.split(/[.+-]/).slice(0, 3).map(Number);
  const [have, need] = [parts(version), parts(floor)];
  const at = have.findIndex((part, n) => part !== need[n]);
  return at === -1 ? version.includes('-') && !floor.includes('-') : have[at]! < need[at]!;
}

/** The lowest version without a known hole (each was a real one); `null`: never. */
const FLOORS: Record<string, string | null> = {
  node: '24.21.0',
  hono: '4.13.5',
  '@hono/node-server': '1.19.10',
  axios: '1.19.0',
  undici: '7.29.1',
  ajv: '8.18.0',
  'fast-xml-parser': '5.12.1',
  xml2js: '0.6.2',
  'xml-crypto': '6.1.0',
  '@xmldom/xmldom': '0.9.12',
  vite: '8.0.5',
  vitest: '3.0.5',
  bullmq: '6.7.0',
  ioredis: '6.0.0',
  ip: null,
};

describe('floors', () => {
  test('versions are compared by their numbers', () => {
    expect([
      below('4.9.0', '4.13.5'),
      below('4.13.5', '4.13.5'),
      below('5.0.0', '4.13.5'),
      below('4.13.5-rc.1', '4.13.5'),
    ]).toEqual([true, false, false, true]);
  });

  test('no package, however deep in the tree, is below its floor', () => {
    const low = locked.flatMap(([path, { version }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const floor = FLOORS[name];
      return floor === null || (floor !== undefined && below(version, floor))
        ? [`${path} ${version} < ${floor ?? 'never'}`]
        : [];
    });
    expect(low).toEqual([]);
    for (const name of ['hono', 'axios', 'undici', 'ajv', 'xml2js']) expect(ours).toHaveProperty([name]);
  });

  test('Node and the SQLite in it are above theirs, and package.json asks for it', () => {
    expect(below(process.versions.node, FLOORS['node']!)).toBe(false);
    expect(below(process.versions.sqlite ?? '0.0.0', '3.51.3')).toBe(false);
    expect(manifest.engines.node).toBe(`>=${FLOORS['node']}`);
  });

  test('ajv is never given $data', () => {
    expect(read('src/schema/validate.ts')).not.toMatch(/\$data/);
  });
});

describe('versions', () => {
  test('are exact, and the lockfile agrees', () => {
    for (const [name, version] of Object.entries(ours)) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
      expect([name, locked.find(([path]) => path === `node_modules/${name}`)?.[1].version]).toEqual([
        name,
        version,
      ]);
    }
  });

  test('every locked package has its digest, but for optional ones of other machines than the one that locked', () => {
    // What a package carries inside itself is under the package's own digest.
    const bare = locked.filter(([, { integrity, link, inBundle }]) => !integrity && !link && !inBundle);
    const foreign = ([, { optional, os, cpu }]: (typeof locked)[number]): boolean =>
      optional === true && (os ?? cpu) !== undefined;
    expect(bare.filter((one) => !foreign(one)).map(([path]) => path)).toEqual([]);
  });

  test('only packages we have looked at run a script when installed', () => {
    const running = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.split('node_modules/').at(-1)!);
    // fsevents is macOS's own and is not installed elsewhere.
    expect(
      running.filter((name) => name !== 'fsevents' && !Object.hasOwn(manifest.allowScripts, name)),
    ).toEqual([]);
  });

  test('production carries no more packages than we know of', () => {
    const production = locked.filter(([, { dev }]) => dev !== true);
    // A third of them come with axios, a third with BullMQ and pg. Who raises this says why in docs/dependencies.md.
    expect(production.length).toBeLessThanOrEqual(115);
    expect(production.length).toBeGreaterThanOrEqual(Object.keys(manifest.dependencies).length);
  });
});

describe('docs/dependencies.md', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)`\s+\| (.+?)\s*\|$/gm)].map(
    ([, name, why]) => [name!, why!] as const,
  );

  test('says of each dependency, in one line, why it earns its place', () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(Object.keys(ours).toSorted());
    for (const [name, why] of rows) expect([name, why.length > 30]).toEqual([name, true]);
  });
});

describe('nothing of one machine', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && !/\.(jpe?g|png|pdf)$/.test(path));

  test.each([
    ['an absolute path of a machine', /(?<![\w.$}-])\/(home|root|Users|work|mnt)\/\w/],
    ["a registry's host", /\bregistry\.[\w-]+\.[a-z]{2,}|\bnpm\.pkg\.|\bartifactory\b|\bverdaccio\b/],
  ])('no file holds %s', (_, pattern) => {
    const holding = files.filter((path) => {
      try {
        return (
          path !== 'tests/house/dependencies.test.ts' && pattern.test(readFileSync(join(ROOT, path), 'utf8'))
        );
      } catch (error) {
        // Deleted since the index was written.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
    });
    expect(files.length).toBeGreaterThan(100);
    expect(holding).toEqual([]);
  });
});
