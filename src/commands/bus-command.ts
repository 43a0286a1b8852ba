/** What every command over the API has in common: where the bus is, the key, the reason, and names of applications. */
import type { Command } from 'commander';
import { readClientEnv } from '../config/env.ts';
import { makeClient, type Client } from './client.ts';
import { UsageError, type Shell } from './shell.ts';

export interface BusOptions {
  url?: string;
  key?: string;
}

/** Adds a command that talks to a running bus. */
export function busCommand(parent: Command, nameAndArguments: string): Command {
  return parent
    .command(nameAndArguments)
    .option('--url <url>', 'where the bus is (default: JEMBATAN_URL, else http://127.0.0.1:8080)')
    .option(
      '--key <key>',
      'API key (default: JEMBATAN_KEY, where other users of this machine do not see it)',
    );
}

export function clientOf(shell: Shell, { url, key }: BusOptions): Client {
  const given = {
    ...(url !== undefined && { JEMBATAN_URL: url }),
    ...(key !== undefined && { JEMBATAN_KEY: key }),
  };
  const env = readClientEnv({ ...shell.env, ...given });
  if (env.key === undefined) {
    throw new UsageError('No API key: set JEMBATAN_KEY or give --key (jembatan key create makes one)');
  }
  return makeClient(env.url, env.key, shell.clock, shell.err);
}

export const REASON = ['--reason <text>', 'why, in 3 to 500 characters: it is kept with the act'] as const;

/** An application's address in the API, by id or number. */
export function addressOf(idOrNumber: string): string {
  return `/v1/applications/${encodeURIComponent(idOrNumber)}`;
}

export interface StepActOptions extends BusOptions {
  reason: string;
}

/** Asks for an act on one step. */
export async function actOnStep(
  shell: Shell,
  options: StepActOptions,
  [application, step, act]: [application: string, step: string, act: string],
  body: Record<string, unknown>,
): Promise<void> {
  const path = `${addressOf(application)}/steps/${encodeURIComponent(step)}/${act}`;
  await clientOf(shell, options).post(path, { ...body, reason: options.reason });
}
