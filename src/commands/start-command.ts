/** `jembatan start`: runs the bus until it is told to stop. */
import type { Command } from 'commander';
import type { Clock } from '../clock.ts';
import { readEnv } from '../config/env.ts';
import { openCarried, withoutMistakes } from './carried.ts';
import { CommandFailed, type Shell } from './shell.ts';

export function startCommand(parent: Command, shell: Shell): void {
  parent
    .command('start')
    .description(
      'run the bus until SIGTERM or Ctrl-C; a second one ends it at once. SIGHUP reads its configuration anew',
    )
    .addHelpText(
      'after',
      `
Settings: JEMBATAN_PORT (8080), JEMBATAN_HOST (127.0.0.1), JEMBATAN_DATA (./data), JEMBATAN_CONFIG (./config),
JEMBATAN_LOG (info), JEMBATAN_URL (the public base URL).
One process (the default): JEMBATAN_LEDGER=sqlite:PATH, JEMBATAN_QUEUE=memory.
Several: JEMBATAN_LEDGER=postgres://…, JEMBATAN_QUEUE=redis://…, JEMBATAN_ROLE=api|worker|all, JEMBATAN_LANES
(which agencies a worker answers), JEMBATAN_DRAIN and JEMBATAN_GRACE (how it stops). See docs/deploy.md.`,
    )
    .action(async () => {
      // Loaded when it is called: the bus's parts take longer to load than most commands take to run.
      const { openCatalogue, start } = await import('../main.ts');
      const env = readEnv(shell.env);
      const { adapters, examples, findings, close } = await openCarried(env, shell.clock);
      const opened = await withoutMistakes(findings, openCatalogue(env, shell.env, adapters));
      const running = await start({ env, adapters, examples, source: shell.env, ...opened });
      shell.out(
        `jembatan listens on http://${env.host.includes(':') ? `[${env.host}]` : env.host}:${running.port}`,
      );
      process.on('SIGHUP', () => {
        const by = { by: 'signal', reason: 'SIGHUP' };
        // What was wrong with the files stands in the log already.
        running.bus.configuration
          ?.reloadHere(by)
          .catch((error: unknown) => running.log.error('config.failed', { error }));
      });
      const told = toldToStop(process, shell.clock, () => process.exit(1));
      const why = await Promise.race([told.then(() => 'told'), running.lost.then(() => 'lost')]);
      await running.stop();
      await close();
      if (why === 'lost') throw new CommandFailed('Another worker process answers the lanes now');
      // A server that says nothing any more keeps its connections open: nobody waits for it.
      process.exit(0);
    });
}

/** npm hands on the Ctrl-C that the terminal gave us already: so soon after, it is the same one. */
const SAME_SIGNAL_MS = 500;

interface Signals {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/** Resolves at the first signal; a second one calls `endAtOnce`. */
export function toldToStop(
  signals: Signals,
  clock: Pick<Clock, 'now'>,
  endAtOnce: () => void,
): Promise<void> {
  return new Promise((resolve) => {
    let told: number | null = null;
    const listener = (): void => {
      if (told !== null && clock.now() - told > SAME_SIGNAL_MS) endAtOnce();
      told ??= clock.now();
      resolve();
    };
    signals.on('SIGTERM', listener);
    signals.on('SIGINT', listener);
  });
}
