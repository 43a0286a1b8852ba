/** By what an application is found: blind indexes of its people's numbers and of its platform's own reference. */
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import type { Flow } from './flow.ts';
import type { IndexEntry } from './ports/ledger.ts';

/** NIK and phone are found by blind index only, as the platform's reference is by its lock. */
export function indexOf(flow: Flow, platform: string, body: JsonObject): IndexEntry[] {
  const people = [
    body['applicant'],
    body['representative'],
    ...((body['subjects'] ?? []) as JsonValue[]),
  ] as (JsonObject | undefined)[];
  const entries: IndexEntry[] = [];
  for (const kind of ['nik', 'phone'] as const) {
    const values = new Set(
      people.map((person) => person?.[kind]).filter((value) => typeof value === 'string'),
    );
    for (const value of values) entries.push({ kind, value: searchIndex(flow, platform, kind, value) });
  }
  return entries;
}

/** The platform is part of the index: none learns of another's match. */
export function searchIndex(
  flow: Pick<Flow, 'vault'>,
  platform: string,
  kind: IndexEntry['kind'],
  value: string,
): string {
  return flow.vault.index(kind, `${platform} ${value}`);
}
