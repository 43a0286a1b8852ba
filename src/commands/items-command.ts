/** `jembatan items`: what people must decide, oldest first. */
import type { Command } from 'commander';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import type { Client } from './client.ts';
import { printJson, printTable, shortTime, type Shell } from './shell.ts';

interface Item {
  id: string;
  applicationId: string;
  number: string;
  platform: string;
  step: string;
  kind: string;
  code: string;
  openedAt: string;
  correctedBy?: { service: string };
}

const PAGE = 500;
/** Who has more open items than this looks at them by --json and the API. */
const MOST_PAGES = 20;

export function itemsCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'items')
    .description('open items for people, oldest first (scope operate)')
    .option('--json', 'print JSON', false)
    .action(async ({ json, ...options }: BusOptions & { json: boolean }) => {
      const items = await openItems(clientOf(shell, options));
      if (json) return printJson(shell, { items });
      printTable(
        shell,
        ['number', 'step', 'kind', 'code', 'since', 'platform', 'application'],
        items.map(({ number, step, kind, code, openedAt, platform, applicationId, correctedBy }) => {
          const why = correctedBy ? `${code} (see ${correctedBy.service})` : code;
          return [number, step, kind, why, shortTime(openedAt), platform, applicationId];
        }),
      );
    });
}

async function openItems(client: Client): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor !== null && { cursor }) });
    const { items, nextCursor }: { items: Item[]; nextCursor: string | null } = await client.get(
      `/v1/items?${query.toString()}`,
    );
    all.push(...items);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return all;
}
