/** The list of the shipped adapters, each with its page. */
import type { Adapter } from '../../adapter-kit/contract.ts';
import { MADE, page, table } from './docs-text.ts';

export function indexOf(adapters: readonly Adapter[]): string {
  const rows = adapters
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, version, title, operations }) => [
      `[${title.en}](${name}.md)`,
      title.id,
      `\`${name}\` ${version}`,
      Object.keys(operations)
        .map((operation) => `\`${operation}\``)
        .join(', '),
    ]);
  return page([
    '# Adapters',
    MADE,
    'What comes with the bus, from each adapter’s own metadata. How to write one: [Write a connector](../write-a-connector.md).',
    table(['agency', '', 'adapter', 'operations'], rows),
  ]);
}
