/** Makes an adapter of a connector's document: the same object that an `adapter.ts` exports. */
import type { Adapter, ErrorRow } from '../../adapter-kit/contract.ts';
import type { ConnectorDocument } from './document.ts';
import { holdsFor, operationOf } from './exchange.ts';
import { newsOf } from './news.ts';
import { signInFrom } from './sign-in.ts';

export function adapterFrom(document: ConnectorDocument): Adapter {
  const { name, version, title, settings, signIn, operations, hosted = {} } = document;
  const each = <From, To>(all: Record<string, From>, make: (one: From) => To): Record<string, To> =>
    Object.fromEntries(Object.entries(all).map(([key, one]) => [key, make(one)]));
  return {
    ...{ name, version, title, settings },
    signIn: signInFrom(signIn),
    operations: each(operations, (plan) => operationOf(plan, document)),
    ...(Object.keys(hosted).length > 0 && { hosted: each(hosted, (plan) => newsOf(plan, document)) }),
    errors: errorsOf(document),
  };
}

/** What every connector may answer with, unless it says so itself: the fall-through by status. */
const STANDARD: readonly ErrorRow[] = [
  row('HTTP 401, 403', 'away', 'AUTH_FAILED', 'Kredensial ditolak', 'The credentials were refused'),
  row('HTTP 429', 'retry', 'RATE_LIMITED', 'Terlalu banyak permintaan', 'Too many requests'),
  row('HTTP 503', 'retry', 'AGENCY_UNAVAILABLE', 'Layanan tidak tersedia', 'The agency does not serve now'),
  ...[408, 500, 502, 504].map((status) =>
    row(`HTTP ${status}`, 'unknown', `HTTP_${status}`, 'Jawaban hilang', 'The answer was lost on the way'),
  ),
  row('anything else', 'unknown', 'BAD_RESPONSE', 'Jawaban tidak terbaca', 'A reply that cannot be read'),
];

function row(signal: string, is: ErrorRow['is'], code: string, id: string, en: string): ErrorRow {
  return { signal, is, code, meaning: { id, en } };
}

/** Of the rows that go for all only those that an example shows: the table says what was proved. */
function errorsOf({ errors = [], examples }: ConnectorDocument): ErrorRow[] {
  const own = errors.flatMap((row): ErrorRow[] => {
    const { signal, is, code, meaning } = row;
    // What an inquiry makes of it: see `softened`.
    const asked = is === 'retry' && row.when !== undefined && holdsFor(row, 'inquiry');
    const all: ErrorRow[] = [{ signal, is, code, meaning }];
    return asked ? [...all, { signal: `${signal}, of a question`, is: 'unknown', code, meaning }] : all;
  });
  const id = ({ is, code }: { is: string; code?: string }): string => `${is} ${code}`;
  const said = new Set(own.map(id));
  const shown = new Set(examples.map(({ outcome }) => id(outcome as { is: string })));
  return [...own, ...STANDARD.filter((one) => shown.has(id(one)) && !said.has(id(one)))];
}

/** Codes that need no row of the connector's own. */
export const STANDARD_CODES: ReadonlySet<string> = new Set(STANDARD.map(({ code }) => code));
