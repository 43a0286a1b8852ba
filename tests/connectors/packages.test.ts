/** Packages: the same bytes every time, refused whole when anything is wrong, and nothing written then. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { ConnectorError } from '../../src/connectors/error.ts';
import { readFolder } from '../../src/connectors/folder.ts';
import { openInstalled } from '../../src/connectors/installed.ts';
import { addOwn, addPackage, type AddParts } from '../../src/connectors/package/add.ts';
import { PACKAGE_BYTES, readArchive, writeArchive } from '../../src/connectors/package/archive.ts';
import {
  isSignedBy,
  newPublisherKey,
  readPrivateKey,
  readPublicKey,
  sign,
} from '../../src/connectors/package/keys.ts';
import { filesOf, writeManifest, type Manifest } from '../../src/connectors/package/manifest.ts';
import { pack } from '../../src/connectors/package/pack.ts';
import { openPackage } from '../../src/connectors/package/verify.ts';
import { compareVersions } from '../../src/connectors/package/versions.ts';
import { CALL, folder, hear, issue, library } from './support.ts';

const OURS = newPublisherKey();
const KEY = readPrivateKey(OURS.privateKey);
const THEIRS = newPublisherKey();
const PUBLISHERS = [{ name: 'dinas', keys: [OURS.publicKey] }];
const FILES = {
  'adapter.ts': library(),
  'guide.md': '# Library',
  'schemas/settings.json': '{}',
  'examples/one.json': '{"title":"one"}',
};

function packed(files: Record<string, string> = FILES, parts: object = {}): Uint8Array {
  return pack(folder(files), {
    name: 'library',
    version: '1.0.0',
    grade: 'A',
    bus: '0.2.0',
    key: KEY,
    ...parts,
  }).bytes;
}

/** A library of another version. */
function version(number: string, more = '', key = KEY): Uint8Array {
  const source = `${library().replace("'1.0.0'", `'${number}'`)}${more}`;
  return packed({ ...FILES, 'adapter.ts': source }, { version: number, key });
}

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'jembatan-packages-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function partsOf(more: Partial<AddParts> = {}): AddParts {
  return {
    ...{ dataDir: temporary(), publishers: PUBLISHERS, shipped: new Set(['banking@1']), bus: '0.2.0' },
    ...{ clock: systemClock, examine: () => Promise.resolve('A') },
    ...more,
  };
}

const all = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();

async function refused(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectorError);
    return (error as ConnectorError).code;
  }
  return 'taken';
}

/** A package as somebody makes it who writes his own tool, signed as it should be. */
function forged(
  change: (manifest: Manifest) => unknown,
  files: Record<string, string> = FILES,
  tail = '',
): Uint8Array {
  const bytes = new Map(
    Object.entries(files).map(([path, text]) => [path, new Uint8Array(Buffer.from(text))]),
  );
  const base: Manifest = {
    ...{ name: 'library', version: '1.0.0', kind: 'code', publisher: OURS.publicKey, bus: '0.2.0' },
    ...{ exam: { grade: 'A' }, files: filesOf(bytes) },
  };
  const made = (change(base) ?? base) as Manifest | Uint8Array;
  const manifest =
    made instanceof Uint8Array ? made : new Uint8Array(Buffer.from(JSON.stringify(made, null, 2)));
  return writeArchive(manifest, sign(manifest, KEY), [
    ...base.files.map(({ path }) => bytes.get(path) ?? new Uint8Array()),
    Buffer.from(tail),
  ]);
}

describe('packing', () => {
  test('the same folder makes the same bytes, in whatever order its files are found', async () => {
    const path = temporary();
    for (const [name, text] of Object.entries(FILES).toReversed()) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    writeFileSync(join(path, '.DS_Store'), 'left out');
    const parts = { name: 'library', version: '1.0.0', grade: 'A', bus: '0.2.0', key: KEY };
    const first = pack(await readFolder(path), parts);
    expect(Buffer.from(first.bytes).equals(pack(await readFolder(path), parts).bytes)).toBe(true);
    expect(Buffer.from(first.bytes).equals(packed())).toBe(true);
    expect(first.fileName).toBe('library-1.0.0.jembatan');
    expect(Buffer.from(first.bytes).includes(Buffer.from('.DS_Store'))).toBe(false);
  });

  test('one letter more makes another digest and another signature', () => {
    const [one, other] = [packed(), packed({ ...FILES, 'guide.md': '# Library!' })];
    const heads = [one, other].map((bytes) => Buffer.from(bytes).toString('latin1').split('\n')[1]);
    expect(heads[0]).not.toBe(heads[1]);
  });

  test.each([
    ['notes.txt'],
    ['data.bin'],
    ['src/deep/more.ts'],
    ['schemas/deep/x.json'],
    ['examples/x.yaml'],
    ['node_modules/x.ts'],
    ['guide.id.md'],
    ['a b.ts'],
    ['schemas/é.json'],
  ])('%s has no place in a package', async (path) => {
    expect(await refused(() => packed({ ...FILES, [path]: '' }))).toBe('package_path');
  });

  test('what comes out is what went in, and whose it is', () => {
    const opened = openPackage(packed(), 'x', { publishers: PUBLISHERS, own: false });
    expect(opened.publisher).toBe('dinas');
    expect([...opened.folder.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual(
      Object.entries(FILES).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    expect(opened.manifest).toMatchObject({
      name: 'library',
      version: '1.0.0',
      kind: 'code',
      exam: { grade: 'A' },
    });
  });
});

describe('a package in which anything is wrong is refused, and nothing is written', () => {
  const flip = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.with(at < 0 ? bytes.length + at : at, bytes.at(at)! ^ 1);
  const file = (path: string) => (manifest: Manifest) =>
    void manifest.files.push({
      path,
      bytes: 0,
      sha256: filesOf(new Map([['x', new Uint8Array()]]))[0]!.sha256,
    });
  const cases: [name: string, bytes: () => Uint8Array, code: string][] = [
    ['nothing', () => new Uint8Array(), 'package_format'],
    ['a picture', () => new Uint8Array(Buffer.from('\x89PNG\r\n')), 'package_format'],
    [
      'another form',
      () =>
        new Uint8Array(
          Buffer.from(packed())
            .toString('latin1')
            .replace('connector 1', 'connector 2')
            .split('')
            .map((c) => c.charCodeAt(0)),
        ),
      'package_format',
    ],
    ['more than any package has', () => new Uint8Array(PACKAGE_BYTES + 1), 'package_size'],
    [
      'a manifest larger than any',
      () => new Uint8Array(Buffer.from(`jembatan connector 1\n999999 -\n`)),
      'package_format',
    ],
    ['a file that was changed', () => flip(packed(), -1), 'package_digest'],
    [
      'a manifest that was changed',
      () =>
        new Uint8Array(Buffer.from(Buffer.from(packed()).toString().replace('"grade": "A"', '"grade": "B"'))),
      'package_signature',
    ],
    [
      'a signature that was changed',
      () => {
        const { manifestBytes, signature, files } = readArchive(packed());
        const other = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
        return writeArchive(manifestBytes, other, files.values());
      },
      'package_signature',
    ],
    [
      'a signature of another key',
      () => {
        const manifest = writeManifest(
          openPackage(packed(), '', { publishers: PUBLISHERS, own: false }).manifest,
        );
        return writeArchive(manifest, sign(manifest, readPrivateKey(THEIRS.privateKey)), []);
      },
      'package_missing',
    ],
    [
      'a publisher nobody trusts',
      () => packed(FILES, { key: readPrivateKey(THEIRS.privateKey) }),
      'package_publisher',
    ],
    ['no signature', () => packed(FILES, { key: undefined }), 'package_unsigned'],
    ['a file that is missing', () => packed().subarray(0, -20), 'package_missing'],
    ['a file that nobody declared', () => forged(() => {}, FILES, 'more'), 'package_undeclared'],
    ['a path upwards', () => forged(file('../../../etc/passwd.ts')), 'package_path'],
    ['a path upwards within', () => forged(file('schemas/../../x.json')), 'package_path'],
    ['an absolute path', () => forged(file('/etc/x.ts')), 'package_path'],
    ['a path of Windows', () => forged(file('schemas\\x.json')), 'package_path'],
    ['a drive', () => forged(file('C:x.ts')), 'package_path'],
    ['a name with a zero in it', () => forged(file('x.ts\u0000.json')), 'package_manifest'],
    ['a dot file', () => forged(file('.env.ts')), 'package_path'],
    ['a program', () => forged(file('run.sh')), 'package_path'],
    ['a file twice', () => forged(file('guide.md')), 'package_duplicate'],
    ['a file twice but for its case', () => forged(file('Adapter.ts')), 'package_duplicate'],
    [
      'a manifest with a field more',
      () => forged((manifest) => ({ ...manifest, scripts: {} })),
      'package_manifest',
    ],
    ['a manifest with a field less', () => forged(({ bus: _, ...manifest }) => manifest), 'package_manifest'],
    [
      'a manifest written another way',
      () => forged((manifest) => new Uint8Array(Buffer.from(JSON.stringify(manifest)))),
      'package_manifest',
    ],
    [
      'a manifest with a field twice',
      () =>
        forged(
          (manifest) =>
            new Uint8Array(
              Buffer.from(JSON.stringify(manifest, null, 2).replace('"name"', '"name": "police",\n  "name"')),
            ),
        ),
      'package_manifest',
    ],
    ['a manifest that is no JSON', () => forged(() => new Uint8Array(Buffer.from('{'))), 'package_manifest'],
    [
      'a name that is a path',
      () => forged((manifest) => ({ ...manifest, name: '../x' })),
      'package_manifest',
    ],
    [
      'a version that is none',
      () => forged((manifest) => ({ ...manifest, version: '1' })),
      'package_manifest',
    ],
    ['the wrong kind', () => forged((manifest) => ({ ...manifest, kind: 'yaml' })), 'package_manifest'],
    ['neither code nor YAML', () => forged(() => {}, { 'guide.md': 'x' }), 'connector_kind'],
    [
      'files of more bytes than any',
      () =>
        forged((manifest) => ({
          ...manifest,
          files: Array.from({ length: 9 }, (_, n) => ({
            path: `a${n}.ts`,
            bytes: 1_048_576,
            sha256: 'a'.repeat(64),
          })),
        })),
      'package_size',
    ],
    ['a bus of the future', () => packed(FILES, { bus: '9.0.0' }), 'package_bus'],
    [
      "a shipped adapter's name",
      () =>
        packed({ ...FILES, 'adapter.ts': library().replace("'library'", "'banking'") }, { name: 'banking' }),
      'package_shipped',
    ],
    ['another name inside', () => packed(FILES, { name: 'museum' }), 'package_name'],
    ['another version inside', () => packed(FILES, { version: '1.2.0' }), 'package_name'],
    [
      'code that loops',
      () => packed({ ...FILES, 'adapter.ts': library({ top: 'for (;;) {}' }) }),
      'sandbox_time',
    ],
    [
      'code that imports Node',
      () => packed({ ...FILES, 'adapter.ts': library({ top: 'import "node:fs"' }) }),
      'connector_import',
    ],
    ['an example that is no JSON', () => packed({ ...FILES, 'examples/one.json': '{' }), 'connector_json'],
  ];

  const WHAT_TO_DO =
    /\b(Get it|ask|must|jembatan adapter|update|do not use|another name|Mend|Use|Import|See|[Kk]eep|Move)\b/;

  test.each(cases)('%s', async (_, bytes, code) => {
    const parts = partsOf();
    const made = bytes();
    let said = '';
    const adding = addPackage(made, 'library.jembatan', parts).catch((error: Error) => {
      said = error.message;
      throw error;
    });
    expect(await refused(() => adding)).toBe(code);
    expect(said).toMatch(WHAT_TO_DO);
    expect(all(parts.dataDir)).toEqual([]);
  });

  test('what fails its exam', async () => {
    const parts = partsOf({ examine: () => Promise.reject(new ConnectorError('package_exam', 'grade F')) });
    expect(await refused(() => addPackage(packed(), 'library.jembatan', parts))).toBe('package_exam');
    expect(all(parts.dataDir)).toEqual([]);
  });

  test('every cut and every changed bit of the head and the manifest', async () => {
    const whole = packed();
    const trust = { publishers: PUBLISHERS, own: true };
    for (let at = 0; at < whole.length; at += 7) {
      expect(await refused(() => openPackage(whole.subarray(0, at), '', trust)), `cut at ${at}`).not.toBe(
        'taken',
      );
      expect(await refused(() => openPackage(flip(whole, at), '', trust)), `changed at ${at}`).not.toBe(
        'taken',
      );
    }
  });
});

describe('adding', () => {
  test('it is kept as one file and carried from then on, in the interpreter', async () => {
    const parts = partsOf();
    expect(await addPackage(packed(), 'x', parts)).toEqual({
      ...{ id: 'library@1', version: '1.0.0', publisher: 'dinas', grade: 'A', before: null, same: false },
    });
    expect(all(parts.dataDir)).toEqual(['adapters', 'adapters/library@1.jembatan']);
    expect(readFileSync(join(parts.dataDir, 'adapters/library@1.jembatan')).equals(packed())).toBe(true);
    const { carried, broken, close } = await openInstalled(parts);
    onTestFinished(close);
    expect(broken).toEqual([]);
    const [{ adapter, installed }] = carried as [(typeof carried)[number]];
    expect(installed).toMatchObject({ id: 'library@1', publisher: 'dinas' });
    expect(await issue(adapter)).toEqual({
      method: 'POST',
      path: '/cards',
      body: { json: { ref: CALL.key, name: 'Budi' } },
    });
    expect(await hear(adapter, { card: 7 })).toEqual({ is: 'ok', output: { card: '7' } });
  });

  test('the same package again changes nothing', async () => {
    const parts = partsOf();
    await addPackage(packed(), 'x', parts);
    const never = { ...parts, examine: () => Promise.reject(new Error('not asked for')) };
    expect(await addPackage(packed(), 'x', never)).toMatchObject({ same: true });
  });

  test('a newer minor takes the place of the older; older ones and other bytes are refused', async () => {
    const parts = partsOf();
    await addPackage(version('1.1.0'), 'x', parts);
    expect(await refused(() => addPackage(version('1.0.9'), 'x', parts))).toBe('package_downgrade');
    expect(await refused(() => addPackage(version('1.1.0', '\n'), 'x', parts))).toBe('package_same_version');
    expect(await addPackage(version('1.10.0'), 'x', parts)).toMatchObject({ before: '1.1.0' });
    expect(all(parts.dataDir)).toEqual(['adapters', 'adapters/library@1.jembatan']);
    expect(
      (await openInstalled(parts).then(async (open) => (await open.close(), open))).carried[0]!.adapter
        .version,
    ).toBe('1.10.0');
  });

  test('majors live side by side', async () => {
    const parts = partsOf();
    await addPackage(version('2.0.0'), 'x', parts);
    await addPackage(version('1.3.0'), 'x', parts);
    const { carried, close } = await openInstalled(parts);
    await close();
    expect(carried.map(({ adapter }) => adapter.version)).toEqual(['1.3.0', '2.0.0']);
  });

  test("another publisher's key opens no door to a connector that is there; a second key of the same does", async () => {
    const parts = partsOf();
    await addPackage(packed(), 'x', parts);
    const theirs = version('1.1.0', '', readPrivateKey(THEIRS.privateKey));
    const both = [...PUBLISHERS, { name: 'other', keys: [THEIRS.publicKey] }];
    expect(await refused(() => addPackage(theirs, 'x', { ...parts, publishers: both }))).toBe(
      'package_publisher_changed',
    );
    const grown = [{ name: 'dinas', keys: [OURS.publicKey, THEIRS.publicKey] }];
    expect(await addPackage(theirs, 'x', { ...parts, publishers: grown })).toMatchObject({ before: '1.0.0' });
  });

  test("one's own folder is added unsigned, as often as it changes", async () => {
    const path = temporary();
    writeFileSync(join(path, 'adapter.ts'), library());
    const parts = partsOf({ publishers: [] });
    expect(await addOwn(path, parts)).toMatchObject({ publisher: null, same: false, before: null });
    writeFileSync(join(path, 'adapter.ts'), library({ reply: "{ is: 'unknown', code: 'X' }" }));
    expect(await addOwn(path, parts)).toMatchObject({ before: '1.0.0' });
    const { carried, close } = await openInstalled(parts);
    onTestFinished(close);
    expect(carried[0]!.installed.publisher).toBeNull();
    expect(await hear(carried[0]!.adapter, {})).toEqual({ is: 'unknown', code: 'X' });
  });
});

describe('at every start', () => {
  test.each<[name: string, spoil: (file: string) => void, code: string]>([
    [
      'a changed byte',
      (file) => writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, -1), Buffer.from('!')])),
      'package_digest',
    ],
    ['a file cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, 300)), 'package_missing'],
    [
      'a link to it',
      (file) => {
        rmSync(file);
        symlinkSync('/etc/hostname', file);
      },
      'package_format',
    ],
    [
      'another name',
      (file) => {
        writeFileSync(file.replace('@1', '@2'), readFileSync(file));
        rmSync(file);
      },
      'package_file',
    ],
    [
      'a stray file',
      (file) => {
        writeFileSync(`${file}.txt`, '');
        rmSync(file);
      },
      'package_file',
    ],
  ])('%s is found, and named', async (_, spoil, code) => {
    const parts = partsOf();
    await addPackage(packed(), 'x', parts);
    spoil(join(parts.dataDir, 'adapters/library@1.jembatan'));
    const { carried, broken } = await openInstalled(parts);
    expect(carried).toEqual([]);
    expect(
      broken.map(({ file, error }) => [file.startsWith('adapters/library@'), (error as ConnectorError).code]),
    ).toEqual([[true, code]]);
  });

  test('a publisher who is trusted no more is a finding', async () => {
    const parts = partsOf();
    await addPackage(packed(), 'x', parts);
    const { broken } = await openInstalled({ ...parts, publishers: [] });
    expect((broken[0]!.error as ConnectorError).code).toBe('package_publisher');
  });

  test('so is what comes with the bus by now, or needs a newer one', async () => {
    const parts = partsOf();
    await addPackage(packed(), 'x', parts);
    const codes = async (more: Partial<AddParts>): Promise<string[]> =>
      (await openInstalled({ ...parts, ...more })).broken.map(({ error }) => (error as ConnectorError).code);
    expect(await codes({ shipped: new Set(['library@1']) })).toEqual(['package_shipped']);
    expect(await codes({ bus: '0.1.9' })).toEqual(['package_bus']);
  });

  test('a write that did not end is no connector', async () => {
    const parts = partsOf();
    await addPackage(packed(), 'x', parts);
    writeFileSync(join(parts.dataDir, 'adapters/.library@1.new'), 'half');
    const { carried, broken, close } = await openInstalled(parts);
    await close();
    expect([carried.length, broken]).toEqual([1, []]);
    await addPackage(version('1.1.0'), 'x', parts);
    expect(all(join(parts.dataDir, 'adapters'))).toEqual(['library@1.jembatan']);
  });
});

describe('keys', () => {
  test('a public key goes as a line, as PEM, or out of the private one', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    expect(readPublicKey(pem)).toMatch(/^ed25519:[\w-]{43}$/);
    expect(readPublicKey(` ${OURS.publicKey}\n`)).toBe(OURS.publicKey);
    expect(readPublicKey(OURS.privateKey)).toBe(OURS.publicKey);
  });

  test.each([
    ['nothing', ''],
    ['a short line', 'ed25519:abc'],
    [
      'another kind of key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
        type: 'spki',
        format: 'pem',
      }) as string,
    ],
  ])('%s is none', (_, text) => {
    expect(() => readPublicKey(text)).toThrow('no public key');
    expect(() => readPrivateKey(text)).toThrow('no private ed25519 key');
  });

  test('a signature holds for a manifest only, and for this one', () => {
    const manifest = new Uint8Array(Buffer.from('manifest'));
    const signature = sign(manifest, createPrivateKey(OURS.privateKey));
    expect(isSignedBy(OURS.publicKey, manifest, signature)).toBe(true);
    expect(isSignedBy(THEIRS.publicKey, manifest, signature)).toBe(false);
    expect(isSignedBy(OURS.publicKey, manifest.with(0, 1), signature)).toBe(false);
    expect(isSignedBy(`ed25519:${'A'.repeat(43)}`, manifest, signature)).toBe(false);
  });
});

test('versions are compared as numbers', () => {
  const sorted = ['1.10.0', '1.2.10', '1.2.9', '0.9.9', '1.2.9'].toSorted(compareVersions);
  expect(sorted).toEqual(['0.9.9', '1.2.9', '1.2.9', '1.2.10', '1.10.0']);
});
