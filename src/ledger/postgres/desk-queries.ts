/** The texts of lists that people narrow: only the filters that are given stand in them, for an index serves no `$1 IS NULL OR …`. */
import type { DeskLedger, ListFilter } from '../../flow/ports/ledger-desk.ts';
import type { Bound } from './database.ts';

type Query = [text: string, values: Bound[]];

/** What a list shows of an application: public fields. */
export const SUMMARY = `id, number, platform, site, service, channel, state, accepted_at AS "acceptedAt",
  promised_at AS "promisedAt", ended_at AS "endedAt"`;

const FILTERS = [
  ['platform', 'platform ='],
  ['state', 'state ='],
  ['service', 'service ='],
  ['site', 'site ='],
  ['after', 'id <'],
  ['from', 'id >='],
] as const;

export function listQuery(filter: ListFilter): Query {
  const values: Bound[] = [];
  const conditions: string[] = [];
  for (const [name, condition] of FILTERS) {
    const value = filter[name];
    if (value !== undefined && value !== '') conditions.push(`${condition} $${values.push(value)}`);
  }
  if (filter.attention) conditions.push('id IN (SELECT application_id FROM items WHERE closed_at IS NULL)');
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  // Stands in the text: planned for any number, a platform's own index seems too dear for a page.
  return [
    `SELECT ${SUMMARY} FROM applications ${where} ORDER BY id DESC LIMIT ${Math.trunc(filter.most)}`,
    values,
  ];
}

type ItemFilter = Parameters<DeskLedger['openItems']>[0];

/** An item's id begins with its application's: both are a range of the one index of open items. */
export function openItemsQuery({ applicationId, platform, role, after = '', most }: ItemFilter): Query {
  const first = applicationId === undefined ? '' : `${applicationId}.`;
  const values: Bound[] = [after > first ? after : first];
  const conditions = ['closed_at IS NULL', 'items.id > $1'];
  // `/` follows `.`.
  if (applicationId !== undefined) conditions.push(`items.id < $${values.push(`${applicationId}/`)}`);
  if (platform !== undefined) conditions.push(`platform = $${values.push(platform)}`);
  if (role !== undefined) conditions.push(`role = $${values.push(role)}`);
  const text = `SELECT items.id, application_id AS "applicationId", number, platform, step, kind, items.code,
      role, due_at AS "dueAt", opened_at AS "openedAt", closed_at AS "closedAt", closed_by AS "closedBy"
    FROM items JOIN applications ON applications.id = application_id
    WHERE ${conditions.join(' AND ')} ORDER BY items.id LIMIT $${values.push(most)}`;
  return [text, values];
}
