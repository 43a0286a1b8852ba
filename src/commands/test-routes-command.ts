/** `jembatan test`: the tests that stand beside the routes, each in virtual time, and what went otherwise. */
import type { Command } from 'commander';
import { printFinding } from '../config/finding.ts';
import { CommandFailed, countOf, printJson, UsageError, type Shell } from './shell.ts';
import type { Outcome } from './rehearse/route-tests.ts';

interface Options {
  only: string[];
  config?: string;
  json: boolean;
  timeline: boolean;
}

const AFTER_HELP = `
A test file stands beside its route, as config/routes/NAME.test.yaml; schemas/route-test.json says what it may hold.
PATH is such a file, or a folder that has some (default: the configuration).`;

export function testRoutesCommand(parent: Command, shell: Shell): void {
  parent
    .command('test [path]')
    .description("play the tests written beside the routes, against the agencies' stand-ins in virtual time")
    .option('--only <name>', 'only tests with this in their name (several times for several)', also, [])
    .option('--timeline', 'print the timeline of each test that fails', false)
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--json', 'print JSON', false)
    .addHelpText('after', AFTER_HELP)
    .action((path: string | undefined, options: Options) => testRoutes(path, options, shell));
}

const also = (value: string, before: string[]): string[] => [...before, value];

async function testRoutes(path: string | undefined, options: Options, shell: Shell): Promise<void> {
  const { only, json, config } = options;
  const [{ openParts }, { openTests }] = await Promise.all([
    import('./rehearse/parts.ts'),
    import('./rehearse/route-tests.ts'),
  ]);
  const parts = await openParts(shell, config);
  try {
    const tests = await openTests(parts, path ?? parts.env.configDir);
    if (tests.findings.length > 0) {
      if (json) printJson(shell, { ok: false, findings: tests.findings, tests: [] });
      else for (const finding of tests.findings) shell.out(printFinding(finding));
      throw new CommandFailed(json ? '' : `${countOf(tests.findings.length, 'mistake')}: nothing was tested`);
    }
    const chosen = tests.all.filter(
      ({ name }) => only.length === 0 || only.some((one) => name.includes(one)),
    );
    if (chosen.length === 0) throw new UsageError(noneText(only, path ?? parts.env.configDir));
    const outcomes: Outcome[] = [];
    for (const test of chosen) {
      const outcome = await test.run();
      outcomes.push(outcome);
      if (!json) print(outcome, options, shell);
    }
    report(outcomes, json, shell);
  } finally {
    await parts.close();
  }
}

function noneText(only: string[], path: string): string {
  if (only.length === 0) return `There is no test in ${path}: write NAME.test.yaml beside a route`;
  return `No test has ${only.join(' or ')} in its name`;
}

function print(
  { title, differences, note, timeline }: Outcome,
  { timeline: wanted }: Options,
  shell: Shell,
): void {
  shell.out(`${differences.length === 0 ? '✓' : '✗'} ${title} (${note})`);
  for (const { at, expected, found } of differences)
    shell.out(`    ${at}: expected ${expected}, found ${found}`);
  if (wanted && differences.length > 0) for (const line of timeline()) shell.out(line);
}

function report(outcomes: Outcome[], json: boolean, shell: Shell): void {
  const failed = outcomes.filter(({ differences }) => differences.length > 0);
  const ok = failed.length === 0;
  if (json) {
    const tests = outcomes.map(({ file, service, name, state, differences }) => {
      return { file, service, name, ok: differences.length === 0, state, differences };
    });
    printJson(shell, { ok, findings: [], tests });
  }
  const line = `${countOf(outcomes.length, 'test')}: ${ok ? 'all well' : `${failed.length} failed`}`;
  if (!ok) throw new CommandFailed(json ? '' : line);
  if (!json) shell.out(line);
}
