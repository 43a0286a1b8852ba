/** A small disk of its own (tmpfs), to be filled to its last byte and emptied again. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, rmdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let answer: string | null | undefined;

/** Why no disk can be made here, or null. */
export function noDisk(): string | null {
  if (answer !== undefined) return answer;
  const folder = mkdtempSync(join(tmpdir(), 'jembatan-disk-'));
  try {
    mountDisk(folder, 1);
    unmountDisk(folder);
    answer = null;
  } catch {
    answer = 'mounting a small tmpfs needs root and CAP_SYS_ADMIN';
  }
  rmSync(folder, { recursive: true, force: true });
  return answer;
}

/** Mounts an empty disk of so many MB on a folder. */
export function mountDisk(folder: string, megabytes: number): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder], {
    stdio: 'pipe',
  });
}

export function unmountDisk(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
  rmdirSync(folder);
}

/** Takes all the room that is left; what is freed meanwhile is taken too. */
export async function fill(folder: string): Promise<{ free(): Promise<void> }> {
  const path = join(folder, 'filler');
  const file = await open(path, 'w');
  let filling = true;
  const eat = async (bytes: number): Promise<void> => {
    for (;;) await file.write(Buffer.alloc(bytes));
  };
  const eatAll = async (): Promise<void> => {
    for (const bytes of [65_536, 4096, 1]) await eat(bytes).catch(() => undefined);
  };
  await eatAll();
  const again = setInterval(() => void (filling && eatAll()), 200);
  return {
    async free() {
      filling = false;
      clearInterval(again);
      await file.close();
      await rm(path);
    },
  };
}
