/** Follows applications until all are final, and says each change as it comes. */
import { sleep } from '../clock.ts';
import { FINAL, type ApplicationState } from '../domain/application.ts';
import { addressOf } from './bus-command.ts';
import type { Client } from './client.ts';
import type { Shell } from './shell.ts';
import type { ShownApplication } from './timeline.ts';

export const FINAL_WELL: ReadonlySet<string> = new Set<ApplicationState>(['completed', 'partiallyCompleted']);

const LOOK_MS = 1_000;

/** Resolves to the final state of each, by id. A person ends it by Ctrl-C. */
export async function follow(
  client: Client,
  sent: { id: string }[],
  shell: Shell,
): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  const final = new Map<string, string>();
  for (;;) {
    for (const { id } of sent) {
      if (final.has(id)) continue;
      const application = await client.get<ShownApplication>(addressOf(id));
      const line = lineOf(application);
      if (told.get(id) !== line) shell.err(line);
      told.set(id, line);
      if (FINAL.has(application.state as ApplicationState)) final.set(id, application.state);
    }
    if (final.size === sent.length) return final;
    await sleep(shell.clock, LOOK_MS);
  }
}

function lineOf({ number, state, stateText, items }: ShownApplication): string {
  const waits = items.map(({ kind, step, code }) => `; for a person: ${kind} at ${step} (${code})`);
  return `${number} ${state}: ${stateText.id} / ${stateText.en}${waits.join('')}`;
}
