/** Walks every stream of a ledger page by page and holds each application's row against its last event. */
import { EMPTY, firstBreak, type Head } from '../domain/chain.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import { PRUNED } from '../ledger/pruned.ts';

export interface Break {
  stream: string;
  seq: number;
  why: string;
}

export interface Audit {
  streams: number;
  /** Events whose place in the chain was proved. */
  events: number;
  breaks: Break[];
}

type Books = Pick<DeskLedger, 'streams' | 'events' | 'read' | 'list'>;

const PAGE = 500;

/** Streams of agencies and of the bus have no row that names their head: what is cut off at their end is not seen. */
const hasRow = (stream: string): boolean => stream !== 'bus' && !stream.startsWith('agency:');

export async function verifyLedger(ledger: Books): Promise<Audit> {
  const audit: Audit = { streams: 0, events: 0, breaks: [] };
  const pruned = await prunedBefore(ledger);
  for await (const stream of streamsOf(ledger)) {
    audit.streams += 1;
    const from = await startOf(ledger, stream, pruned);
    const { head, broken } = await walk(ledger, stream, from);
    audit.events += head.seq - from.seq;
    const found = broken ?? (hasRow(stream) ? await againstRow(ledger, stream, head) : null);
    if (found) audit.breaks.push({ stream, ...found });
  }
  for await (const id of withoutEvents(ledger, pruned)) {
    audit.breaks.push({ stream: id, seq: 1, why: 'the application is there and all its events are missing' });
  }
  return audit;
}

/** Applications that ended before this may be without their events: the bus's own chain says that they were dropped. */
async function prunedBefore(ledger: Books): Promise<number> {
  let before = 0;
  for (let after = 0; ;) {
    const page = await ledger.events('bus', after, PAGE);
    const last = page.at(-1);
    if (!last) return before;
    for (const { type, data } of page) {
      if (type !== PRUNED) continue;
      before = Math.max(before, Date.parse((JSON.parse(data) as { before: string }).before));
    }
    after = last.seq;
  }
}

/** Where a walk begins: what came late to an application whose events were dropped hangs on none that is left. */
async function startOf(ledger: Books, stream: string, pruned: number): Promise<Head> {
  if (pruned === 0 || !hasRow(stream)) return EMPTY;
  const [first] = await ledger.events(stream, 0, 1);
  if (!first || first.seq === 1) return EMPTY;
  const endedAt = (await ledger.read(stream))?.application.endedAt ?? null;
  return endedAt !== null && endedAt < pruned ? { seq: first.seq, hash: first.hash } : EMPTY;
}

type Found = Omit<Break, 'stream'>;

/** From a head on to the stream's end, or to the first event that does not follow. */
async function walk(
  ledger: Books,
  stream: string,
  from: Head,
): Promise<{ head: Head; broken: Found | null }> {
  let head = from;
  for (;;) {
    const page = await ledger.events(stream, head.seq, PAGE);
    const last = page.at(-1);
    if (!last) return { head, broken: null };
    const broken = firstBreak(page, head);
    if (broken) return { head: { seq: broken.seq - 1, hash: '' }, broken };
    head = { seq: last.seq, hash: last.hash };
  }
}

/** The row names its last event's number and hash. Both grow together, so a row that is ahead has events we have not read yet. */
async function againstRow(ledger: Books, id: string, walked: Head): Promise<Found | null> {
  const stored = await ledger.read(id);
  if (!stored) return { seq: walked.seq, why: 'the application of these events is missing' };
  const { version, head: hash } = stored.application;
  let head = walked;
  if (version > walked.seq) {
    const more = await walk(ledger, id, walked);
    if (more.broken) return more.broken;
    head = more.head;
  }
  if (head.seq < version)
    return {
      seq: head.seq + 1,
      why: `event ${head.seq + 1} is missing: the application stands at ${version}`,
    };
  if (version < walked.seq)
    return { seq: walked.seq, why: `the application stands at ${version}, before its last event` };
  if (head.seq === version && head.hash !== hash)
    return { seq: version, why: 'the application names another hash as its last' };
  return null;
}

async function* streamsOf(ledger: Books): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const names = await ledger.streams(after, PAGE);
    yield* names;
    if (names.length === 0) return;
    after = names.at(-1)!;
  }
}

async function* withoutEvents(ledger: Books, pruned: number): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const rows = await ledger.list({ ...(after !== '' && { after }), most: PAGE });
    for (const { id, endedAt } of rows) {
      const may = endedAt !== null && endedAt < pruned;
      if (!may && (await ledger.events(id, 0, 1)).length === 0) yield id;
    }
    if (rows.length === 0) return;
    after = rows.at(-1)!.id;
  }
}
