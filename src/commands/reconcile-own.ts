/** The bus's side of a reconciliation: its payment steps at one agency, read over the API. */
import type { OwnPayment } from '../desk/reconcile.ts';
import { addressOf } from './bus-command.ts';
import type { Client } from './client.ts';

interface Row {
  id: string;
  acceptedAt: string;
  endedAt: string | null;
}

interface ShownStep {
  name: string;
  agency: string;
  operation: string;
  state: string;
  key: string;
  reference?: string;
  output?: Record<string, unknown>;
  history: { tryKey: string }[];
}

interface Shown {
  number: string;
  steps: ShownStep[];
}

/** Rows of one page; the API's own bound. */
const PAGE = 200;
/** Applications read at once. */
const AT_ONCE = 8;
const KEY_DIGITS = 20;

export interface OwnQuestion {
  agency: string;
  /** Operations of its adapter that take money. */
  operations: Set<string>;
  /** Only applications accepted in this time (RFC 3339, UTC), and not ended before `liveAt`. */
  from: string;
  to: string;
  liveAt: string;
}

export async function ownPayments(client: Client, question: OwnQuestion): Promise<OwnPayment[]> {
  const ids = await candidates(client, question);
  const own: OwnPayment[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const shown = await Promise.all(
      ids.slice(at, at + AT_ONCE).map((id) => client.get<Shown>(addressOf(id))),
    );
    for (const application of shown) own.push(...paymentsOf(application, question));
  }
  return own;
}

/** Newest first, until one is older than what is asked for. */
async function candidates(client: Client, { from, to, liveAt }: OwnQuestion): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = `limit=${PAGE}${cursor && `&cursor=${cursor}`}`;
    const page: { applications: Row[]; nextCursor: string | null } = await client.get(
      `/v1/applications?${query}`,
    );
    for (const { id, acceptedAt, endedAt } of page.applications) {
      if (acceptedAt >= from && acceptedAt <= to && (endedAt === null || endedAt >= liveAt)) ids.push(id);
    }
    cursor = (page.applications.at(-1)?.acceptedAt ?? '') < from ? null : page.nextCursor;
  }
  return ids;
}

function paymentsOf({ number, steps }: Shown, { agency, operations }: OwnQuestion): OwnPayment[] {
  return steps
    .filter((step) => step.agency === agency && operations.has(step.operation))
    .map((step) => {
      const older = step.history.map(({ tryKey }) => tryKey.slice(0, KEY_DIGITS));
      return {
        application: number,
        step: step.name,
        state: step.state,
        keys: [...new Set([...older, step.key])],
        reference: step.reference ?? null,
        paid: paidOf(step),
      };
    });
}

function paidOf({ state, output }: ShownStep): OwnPayment['paid'] {
  const { amount, paidAt, bankReference } = output ?? {};
  if (state !== 'succeeded' || typeof amount !== 'number' || typeof paidAt !== 'string') return null;
  return { amount, paidAt, bankReference: typeof bankReference === 'string' ? bankReference : '' };
}
