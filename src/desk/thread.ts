/** One thread for each application: what people said about it, and what the citizen was told at each moment. */
import canonicalize from 'canonicalize';
import { newDraft } from '../domain/application.ts';
import type { ChainedEvent } from '../domain/chain.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Author, Way } from '../domain/thread.ts';
import { commit, MOST_RACES } from '../flow/change.ts';
import { isoTime } from '../flow/flow.ts';
import type { MessageRow } from '../flow/ports/ledger-people.ts';
import { openView, places, type View } from '../flow/view.ts';
import type { Desk } from './look.ts';

/** A thread that is longer helps nobody. */
const MOST_MESSAGES = 500;
const SALT_BYTES = 16;

export interface Said {
  from: Author;
  channel: Way;
  text: string;
}

export type Saying =
  | { is: 'said' | 'repeat'; n: number; at: string }
  | { is: 'notFound' }
  /** The key was used for other words. */
  | { is: 'keyReused' }
  | { is: 'refused'; code: 'too_many_messages' };

/** Takes a message into the thread; the same one under the same key is there once. */
export async function say(
  desk: Desk,
  applicationId: string,
  said: Said,
  { by, idempotencyKey }: { by: string; idempotencyKey: string },
): Promise<Saying> {
  const key = desk.vault.index('messageKey', `${applicationId} ${idempotencyKey}`);
  const fingerprint = desk.vault.index('message', canonicalize(said)!);
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(desk, applicationId);
    if (!view) return { is: 'notFound' };
    const thread = await desk.ledger.messages(applicationId);
    const known = thread.find((one) => one.key === key);
    if (known && known.fingerprint !== fingerprint) return { is: 'keyReused' };
    if (known) return { is: 'repeat', n: known.n, at: known.at };
    if (thread.length >= MOST_MESSAGES) return { is: 'refused', code: 'too_many_messages' };
    const row = { applicationId, n: thread.length + 1, key, fingerprint, sender: by };
    const stored = await store(desk, view, row, said);
    if (stored) return stored;
  }
  throw new Error(`Application ${applicationId} changed ${MOST_RACES} times while a message was taken in`);
}

async function store(
  desk: Desk,
  view: View,
  row: Pick<MessageRow, 'applicationId' | 'n' | 'key' | 'fingerprint' | 'sender'>,
  { from: author, channel, text }: Said,
): Promise<Saying | null> {
  const draft = newDraft(view.application, view.steps.values(), desk.clock.now());
  const at = isoTime(draft.now);
  const salt = desk.clock.random(SALT_BYTES);
  const textHash = desk.vault.commit(salt, text);
  const { applicationId, n, sender: by } = row;
  draft.events.push({ type: 'go.mpp.message.added.v1', data: { n, author, channel, by, textHash } });
  const content = JSON.stringify({ text, salt: salt.toString('base64') });
  const sealed = desk.vault.seal(view.key, places.message(applicationId, n), content);
  if ((await commit(desk, view, draft, { said: [{ ...row, at, author, channel, sealed }] })) !== 'done')
    return null;
  desk.log.info('message.added', { applicationId, n, author, channel, by });
  return { is: 'said', n, at };
}

/** What a person said. */
export interface Spoken {
  is: 'said';
  n: number;
  at: string;
  from: Author;
  channel: Way;
  text: string;
}

/** A moment of the application, as its event has it. */
export interface Moment {
  is: 'moment';
  seq: number;
  at: string;
  type: string;
  data: JsonObject;
}

/** Moments are derived from the events: nothing is kept twice. */
export async function threadOf(desk: Desk, view: View): Promise<(Spoken | Moment)[]> {
  const { id } = view.application;
  const spoken = (await desk.ledger.messages(id)).map((row) => openMessage(desk, view, row));
  const moments = (await allEvents(desk, id)).map(({ seq, at, type, data }): Moment => {
    return { is: 'moment', seq, at, type, data: JSON.parse(data) as JsonObject };
  });
  return [...spoken, ...moments].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function openMessage(
  desk: Desk,
  { key }: View,
  { applicationId, n, at, author, channel, sealed }: MessageRow,
): Spoken {
  const place = places.message(applicationId, n);
  const { text } = JSON.parse(desk.vault.unseal(key, place, sealed).toString()) as { text: string };
  return { is: 'said', n, at, from: author, channel: channel as Way, text };
}

const PAGE = 500;

async function allEvents(desk: Desk, id: string): Promise<ChainedEvent[]> {
  const all: ChainedEvent[] = [];
  for (;;) {
    const page = await desk.ledger.events(id, all.at(-1)?.seq ?? 0, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
