/** An earlier release of the bus, unpacked from the project's own history: for processes of two versions side by side. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../journeys/bus-process.ts';

/** 0.2.0: the first that knew PostgreSQL. */
export const EARLIER = '326b8c830c7b45ba6d8d26bb52047599ce2fde95';

/** Why it cannot be had here, or null. */
export function noEarlier(): string | null {
  try {
    execFileSync('git', ['cat-file', '-e', `${EARLIER}^{tree}`], { cwd: ROOT, stdio: 'pipe' });
    return null;
  } catch {
    return 'the earlier release is read from the history of a git checkout, and here is none';
  }
}

/** Its source, with the libraries of this tree: each release bears those of the next. */
export function unpackEarlier(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', EARLIER], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
