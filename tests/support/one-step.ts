/** Worlds of one step at one test agency, and what that agency has seen. */
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { agencyEntry, smallCatalogue, type AgencyFields, type StepFields } from './catalogues.ts';
import type { Asked } from './test-agency.ts';
import type { World } from './world.ts';

/** Step `a` is `desk.<operation>`. */
export function oneStep(
  operation: string,
  agency: AgencyFields = {},
  step: Partial<StepFields> = {},
): { catalogue: Catalogue } {
  return {
    catalogue: smallCatalogue({ a: { ...step, call: `desk.${operation}` } }, [agencyEntry('desk', agency)]),
  };
}

export const asked = (world: World): Asked[] => world.agencies['desk']!.asked;

/** `send`, `inquiry` and `undo` in the order in which they came. */
export const kinds = (world: World): string[] => asked(world).map(({ kind }) => kind);

/** How often each intent was done. */
export const effects = (world: World): number[] => [...world.agencies['desk']!.effects.values()];
