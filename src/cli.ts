#!/usr/bin/env node
/** `jembatan <command>`: each command is a file in commands/. */
import { systemClock } from './clock.ts';
import { run } from './commands/program.ts';
import { harmless } from './commands/shell.ts';
import { environment } from './config/env.ts';

const writer =
  (stream: NodeJS.WriteStream) =>
  (line: string): void =>
    void stream.write(`${harmless(line)}\n`);

// `jembatan list | head`: whoever read us has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const shell = {
  env: environment(),
  clock: systemClock,
  out: writer(process.stdout),
  err: writer(process.stderr),
};
process.exitCode = await run(process.argv.slice(2), shell);
