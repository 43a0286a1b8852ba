/** Applications that belong to one: those that it names and that name it, the one that opened it, those that it opened. */
import { BUS_ADAPTER } from '../domain/bus-agency.ts';
import type { Summary } from '../flow/ports/ledger-desk.ts';
import { relatedIds } from '../flow/related.ts';
import { searchIndex } from '../flow/search-index.ts';
import type { View } from '../flow/view.ts';
import type { Desk } from './look.ts';

export const RELATIONS = ['parent', 'refersTo', 'child', 'referredBy'] as const;

export interface Related {
  relation: (typeof RELATIONS)[number];
  application: Summary;
}

/** Of those that name one the newest: more than a person reads. */
const MOST_NAMING = 50;

/** All are the same platform's. */
export async function relatedTo(desk: Desk, { application, body, steps }: View): Promise<Related[]> {
  const { id, platform, parent } = application;
  const children = [...steps.values()].filter(
    ({ adapter, operation }) => adapter === BUS_ADAPTER && operation === 'child',
  );
  const read = async (relation: Related['relation'], ids: string[]): Promise<Related[]> => {
    const stored = await Promise.all(ids.map((one) => desk.ledger.read(one)));
    const own = stored.flatMap((one) => (one?.application.platform === platform ? [one.application] : []));
    return own.map((row) => ({ relation, application: row }));
  };
  const index = searchIndex(desk, platform, 'related', id);
  const [above, named, below, naming] = await Promise.all([
    read('parent', parent === null ? [] : [parent]),
    read('refersTo', relatedIds(body)),
    read(
      'child',
      children.flatMap(({ secret }) => secret.reference ?? []),
    ),
    desk.ledger.search('related', index, platform, MOST_NAMING),
  ]);
  return [
    ...above,
    ...named,
    ...below,
    ...naming.map((row) => ({ relation: 'referredBy' as const, application: row })),
  ];
}
