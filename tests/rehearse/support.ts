/** What tests of rehearsals share: the shipped mall, its stand-ins, and the examples. */
import { readFileSync } from 'node:fs';
import { adapters } from '../../adapters/index.ts';
import type { SimulatorModule } from '../../src/adapter-kit/simulator.ts';
import { checkConfig } from '../../src/config/check.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { MALL, SHIPPED } from '../config/broken.ts';
import { rehearse, type Rehearsal, type Rehearsed } from '../../src/rehearse/rehearse.ts';
import type { StageOptions } from '../../src/rehearse/stage.ts';

export const ROOT = new URL('../../', import.meta.url).pathname;
export const DAY = 86_400_000;

const malls = new Map<string, Promise<Catalogue>>();

function mallIn(folder: string): Promise<Catalogue> {
  const known = malls.get(folder);
  if (known) return known;
  const opened = checkConfig(folder, adapters).then(({ catalogue, findings }) => {
    if (!catalogue) throw new Error(`${folder} has findings: ${JSON.stringify(findings)}`);
    return catalogue;
  });
  malls.set(folder, opened);
  return opened;
}

/** The example mall as it is shipped. */
export const shippedMall = (): Promise<Catalogue> => mallIn(SHIPPED);

/** A mall of three agencies and three services, which does not change with the shipped one. */
export const smallMall = (): Promise<Catalogue> => mallIn(MALL);

export function example(name: string): JsonObject {
  return JSON.parse(readFileSync(`${ROOT}examples/${name}.json`, 'utf8')) as JsonObject;
}

export const simulatorOf: StageOptions['simulatorOf'] = async ({ adapter }) =>
  (await import(`../../adapters/${adapter}/simulator.ts`)) as SimulatorModule;

export async function stageOptions(more: Partial<StageOptions> = {}): Promise<StageOptions> {
  return {
    catalogue: await smallMall(),
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
