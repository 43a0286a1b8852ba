/** Files of backups: written under another name, and put in their place whole or not at all. */
import { link, open } from 'node:fs/promises';
import { LedgerRefused } from '../refused.ts';

/** What is told about long work: `done` of `total`, in the unit that it names; a `total` of 0 is not known. */
export type Tell = (progress: { doing: string; done: number; total: number }) => void;

/** On the disk under its own name, over nothing that stands there; returns its size. */
export async function placed(part: string, file: string): Promise<number> {
  const written = await open(part, 'r+');
  try {
    await written.sync();
    await link(part, file);
    return (await written.stat()).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LedgerRefused(`${file} is there already: it is left as it is`);
  } finally {
    await written.close();
  }
}
