/** What lies beside a backup: what it holds and by what it is known again. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { LedgerRefused } from '../refused.ts';

export interface Manifest {
  version: 1;
  body: 'sqlite' | 'postgres';
  /** Of the ledger's schema. */
  schema: number;
  /** RFC 3339. */
  madeAt: string;
  bytes: number;
  sha256: string;
  /** Rows of each table. */
  rows: Record<string, number>;
}

export const manifestPath = (file: string): string => `${file}.json`;

export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  const path = await open(manifestPath(file), 'wx', 0o600);
  try {
    await path.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await path.sync();
  } finally {
    await path.close();
  }
}

/** Reads a backup's manifest and holds the file against it. Throws LedgerRefused when the file is not what was backed up. */
export async function checkedManifest(file: string, tell: (done: number) => void): Promise<Manifest> {
  const manifest = await readManifest(file);
  const { size } = await stat(file);
  const damaged = `${file} is damaged: it is not the file that was backed up. Use another backup`;
  if (size !== manifest.bytes || (await sha256Of(file, tell)) !== manifest.sha256)
    throw new LedgerRefused(damaged);
  return manifest;
}

async function readManifest(file: string): Promise<Manifest> {
  const path = manifestPath(file);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new LedgerRefused(
      `${path} is missing: jembatan backup wrote it beside the backup, keep the two together`,
    );
  });
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.version === 1 && ['sqlite', 'postgres'].includes(manifest.body)) return manifest;
  } catch {
    // Told below.
  }
  throw new LedgerRefused(`${path} is not readable as a manifest of this version`);
}

export async function sha256Of(
  file: string,
  tell: (done: number) => void = () => undefined,
): Promise<string> {
  const digest = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    digest.update(chunk as Buffer);
    tell((done += (chunk as Buffer).length));
  }
  return digest.digest('hex');
}

/** The first table whose rows are not as many as they were. */
export function missingRows(expected: Record<string, number>, found: Record<string, number>): string | null {
  const table = Object.keys(expected).find((name) => expected[name] !== found[name]);
  return table === undefined ? null : `${table}: ${found[table] ?? 0} rows of ${expected[table]}`;
}
