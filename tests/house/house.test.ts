/** The walls of the house (design §3): who may import whom, what only one folder may do, and the laws of size. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { places, read, ROOT, sources, type Import, type Source } from './source.ts';

/**
 * Which part a file belongs to. `ports` is the flow's own list of what it needs; a simulator is a tool beside its
 * adapter, not a part of it.
 */
function partOf(path: string): string {
  if (path.startsWith('adapters/')) {
    if (path === 'adapters/index.ts') return 'adapters/index';
    return basename(path).startsWith('simulator') ? 'simulator' : 'adapter';
  }
  if (path.startsWith('schemas/') || path === 'package.json') return 'data';
  if (path.startsWith('src/flow/ports/')) return 'ports';
  if (path.startsWith('src/adapter-kit/simulat')) return 'simulator-kit';
  if (path.startsWith('src/adapter-kit/exam/')) return 'exam';
  return path.split('/')[1]!.replace(/\.ts$/, '');
}

/** The parts of a running bus, of which bus.ts joins all. */
const PARTS = [
  ...['http', 'desk', 'flow', 'ports', 'queue', 'ledger', 'outbound', 'privacy', 'watch'],
  ...['config', 'schema', 'wire', 'console', 'adapter-kit', 'connectors', 'domain', 'data'],
];
/** `main, cli → bus → everything`; a command is a file of the cli. */
const TOP = [
  ...PARTS,
  'bus',
  'main',
  'open',
  'reopen',
  'commands',
  'adapters/index',
  'simulator',
  'simulator-kit',
  'exam',
  'rehearse',
];

/**
 * The arrows. `types` means that only types may be imported. An import may take several arrows at once (http → flow →
 * domain), as long as it runs their way. Everybody may know what a Clock is; who takes real time is a law of its own.
 */
const ARROWS: Record<string, { to: string[]; types?: string[] }> = {
  cli: { to: TOP },
  commands: { to: TOP },
  main: { to: [...PARTS, 'bus', 'open', 'reopen', 'adapters/index'] },
  open: { to: PARTS },
  reopen: { to: PARTS },
  bus: { to: PARTS },
  http: { to: ['flow', 'ports', 'desk', 'schema', 'wire', 'console', 'adapter-kit', 'domain', 'data'] },
  desk: { to: ['flow', 'ports', 'adapter-kit', 'schema', 'domain'] },
  flow: { to: ['domain', 'adapter-kit', 'schema', 'ports'] },
  ports: { to: ['ports'], types: ['domain', 'adapter-kit'] },
  queue: { to: ['domain'], types: ['ports'] },
  ledger: { to: ['domain'], types: ['ports'] },
  outbound: { to: ['wire', 'domain'], types: ['ports', 'adapter-kit'] },
  privacy: { to: ['domain'], types: ['ports'] },
  watch: { to: ['domain'], types: ['ports'] },
  config: { to: ['adapter-kit', 'schema', 'domain', 'data'] },
  'adapter-kit': { to: ['wire', 'domain'] },
  connectors: { to: ['adapter-kit', 'config', 'schema', 'wire', 'domain', 'data'], types: ['simulator-kit'] },
  'simulator-kit': { to: ['simulator-kit'], types: ['adapter-kit', 'domain'] },
  /** It reads and retries as the bus does, over the bus's own caller, in process. */
  exam: {
    to: ['adapter-kit', 'simulator-kit', 'flow', 'outbound', 'privacy', 'schema', 'wire', 'domain'],
    types: ['ports'],
  },
  /** All that a running bus joins, its stand-ins and virtual time; a command hands it the adapters. */
  rehearse: { to: [...PARTS, 'bus', 'simulator-kit', 'virtual-clock'] },
  'virtual-clock': { to: [] },
  schema: { to: ['data'] },
  wire: { to: [] },
  console: { to: ['domain'] },
  domain: { to: [] },
  clock: { to: [] },
  'adapters/index': { to: ['adapter', 'connectors'], types: ['adapter-kit'] },
  adapter: { to: ['adapter'], types: ['adapter-kit', 'domain'] },
  simulator: { to: ['simulator', 'simulator-kit', 'adapter', 'adapter-kit'], types: ['domain'] },
};
const FOR_ALL = ['clock'];
const ours = ({ of }: Import): boolean => /^(src|adapters|schemas)\//.test(of) || of === 'package.json';

function mayImport(from: string, one: Import): boolean {
  const to = partOf(one.of);
  const { to: values, types = [] } = ARROWS[from]!;
  return to === from || [...values, ...FOR_ALL].includes(to) || (one.typesOnly && types.includes(to));
}

describe('arrows', () => {
  test('the reader sees imports of every kind', () => {
    const reads = (path: string): Import[] => sources.find((source) => source.path === path)!.imports;
    expect(sources.length).toBeGreaterThan(150);
    expect(reads('src/queue/memory-queue.ts')).toContainEqual({ of: 'tinyqueue', typesOnly: false });
    expect(reads('src/queue/memory-queue.ts')).toContainEqual({ of: 'src/clock.ts', typesOnly: true });
    expect(reads('src/outbound/transport.ts')).toContainEqual({ of: 'undici', typesOnly: true });
    expect(reads('src/bus.ts')).toContainEqual({ of: 'src/flow/notify.ts', typesOnly: false });
  });

  test('every file belongs to a part of the house', () => {
    expect(sources.map(({ path }) => path).filter((path) => !ARROWS[partOf(path)])).toEqual([]);
  });

  test.each(Object.keys(ARROWS))('%s imports only what it may', (part) => {
    const files = sources.filter(({ path }) => partOf(path) === part);
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter((one) => ours(one) && !mayImport(part, one))
        .map(({ of, typesOnly }) => `${path} → ${of}${typesOnly ? ' (types)' : ''}`),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('every import leads to a file', () => {
    const lost = sources.flatMap(({ path, imports }) =>
      imports
        .filter((one) => ours(one) && !existsSync(join(ROOT, one.of)))
        .map(({ of }) => `${path} → ${of}`),
    );
    expect(lost).toEqual([]);
  });

  test('adapters import no package: one that is published alone runs wherever it is put', () => {
    const wrong = sources
      .filter(({ path }) => partOf(path) === 'adapter')
      .flatMap(({ path, imports }) => imports.filter((one) => !ours(one)).map(({ of }) => `${path} → ${of}`));
    expect(wrong).toEqual([]);
  });

  test('simulators are reached only by the demo, tests and each other', () => {
    const reaching = sources.filter(({ path, imports }) => {
      const itself = path.startsWith('src/commands/demo/') || partOf(path) === 'simulator';
      return !itself && imports.some((one) => ours(one) && partOf(one.of) === 'simulator');
    });
    expect(reaching.map(({ path }) => path)).toEqual([]);
  });
});

describe('one folder only', () => {
  const outside = (...folders: string[]): Source[] =>
    sources.filter(({ path }) => !folders.some((folder) => path.startsWith(folder)));
  const importers = (packages: string[], ...folders: string[]): string[] =>
    outside(...folders).flatMap(({ path, imports }) =>
      imports
        .filter(({ of }) => packages.some((name) => of === name || of.startsWith(`${name}/`)))
        .map(({ of }) => `${path} → ${of}`),
    );

  test('ledger/ knows SQL', () => {
    expect(importers(['node:sqlite', 'pg', 'kysely'], 'src/ledger/')).toEqual([]);
    const sql =
      /\b(SELECT\b.+\bFROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|PRAGMA)\b/;
    expect(places(outside('src/ledger/'), sql)).toEqual([]);
    expect(places(sources, sql).length).toBeGreaterThan(20);
  });

  test('queue/ imports a queue', () => {
    expect(importers(['bullmq', 'ioredis', 'tinyqueue'], 'src/queue/')).toEqual([]);
  });

  test('outbound/ calls out (a command calls its own bus)', () => {
    const clients = [
      'axios',
      'undici',
      'node:http2',
      'node:https',
      'node:net',
      'node:tls',
      'node:dns',
      'node:dgram',
    ];
    expect(importers(clients, 'src/outbound/')).toEqual([]);
    expect(importers(['standardwebhooks'], 'src/outbound/', 'src/flow/endpoints.ts')).toEqual([]);
    expect(
      places(
        outside('src/outbound/', 'src/commands/'),
        /(?<![.\w])fetch\((?!\w+: )|\bhttps?\.(request|get)\(|\bnew WebSocket\b/,
      ),
    ).toEqual([]);
  });

  test('wire/ parses (and config/ reads YAML)', () => {
    expect(importers(['xml2js'], 'src/wire/')).toEqual([]);
    expect(importers(['yaml'], 'src/config/')).toEqual([]);
    expect(
      places(outside('src/wire/', 'src/commands/'), /\.(json|formData)\(\)/).filter(
        (place) => !isSimulator(place),
      ),
    ).toEqual([]);
  });

  /** Our own words, stored or written by us before: nothing that these files parse comes from outside. */
  const OWN_TEXT = [
    'src/desk/thread.ts',
    ...['src/flow/notify.ts', 'src/flow/plans.ts', 'src/http/events.ts', 'src/http/openapi/document.ts'],
    ...['src/ledger/', 'src/privacy/keys.ts'],
  ];

  test('JSON.parse is used by wire/, on what we sealed or stored ourselves, and by commands on files of whoever runs them', () => {
    const found = places(
      outside('src/wire/', 'src/commands/', ...OWN_TEXT),
      /\bJSON\.parse\((?!.*\bunseal\()/,
    );
    expect(found.filter((place) => !isSimulator(place))).toEqual([]);
  });

  test('config/env.ts reads the environment; cli.ts hands it on as a whole', () => {
    const reading = /\bprocess\.env\b|[{,]\s*env\s*\}\s*=\s*process\b|from 'node:process'/;
    expect(places(outside('src/config/env.ts'), reading)).toEqual([]);
    expect(places(outside('src/config/env.ts', 'src/cli.ts'), /\benvironment\(\)/)).toEqual([]);
  });
});

const isSimulator = (place: string): boolean =>
  /^adapters\/[^/]+\/simulator|^src\/adapter-kit\/simulat/.test(place);

describe('time, chance, ids and turns are handed in', () => {
  const others = sources.filter(({ path }) => path !== 'src/clock.ts');
  test.each([
    [
      'the time',
      /\bDate\.now\b|\bnew Date(\(\)|(?!\())|(?<!new )(?<![.\w])Date\(\)|\bperformance\.|\bprocess\.(hrtime|uptime)\b|\bTemporal\.Now\b/,
    ],
    ['timers', /\bset(Timeout|Interval)\b|\bclear(Timeout|Interval)\b|\bAbortSignal\.timeout\b|'node:timers/],
    ['turns', /\bsetImmediate\b|\bnextTick\b|\bqueueMicrotask\b/],
    ['chance', /\bMath\.random\b|\brandomBytes\b|\brandomInt\b|\brandomFill|\bgetRandomValues\b/],
    ['ids', /\brandomUUID\b|from 'uuid'|\bnanoid\b/],
  ])('%s', (_, pattern) => {
    expect(places(others, pattern)).toEqual([]);
  });

  test('real time is taken by main, open, cli and commands alone', () => {
    const takers = others.filter(({ code }) => /\bsystemClock\b/.test(code)).map(({ path }) => path);
    expect(takers.filter((path) => !/^src\/(main\.ts|open\.ts|cli\.ts|commands\/)/.test(path))).toEqual([]);
  });
});

describe('size', () => {
  test('each file opens with one sentence of purpose', () => {
    const mute = sources
      .filter(({ text }) => !/^(#!.*\n)?\/\*\*\s+(\*\s+)?\S.{15}/.test(text))
      .map(({ path }) => path);
    expect(mute).toEqual([]);
  });

  test('no file has more than 300 lines', () => {
    const long = sources
      .map(({ path, text }) => [path, text.trimEnd().split('\n').length] as const)
      .filter(([, lines]) => lines > 300);
    expect(long).toEqual([]);
  });

  test('no function has more than 70 lines', () => {
    const args = ['--config', 'tests/house/size.oxlintrc.json', '--format', 'unix', 'src', 'adapters'];
    const { stdout, status } = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), args, {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stdout.split('\n').filter((line) => line.includes('max-lines'))).toEqual([]);
    expect(status).toBe(0);
  });

  test('no file is marked as unfinished', () => {
    const marks = sources.filter(({ text }) => /\b(TODO|FIXME|HACK)\b/.test(text)).map(({ path }) => path);
    expect(marks).toEqual([]);
  });
});

describe('a new adapter needs one folder and one line', () => {
  const folders = globSync('adapters/*/', { cwd: ROOT })
    .map((path) => basename(path))
    .toSorted();
  const index = read('adapters/index.ts');

  test('every folder is in the list, and the list holds nothing else', () => {
    const lines = index.matchAll(/'\.\/([^/]+)\/(?:adapter\.ts)?'/g);
    const listed = [...lines].map(([, folder]) => folder).toSorted();
    expect(listed).toEqual(folders);
    expect(adapters).toHaveLength(folders.length);
    expect(new Set(adapters.map(({ name, version }) => `${name}@${version.split('.')[0]}`)).size).toBe(
      folders.length,
    );
  });

  test.each(folders)('%s is complete in itself', (folder) => {
    const isYaml = existsSync(join(ROOT, 'adapters', folder, 'connector.yaml'));
    const own = isYaml ? ['connector.yaml'] : ['adapter.ts', 'schemas', 'examples'];
    for (const part of [...own, 'simulator.ts', 'guide.md']) {
      expect([part, existsSync(join(ROOT, 'adapters', folder, part))]).toEqual([part, true]);
    }
    const others = sources
      .filter(({ path }) => path.startsWith(`adapters/${folder}/`))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ of }) => of.startsWith('adapters/') && !of.startsWith(`adapters/${folder}/`))
          .map(({ of }) => `${path} → ${of}`),
      );
    expect(others).toEqual([]);
  });

  test("nothing but the list, the demo and tests names an adapter's folder", () => {
    const naming = sources.filter(
      ({ path, imports }) =>
        path.startsWith('src/') &&
        !path.startsWith('src/commands/demo/') &&
        imports.some(({ of }) => of.startsWith('adapters/') && of !== 'adapters/index.ts'),
    );
    expect(naming.map(({ path }) => path)).toEqual([]);
  });
});
