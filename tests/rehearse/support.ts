/** What tests of rehearsals share: the shipped mall, its stand-ins, and the examples. */
import { readFileSync } from 'node:fs';
import { adapters } from '../../adapters/index.ts';
import type { SimulatorModule } from '../../src/adapter-kit/simulator.ts';
import { checkConfig } from '../../src/config/check.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { rehearse, type Rehearsal, type Rehearsed } from '../../src/rehearse/rehearse.ts';
import type { StageOptions } from '../../src/rehearse/stage.ts';

export const ROOT = new URL('../../', import.meta.url).pathname;
export const DAY = 86_400_000;

let shipped: Promise<Catalogue> | undefined;

export function shippedMall(): Promise<Catalogue> {
  return (shipped ??= checkConfig(`${ROOT}config`, adapters).then(({ catalogue, findings }) => {
    if (!catalogue) throw new Error(`The shipped configuration has findings: ${JSON.stringify(findings)}`);
    return catalogue;
  }));
}

export function example(name: string): JsonObject {
  return JSON.parse(readFileSync(`${ROOT}examples/${name}.json`, 'utf8')) as JsonObject;
}

export const simulatorOf: StageOptions['simulatorOf'] = async ({ adapter }) =>
  (await import(`../../adapters/${adapter}/simulator.ts`)) as SimulatorModule;

export async function stageOptions(more: Partial<StageOptions> = {}): Promise<StageOptions> {
  return {
    catalogue: await shippedMall(),
    adapters,
    simulatorOf,
    turn: (fn) => void setImmediate(fn),
    ...more,
  };
}

/** The certificate of the counter's example, played for a month at the most. */
export async function play(
  rehearsal: Partial<Rehearsal> = {},
  more: Partial<StageOptions> = {},
): Promise<Rehearsed> {
  const usual = { application: example('07-skck-loket'), forMs: 30 * DAY };
  return rehearse({ ...(await stageOptions(more)), ...usual, ...rehearsal });
}

export const states = ({ seen }: Rehearsed): Record<string, string> =>
  Object.fromEntries(
    seen.flatMap(({ prefix, steps }) => steps.map(({ name, state }) => [prefix + name, state])),
  );
