/** `jembatan prune`: drops the attempts and events of applications that ended long ago. */
import type { Command } from 'commander';
import { isDate } from '../schema/formats.ts';
import { countOf, UsageError, type Shell } from './shell.ts';
import { withLedger } from './store.ts';

const DAY_MS = 24 * 3_600_000;
/** News, complaints and callbacks come late: nothing younger is dropped, whoever asks for it. */
const YOUNGEST_DAYS = 90;

interface Options {
  before: string;
  dryRun: boolean;
}

export function pruneCommand(parent: Command, shell: Shell): void {
  parent
    .command('prune')
    .description(
      'drop the attempts and events of applications that ended before a day; beside a running bus too',
    )
    .requiredOption(
      '--before <date>',
      `a day at least ${YOUNGEST_DAYS} days back, such as 2026-01-31 (in UTC)`,
    )
    .option('--dry-run', 'only say how much it would drop', false)
    .action((options: Options) => prune(shell, options));
}

async function prune(shell: Shell, { before, dryRun }: Options): Promise<void> {
  if (!isDate(before)) throw new UsageError('--before is a day such as 2026-01-31');
  const at = Date.parse(`${before}T00:00:00.000Z`);
  if (at > shell.clock.now() - YOUNGEST_DAYS * DAY_MS)
    throw new UsageError(`--before ${before} is less than ${YOUNGEST_DAYS} days ago: that is kept`);
  const { applications, attempts, events } = await withLedger(shell, (ledger) => ledger.prune(at, dryRun));
  const all = [countOf(attempts, 'attempt'), countOf(events, 'event'), countOf(applications, 'application')];
  shell.out(
    `${dryRun ? 'would drop' : 'dropped'} ${all[0]} and ${all[1]} of ${all[2]} that ended before ${before}`,
  );
}
