/** What another list of agencies changes: where steps go, and what reaches the applications under way. */
import type { Agency } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import { changesBetween, namedChanges, type Change } from './changes.ts';

export function agencyChanges(before: Agency[], after: Agency[]): Change[] {
  const byId = (all: Agency[]): Map<string, Agency> => new Map(all.map((one) => [one.id, one]));
  return namedChanges(
    byId(before),
    byId(after),
    'agencies',
    {
      added: ({ role, regions, adapter }) => `plays ${role} for ${regions.join(', ')} by ${adapter}`,
      removed: ({ role }) => `played ${role}; it has to stay while applications have open steps there`,
    },
    (id, one, other) =>
      changesBetween(one as unknown as JsonObject, other as unknown as JsonObject, `agencies.${id}`).map(
        (change) => withMeaning(change, one),
      ),
  );
}

function withMeaning(change: Change, { adapter, major }: Agency): Change {
  if (/\.(major|adapter)$/.test(change.at))
    return { ...change, means: `steps that are planned already stay with ${adapter}@${major}` };
  if (change.at.endsWith('.regions'))
    return { ...change, means: 'steps that are planned already stay with their agency' };
  return change;
}
