/** `jembatan start`: runs the bus until it is told to stop. */
import { Command } from 'commander';
import { readEnv } from '../config/env.ts';
import { openCatalogue, start } from '../main.ts';

export function startCommand(): Command {
  return new Command('start')
    .description('run the bus (settings: JEMBATAN_* in the environment)')
    .action(async () => {
      const env = readEnv(process.env);
      const running = await start({ env, ...(await openCatalogue(env, process.env)) });
      process.stdout.write(`jembatan listens on http://${env.host}:${running.port}\n`);
      const stop = (): void => void running.stop().then(() => process.exit(0));
      process.once('SIGTERM', stop);
      process.once('SIGINT', stop);
    });
}
