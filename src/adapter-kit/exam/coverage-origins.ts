/** Where the rest of a request comes from: settings, the call, or nowhere at all. */
import type { Adapter, JsonObject, JsonValue } from '../contract.ts';
import { reachOf, type Reach } from './coverage-reach.ts';
import { variantsOf } from './mutate.ts';
import type { CoverageRow } from './report.ts';
import { exchangeId, givenBy, type Given, type NamedExample } from './subject.ts';
import { general, leavesOf, withValue } from './values.ts';

/** Examples of one exchange that are looked at: the rest repeat them. */
const MOST_EXAMPLES = 3;
const MOST_VARIANTS = 6;

/** A row for every place of the requests that no field of the input moves. */
export async function originRows(
  adapter: Adapter,
  operation: string,
  examples: NamedExample[],
  inputs: Set<string>,
): Promise<CoverageRow[]> {
  const origins = new Map<string, { how: 'settings' | 'call'; from: Set<string> } | null>();
  const seen = new Map<string, number>();
  for (const { example } of examples) {
    const id = exchangeId(example);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    if (seen.get(id)! > MOST_EXAMPLES) continue;
    const given = givenBy(example);
    const before = await reachOf(adapter, example, given);
    if (before === null) continue;
    for (const place of before.keys()) if (!origins.has(general(place))) origins.set(general(place), null);
    for (const [how, from, others] of otherCalls(given)) {
      for (const call of others) {
        const after = await reachOf(adapter, example, { ...given, call });
        if (after !== null && note(before, after, how, from, origins)) break;
      }
    }
  }
  return [...origins]
    .filter(([place]) => !inputs.has(place))
    .map(([field, origin]) => ({
      operation,
      field,
      how: origin?.how ?? ('invented' as const),
      where: [...(origin?.from ?? [])],
    }));
}

function note(
  before: Reach,
  after: Reach,
  how: 'settings' | 'call',
  from: string,
  origins: Map<string, { how: 'settings' | 'call'; from: Set<string> } | null>,
): boolean {
  let changed = false;
  for (const [place, value] of after) {
    if (before.get(place) === value) continue;
    changed = true;
    const known = origins.get(general(place)) ?? { how, from: new Set<string>() };
    known.from.add(from);
    origins.set(general(place), known);
  }
  return changed;
}

/** The call with one thing changed at a time. */
function otherCalls({ call }: Given): ['settings' | 'call', string, Given['call'][]][] {
  const { settings, tools, ...own } = call;
  const bySetting = [...leavesOf(settings)].map(([at, value]): ['settings', string, Given['call'][]] => [
    'settings',
    at.slice(1),
    variants(settings, at, value).map((other) => ({ ...call, settings: other })),
  ]);
  const plain = own as unknown as JsonObject;
  const byCall = [...leavesOf(plain)].map(([at, value]): ['call', string, Given['call'][]] => [
    'call',
    `call.${at.slice(1).replaceAll('/', '.')}`,
    variants(plain, at, value).map((other) => ({ ...(other as unknown as typeof own), settings, tools })),
  ]);
  return [...bySetting, ...byCall];
}

function variants(whole: JsonObject, at: string, value: JsonValue): JsonObject[] {
  if (at === '') return [];
  return variantsOf(value)
    .slice(0, MOST_VARIANTS)
    .map((other) => withValue(whole, at, other));
}
