/** Whom `adapter try` speaks to: a connector's own stand-in, or a configured agency with its secrets. */
import type { Adapter } from '../../adapter-kit/contract.ts';
import { checkConfig } from '../../config/check.ts';
import { readEnv } from '../../config/env.ts';
import { ConfigError, suggest } from '../../config/finding.ts';
import { resolveAgency } from '../../config/secrets.ts';
import { adapterOf } from '../../config/world.ts';
import { loadConnector } from '../../connectors/load.ts';
import { makeMask, type Mask } from '../../privacy/mask.ts';
import { openCarried } from '../carried.ts';
import { UsageError, type Shell } from '../shell.ts';
import { setUp } from './bench.ts';
import { talkTo, type Talk } from './converse.ts';
import { openStandIn } from './stand-in.ts';
import { objectIn } from './try-input.ts';
import type { TryOptions } from './try.ts';

export interface Partner {
  name: string;
  adapter: Adapter;
  talk: Talk;
  mask: Mask;
  close(): Promise<void>;
}

export function openPartner(shell: Shell, operation: string, options: TryOptions): Promise<Partner> {
  return options.path === undefined
    ? openAgency(shell, operation, options.agency!, options)
    : openOwn(shell, operation, options.path, options);
}

/** Throws UsageError with the nearest name, or what the operation has not. */
function checkOperation({ name, operations }: Adapter, operation: string, { kind }: TryOptions): void {
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (!found) {
    throw new UsageError(
      `${name} has no operation ${operation}. ${suggest(operation, Object.keys(operations))}.`,
    );
  }
  if (kind !== 'send' && !found[kind]) throw new UsageError(`${name}.${operation} has no ${kind}.`);
}

async function openOwn(shell: Shell, operation: string, path: string, options: TryOptions): Promise<Partner> {
  const connector = await loadConnector(path, { clock: shell.clock, as: 'own' });
  const { adapter, examples } = connector;
  const standIn = await openStandIn(shell.clock);
  const close = async (): Promise<void> => {
    standIn.close();
    await connector.close();
  };
  try {
    checkOperation(adapter, operation, options);
    const shown = examples.find(({ example }) => example.operation === operation)?.example.settings;
    const settings =
      options.settings === undefined ? shown : await objectIn(options.settings, adapter.settings);
    const bench = await setUp(connector, standIn, shell, () => undefined, settings);
    const talk: Talk = bench;
    return {
      ...{ name: `${adapter.name} (stand-in)`, adapter, talk, mask: bench.mask },
      close: async () => {
        await bench.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAgency(
  shell: Shell,
  operation: string,
  id: string,
  options: TryOptions,
): Promise<Partner> {
  if (options.settings !== undefined)
    throw new UsageError('--settings goes with --path: an agency has its own');
  const env = readEnv(shell.env);
  const carried = await openCarried(env, shell.clock);
  try {
    const { catalogue, findings } = await checkConfig(env.configDir, carried.adapters);
    if (!catalogue) throw new ConfigError(findings);
    const entry = catalogue.agencies.find((one) => one.id === id);
    const ids = catalogue.agencies.map((one) => one.id);
    if (!entry) throw new UsageError(`The configuration has no agency ${id}. ${suggest(id, ids)}.`);
    const adapter = adapterOf(entry, carried.adapters)!;
    checkOperation(adapter, operation, options);
    warn(adapter, operation, id, options);
    const { agency, secrets } = await resolveAgency(entry, { dataDir: env.dataDir, env: shell.env });
    const mask = makeMask(secrets);
    const talk = talkTo(agency, adapter, mask, shell.clock);
    const close = async (): Promise<void> => {
      await talk.close();
      await carried.close();
    };
    return { name: id, adapter, talk, mask, close };
  } catch (error) {
    await carried.close();
    throw error;
  }
}

/** The bus keeps no record of such a call: nobody would know of what it did. */
function warn({ operations }: Adapter, operation: string, id: string, { kind, yes }: TryOptions): void {
  const { effect, compensation, money } = operations[operation]!;
  const does = kind === 'compensation' ? compensation!.effect : kind === 'inquiry' ? 'read' : effect;
  if (does === 'read' || yes) return;
  const what = money === true ? 'may move money' : 'changes something';
  throw new UsageError(
    `${operation} (${does}) ${what} at ${id}, and no application would know of it: add --yes if that is meant`,
  );
}
