/** `jembatan adapter docs`: a page for every shipped adapter, made of its metadata; stale ones are found by --check. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Clock } from '../../clock.ts';
import { CommandFailed, countOf, type Shell } from '../shell.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = 'docs/adapters';

export function docsCommand(parent: Command, shell: Shell): void {
  parent
    .command('docs')
    .description(`write ${PAGES}/: a page for every shipped adapter, from its own metadata`)
    .option('--check', 'write nothing; fail when a page is stale', false)
    .action(async ({ check }: { check: boolean }) => {
      const pages = await pagesOf(shell.clock);
      const stale = await staleOf(pages);
      if (!check) {
        for (const page of stale) await write(page, pages[page]!);
        shell.out(`${countOf(stale.length, 'page')} written, ${Object.keys(pages).length} in all`);
      } else if (stale.length > 0) {
        for (const page of stale) shell.out(`${page} is stale`);
        throw new CommandFailed('Run: npx jembatan adapter docs');
      }
    });
}

/** Path from the root → what the page is to hold. */
export async function pagesOf(clock: Clock): Promise<Record<string, string>> {
  const [{ adapters }, { pageOf }, { indexOf }] = await Promise.all([
    import('../../../adapters/index.ts'),
    import('./docs-page.ts'),
    import('./docs-index.ts'),
  ]);
  const pages: Record<string, string> = {};
  for (const adapter of adapters) {
    const folder = `adapters/${folderOf(adapter)}`;
    const isYaml = existsSync(join(ROOT, folder, 'connector.yaml'));
    const coverage = await coverageOf(join(ROOT, folder), clock);
    pages[`${PAGES}/${adapter.name}.md`] = pageOf(adapter, { folder, isYaml, coverage });
  }
  pages[`${PAGES}/README.md`] = indexOf(adapters);
  return pages;
}

/** `banking`, or `banking-2` for another major that has its own folder. */
function folderOf({ name, version }: { name: string; version: string }): string {
  const own = `${name}-${version.split('.')[0]}`;
  return existsSync(join(ROOT, 'adapters', own)) ? own : name;
}

/** What the exam found of where each field goes. */
async function coverageOf(path: string, clock: Clock) {
  const { loadConnector } = await import('../../connectors/load.ts');
  const { examine } = await import('../../adapter-kit/exam/index.ts');
  const connector = await loadConnector(path, { clock, as: 'own' });
  try {
    const options = { clock, interpreter: null, simulator: false, only: ['coverage'] as const };
    return (await examine(connector, options)).coverage;
  } finally {
    await connector.close();
  }
}

async function staleOf(pages: Record<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [page, text] of Object.entries(pages)) {
    const found = await readFile(join(ROOT, page), 'utf8').catch(() => null);
    if (found !== text) stale.push(page);
  }
  return stale;
}

async function write(page: string, text: string): Promise<void> {
  await mkdir(dirname(join(ROOT, page)), { recursive: true });
  await writeFile(join(ROOT, page), text);
}
