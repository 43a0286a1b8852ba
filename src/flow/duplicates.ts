/** One citizen, one service, twice open: what the service says of it, on one platform and across them. */
import type { NewItem } from '../domain/application.ts';
import type { Service } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Flow } from './flow.ts';
import type { IndexEntry } from './ports/ledger.ts';

/** Under what an application is found while it is open; nothing where any number may be. */
export interface OpenMarks {
  index: IndexEntry[];
  /** Where only one may be open. */
  lock?: string;
}

export function openMarks(flow: Flow, platform: string, service: Service, body: JsonObject): OpenMarks {
  const nik = (body['applicant'] as JsonObject | undefined)?.['nik'];
  if (service.duplicates === 'allow' || typeof nik !== 'string') return { index: [] };
  const own = flow.vault.index('open', `${platform} ${service.code} ${nik}`);
  const anywhere = flow.vault.index('openAnywhere', `${service.code} ${nik}`);
  return {
    index: [
      { kind: 'open', value: own },
      { kind: 'openAnywhere', value: anywhere },
    ],
    ...(service.duplicates === 'refuse' && { lock: own }),
  };
}

/**
 * Items for what is open already. On the same platform its officers are told; of another platform's only the deciding
 * agency is: no platform learns of another's citizen.
 */
export async function duplicateItems(
  flow: Flow,
  platform: string,
  service: Service,
  { index }: OpenMarks,
  step: string,
): Promise<NewItem[]> {
  const anywhere = index.find(({ kind }) => kind === 'openAnywhere');
  if (!anywhere) return [];
  const open = await flow.ledger.openLike('openAnywhere', anywhere.value);
  const here = open.some((one) => one.platform === platform);
  const elsewhere = open.some((one) => one.platform !== platform);
  return [
    ...(here ? [{ step, kind: 'duplicate' as const, code: 'OPEN_HERE' }] : []),
    ...(elsewhere
      ? [{ step, kind: 'duplicate' as const, code: 'OPEN_ELSEWHERE', role: service.agency }]
      : []),
  ];
}
