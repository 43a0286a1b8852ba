/** `npm run bench`: measures the bus on this machine, prints the result and keeps it. */
import { compare } from './compare.ts';
import { convert } from './convert.ts';
import { curve } from './curve.ts';
import { HELP, readOptions, type Command, type Options } from './options.ts';
import { overload } from './overload.ts';
import { say } from './report.ts';
import { wipe } from './wipe.ts';

const BENCHES: Record<Command, (options: Options) => Promise<void>> = {
  compare,
  convert,
  curve,
  overload,
  wipe,
};

// Whoever is told to stop ends its processes too: see `process.ts` and the servers' own reaper.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

let options: Options | null;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
  process.exit(2);
}
if (options === null) say(HELP);
else await BENCHES[options.command](options);
