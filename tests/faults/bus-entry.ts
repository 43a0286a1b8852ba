/** What `jembatan start` runs, with the bureau's adapter as the only one: it stops as the shipped command does. */
import { flushCompileCache } from 'node:module';
import { systemClock } from '../../src/clock.ts';
import { toldToStop } from '../../src/commands/start-command.ts';
import { readEnv } from '../../src/config/env.ts';
import { openCatalogue, start } from '../../src/main.ts';
import { bureau } from './bureau.ts';

const adapters = [bureau];
const env = readEnv(process.env);
const opened = await openCatalogue(env, process.env, adapters);
const running = await start({ env, adapters, source: process.env, ...opened });
process.stdout.write(`jembatan listens on http://${env.host}:${running.port}\n`);
// Most starts of this process end by SIGKILL, which leaves no time to write it.
flushCompileCache();
const told = toldToStop(process, systemClock, () => process.exit(1));
await Promise.race([told, running.lost]);
await running.stop();
