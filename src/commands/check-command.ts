/** `jembatan check`: the whole configuration, every mistake at once with its place. */
import type { Command } from 'commander';
import type { Adapter } from '../adapter-kit/contract.ts';
import { readEnv, type Env } from '../config/env.ts';
import { ConfigError, printFinding, sortFindings, type Finding } from '../config/finding.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { openCarried } from './carried.ts';
import { CommandFailed, countOf, printJson, type Shell } from './shell.ts';

interface Checked {
  catalogue?: Catalogue;
  findings: Finding[];
  /** What the bus can start with, and somebody should know. */
  warnings: Finding[];
  /** The configuration holds; what was found is about its secrets. */
  isOfSecrets?: boolean;
}

interface Options {
  config?: string;
  secrets: boolean;
  strict: boolean;
  json: boolean;
}

export function checkCommand(parent: Command, shell: Shell): void {
  parent
    .command('check')
    .description('check the configuration: every mistake at once, with file, line and pointer')
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--secrets', "also look whether every agency's secrets are in place", false)
    .option('--strict', 'warnings are mistakes', false)
    .option('--json', 'print JSON', false)
    .action(async ({ config, secrets, strict, json }: Options) => {
      const env = readEnv({ ...shell.env, ...(config !== undefined && { JEMBATAN_CONFIG: config }) });
      const found = await checked(env, shell, secrets);
      const { catalogue, warnings } = found;
      const findings = strict ? sortFindings([...found.findings, ...warnings]) : found.findings;
      const ok = findings.length === 0;
      if (json) {
        const listed = { findings, warnings: strict ? [] : warnings };
        printJson(shell, { ok, counts: catalogue ? counts(catalogue) : null, ...listed });
      } else for (const finding of findings) shell.out(printFinding(finding));
      if (!ok) throw new CommandFailed(json ? '' : failure(found, findings.length, env, secrets));
      if (!json) shell.out(wellLine(catalogue!, warnings.length));
    });
}

function failure({ isOfSecrets }: Checked, count: number, { configDir }: Env, secrets: boolean): string {
  if (isOfSecrets) return `secrets: ${count} not in place; ${configDir} has no mistakes`;
  const later = secrets ? '; secrets are looked at when it has none' : '';
  return `config: ${countOf(count, 'mistake')} in ${configDir}${later}`;
}

// Checkers and the bus's parts are loaded when they are called: they take longer to load than most commands to run.

async function checked(env: Env, shell: Shell, secrets: boolean): Promise<Checked> {
  const { adapters, findings, close } = await openCarried(env, shell.clock);
  try {
    const { checkConfig } = await import('../config/check.ts');
    const found = await checkConfig(env.configDir, adapters, { now: shell.clock.now() });
    const { warnings } = found;
    if (findings.length > 0) return { findings: [...findings, ...found.findings], warnings };
    return secrets && found.catalogue ? { ...(await withSecrets(env, shell, adapters)), warnings } : found;
  } finally {
    await close();
  }
}

async function withSecrets(env: Env, shell: Shell, adapters: Adapter[]): Promise<Omit<Checked, 'warnings'>> {
  const { openCatalogue } = await import('../main.ts');
  try {
    return { catalogue: (await openCatalogue(env, shell.env, adapters)).catalogue, findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { findings: error.findings, isOfSecrets: true };
  }
}

function counts({ agencies, services, routes, platforms, sites }: Catalogue): Record<string, number> {
  return {
    agencies: agencies.length,
    services: services.size,
    routes: routes.size,
    platforms: platforms.length,
    sites: sites.length,
  };
}

function wellLine(catalogue: Catalogue, warnings: number): string {
  const all = Object.entries(counts(catalogue)).map(([many, count]) => {
    return countOf(count, many === 'agencies' ? 'agency' : many.slice(0, -1), many);
  });
  const named = warnings === 0 ? '' : `, ${countOf(warnings, 'warning')} (named by check --strict)`;
  return `config: ${all.join(', ')}: no mistakes${named}`;
}
