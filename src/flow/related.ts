/** Applications that an application names: a correction the one that was wrong, an appeal the one that was refused. */
import type { JsonObject } from '../domain/outcome.ts';
import type { Problem } from '../schema/problems.ts';
import type { Flow } from './flow.ts';
import type { IndexEntry } from './ports/ledger.ts';
import { searchIndex } from './search-index.ts';

/** Ids of the applications that a body names, each once. */
export function relatedIds({ relatedApplicationIds: ids = [] }: JsonObject): string[] {
  return [...new Set(ids as string[])];
}

/** One that another platform has is answered as one that nobody has. */
export async function relatedProblems(flow: Flow, platform: string, body: JsonObject): Promise<Problem[]> {
  const missing = new Set<string>();
  for (const id of relatedIds(body)) {
    const stored = await flow.ledger.read(id);
    if (stored?.application.platform !== platform) missing.add(id);
  }
  const ids = (body['relatedApplicationIds'] ?? []) as string[];
  const detail = 'You have no application of this id';
  return ids.flatMap((id, place) =>
    missing.has(id)
      ? [{ pointer: `/relatedApplicationIds/${place}`, code: 'reference_unknown', detail }]
      : [],
  );
}

/** By what those that name an application are found from its side. */
export function relatedIndex(flow: Flow, platform: string, body: JsonObject): IndexEntry[] {
  return relatedIds(body).map((id) => ({
    kind: 'related',
    value: searchIndex(flow, platform, 'related', id),
  }));
}
