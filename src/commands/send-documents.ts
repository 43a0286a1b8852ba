/** Finds the documents that an application lists, by the SHA-256 of the files in a folder. */
import { hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MAX_DOCUMENT_BYTES } from '../domain/documents.ts';

export interface Documents {
  find(applicationFile: string, sha256: string): Promise<Uint8Array | undefined>;
  folderOf(applicationFile: string): string;
}

/** Documents in one folder, or beside each application file. A folder is read once, and only when a document is listed. */
export function documentsIn(folder: string | undefined): Documents {
  const known = new Map<string, Promise<Map<string, string>>>();
  const folderOf = (file: string): string => folder ?? dirname(file);
  return {
    folderOf,
    async find(file, sha256) {
      const place = folderOf(file);
      const digests = known.get(place) ?? digestsOf(place);
      known.set(place, digests);
      const found = (await digests).get(sha256);
      return found === undefined ? undefined : readFile(found);
    },
  };
}

/** SHA-256 → path of every file that can be a document. */
async function digestsOf(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { size, isPlain } = await stat(path).then(
      (one) => ({ size: one.size, isPlain: one.isFile() }),
      () => ({ size: 0, isPlain: false }),
    );
    if (!isPlain || size === 0 || size > MAX_DOCUMENT_BYTES) continue;
    const bytes = await readFile(path).catch(() => null);
    if (bytes) found.set(hash('sha256', bytes, 'hex'), path);
  }
  return found;
}
