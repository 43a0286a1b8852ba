/** `jembatan show`: one application's whole way, from its acceptance to where it is now. */
import type { Command } from 'commander';
import { addressOf, busCommand, clientOf, type BusOptions } from './bus-command.ts';
import type { Client } from './client.ts';
import { printJson, type Shell } from './shell.ts';
import { timeline, type ShownApplication, type ShownEvent } from './timeline.ts';

export function showCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'show <application>')
    .description("one application's whole way, by id or number: events, attempts, who has it now")
    .option('--json', 'print JSON: the application, with its events', false)
    .action(async (name: string, { json, ...options }: BusOptions & { json: boolean }) => {
      const client = clientOf(shell, options);
      const application = await client.get<ShownApplication>(addressOf(name));
      const events = await allEvents(client, application.id);
      if (json) return printJson(shell, { ...application, events });
      for (const line of timeline(application, events)) shell.out(line);
    });
}

async function allEvents(client: Client, id: string): Promise<ShownEvent[]> {
  const all: ShownEvent[] = [];
  for (;;) {
    const after = all.at(-1)?.seq ?? 0;
    const { events } = await client.get<{ events: ShownEvent[] }>(`${addressOf(id)}/events?after=${after}`);
    if (events.length === 0) return all;
    all.push(...events);
  }
}
