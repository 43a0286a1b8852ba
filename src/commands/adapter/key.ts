/** `jembatan adapter key`: a publisher's pair of keys. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError, type Shell } from '../shell.ts';

export function keyCommand(parent: Command, shell: Shell): void {
  parent
    .command('key <file>')
    .description("make a publisher's keys: the private one in FILE, the public one in FILE.pub and printed")
    .addHelpText(
      'after',
      `
Keep FILE where nobody else reads it: whoever has it publishes in your name. Give the public key to everybody who is
to take your connectors, by a way that they trust (a letter, a page of your own): jembatan adapter trust add.`,
    )
    .action(async (file: string) => {
      const { newPublisherKey } = await import('../../connectors/package/keys.ts');
      const { privateKey, publicKey } = newPublisherKey();
      writeNew(file, privateKey);
      writeNew(`${file}.pub`, `${publicKey}\n`);
      shell.out(publicKey);
      shell.err(`${file} is private: keep it`);
    });
}

/** A key that is there is never written over: whatever it signed could not be followed up. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: file.endsWith('.pub') ? 0o644 : 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UsageError(`${file} is there already: name another file`);
  }
}
