/** Watches the shapes of what agencies say: a field that is new, missing or of another type, or a code that the adapter does not know, is told to operators once. */
import type { Example, WireReply } from '../adapter-kit/contract.ts';
import type { Agency } from '../domain/catalogue.ts';
import { changesOf, count, freshMarks, learn, type Change } from '../domain/drift.ts';
import type { JsonValue, Outcome } from '../domain/outcome.ts';
import { maskedSample } from '../domain/sample.ts';
import { shapeOf, type Shape } from '../domain/shape.ts';
import type { AttemptKind, Step } from '../domain/step.ts';
import { isoTime, type Flow } from './flow.ts';
import { dayKey, type Received } from './inbox.ts';
import { isTold, maySpeak, placeOf, reload, told, type Place } from './known-shapes.ts';
import { places } from './view.ts';

export const DRIFT = 'go.mpp.connector.drift.v1';

/** What an agency said, at once or as news of its own. */
export interface Heard {
  agency: Agency;
  /** `police@1` */
  adapter: string;
  /** The operation, or the hosted entry. */
  operation: string;
  exchange: AttemptKind | 'news';
  /** HTTP status; of news 200. */
  status: number | null;
  body: JsonValue;
  isXml: boolean;
  /** What the adapter made of it; null for news. */
  outcome: Outcome | null;
}

/** Without examples so many replies of each outcome are learned before anything is told. */
const LEARNED = 20;
/** A field that is still absent, or a code that comes again, is told again after a day. */
const AGAIN_MS = 86_400_000;
/** An exchange of which more is known is no longer watched: its fields are values. */
const MOST_FIELDS = 2_000;
/** Two who meet the same change at once: who comes second looks again. */
const MOST_RACES = 5;

export function heardOf(
  agency: Agency,
  { adapter, operation }: Pick<Step, 'adapter' | 'operation'>,
  exchange: AttemptKind,
  { status, body, type }: WireReply,
  outcome: Outcome,
): Heard {
  return { agency, adapter, operation, exchange, status, body, isXml: isXmlType(type), outcome };
}

/** The replies of one operation, the last of which brought its outcome. */
export async function watchReplies(flow: Flow, heard: Heard[], outcome: Outcome): Promise<void> {
  for (const [n, one] of heard.entries())
    await watchShape(flow, n === heard.length - 1 ? { ...one, outcome } : one);
}

/** A message of the agency's own. */
export function watchNews(flow: Flow, { agency, name, request }: Received): Promise<void> {
  return watchShape(flow, {
    ...{
      agency,
      adapter: `${agency.adapter}@${agency.major}`,
      operation: name,
      exchange: 'news',
      status: 200,
    },
    ...{ body: request.body, isXml: isXmlType(request.headers['content-type'] ?? ''), outcome: null },
  });
}

/** Never throws: what an agency said is kept by then, and must not hang on its shape. */
export async function watchShape(flow: Flow, heard: Heard): Promise<void> {
  try {
    const kind = kindOf(heard.status);
    if (kind !== null) await watch(flow, heard, kind);
  } catch (error) {
    const { agency, operation, exchange } = heard;
    flow.log.warn('drift.unwatched', { agency: agency.id, operation, exchange, error });
  }
}

/** A server's failure has any shape. */
function kindOf(status: number | null): '2xx' | '4xx' | null {
  if (status === null) return null;
  if (status >= 200 && status < 300) return '2xx';
  return status >= 400 && status < 500 ? '4xx' : null;
}

async function watch(flow: Flow, heard: Heard, kind: '2xx' | '4xx'): Promise<void> {
  const name = `${heard.adapter} ${heard.operation} ${heard.exchange} ${kind}`;
  const place = await placeOf(flow, heard.agency, name, () => examplesOf(flow, heard, kind));
  if (place.known.fields.size > MOST_FIELDS) return;
  const shape = shapeOf(heard.body, heard.isXml);
  const { strange, missing } = count(place.known, shape);
  const code = strangeCode(flow, heard);
  const learned = learns(place, heard);
  if (!strange && missing.length === 0 && code === null && learned === null) return;
  const lasting: Change[] = missing.map((pointer) => ({ is: 'missing', pointer }));
  if (code !== null) lasting.push({ is: 'code', code });
  for (let race = 0; race < MOST_RACES; race += 1)
    if (await keep(flow, heard, { name, kind, place, shape, lasting, learned })) return;
}

interface Sighting {
  name: string;
  kind: string;
  place: Place;
  shape: Shape;
  /** Changes that go on: told again after a day. */
  lasting: Change[];
  learned: string | null;
}

/** False when another process came first. */
async function keep(flow: Flow, heard: Heard, sighting: Sighting): Promise<boolean> {
  const { name, place, shape, learned } = sighting;
  const now = flow.clock.now();
  const since = now - AGAIN_MS;
  const lasting = sighting.lasting.filter((change) => !isTold(place, markOf(change), since));
  // What nobody could read is no shape to start from.
  const isBlank = place.known.fields.size === 0 && learned === null;
  const fresh = isBlank ? [] : freshMarks(place.known, shape);
  if (fresh.length === 0 && lasting.length === 0 && learned === null) return true;
  const strange = isBlank || learned !== null ? [] : changesOf(place.known, shape);
  const changes = [...strange, ...lasting];
  const speaks = changes.length > 0 && maySpeak(flow, heard.agency);
  const event = speaks ? await eventOf(flow, heard, sighting.kind, changes) : null;
  const again = lasting.map(markOf);
  const kept = await flow.ledger.keepShapes({
    ...{ agency: heard.agency.id, place: name, ...parted(fresh, strange), again },
    ...{ since: isoTime(since), at: isoTime(now) },
    ...(learned !== null && { learned: `learned ${learned}` }),
    ...(event && { event }),
  });
  if (!kept) {
    await reload(flow, heard.agency, name, place);
    return false;
  }
  if (!isBlank) learn(place.known, shape);
  if (learned !== null) place.learned.set(learned, (place.learned.get(learned) ?? 0) + 1);
  for (const mark of again) told(place, mark, now);
  if (event)
    flow.log.warn('agency.drifted', { agency: heard.agency.id, place: name, changes: changes.length });
  return true;
}

const markOf = (change: Change): string =>
  change.is === 'code' ? `code ${change.code}` : `${change.is} ${change.pointer}`;

/** Marks of what is told, and those that are taken in without a word. */
function parted(fresh: string[], strange: Change[]): { marks: string[]; told: string[] } {
  const pointers = new Set(strange.map((change) => ('pointer' in change ? change.pointer : '')));
  const isSaid = (mark: string): boolean => pointers.has(mark.slice(mark.indexOf(' ') + 1));
  return { marks: fresh.filter((mark) => !isSaid(mark)), told: fresh.filter(isSaid) };
}

/** The outcome of which this reply is one to learn from; null when its place is known, or it is one that nobody can read. */
function learns({ taught, learned }: Place, { outcome }: Heard): string | null {
  const word = outcome?.is ?? 'news';
  if (taught || word === 'unknown') return null;
  return (learned.get(word) ?? 0) < LEARNED ? word : null;
}

/** A code of the agency's that its adapter has no word for. */
function strangeCode({ registry }: Flow, { adapter, outcome }: Heard): string | null {
  if (!outcome || !('code' in outcome)) return null;
  const { code } = outcome;
  if (code === 'BAD_RESPONSE' || code.startsWith('UNLISTED')) return code;
  const rows = registry.adapter(adapter)?.errors;
  return rows && !rows.some((row) => row.code === code) ? code : null;
}

async function examplesOf(
  flow: Flow,
  { adapter, operation, exchange }: Heard,
  kind: string,
): Promise<Shape[]> {
  if (exchange === 'news') return [];
  const named = exchange === 'undo' ? 'compensation' : exchange;
  const examples = await flow.registry.examples(adapter);
  return examples
    .filter((one) => one.operation === operation && (one.exchange ?? 'send') === named)
    .filter(({ reply }) => kindOf(reply.status) === kind)
    .map(shapeOfExample);
}

function shapeOfExample({ reply }: Example): Shape {
  return shapeOf(reply.body, isXmlType(reply.type ?? reply.headers['content-type'] ?? ''));
}

export const isXmlType = (type: string): boolean => /\bxml\b/.test(type);

/** More are counted only. */
const MOST_TOLD = 50;
const SALT_BYTES = 16;

/** Pointers, types and codes; the sample stands sealed beside it. */
async function eventOf(
  flow: Flow,
  { agency, adapter, operation, exchange, body }: Heard,
  status: string,
  changes: Change[],
): Promise<{ type: string; data: Record<string, JsonValue>; sealed: Uint8Array }> {
  const salt = flow.clock.random(SALT_BYTES);
  const sample = maskedSample(body);
  const { key, owner } = await dayKey(flow, agency);
  const text = JSON.stringify({ salt: salt.toString('base64'), sample });
  return {
    type: DRIFT,
    data: {
      ...{ adapter, operation, exchange, status },
      changes: changes.slice(0, MOST_TOLD),
      ...(changes.length > MOST_TOLD && { more: changes.length - MOST_TOLD }),
      ...{ sampleHash: flow.vault.commit(salt, sample), sampleKey: owner },
    },
    sealed: flow.vault.seal(key, places.event(`agency:${agency.id}`), text),
  };
}

/** The sample of a drift event, for an operator; null when its key is gone. */
export async function sampleOf(
  flow: Flow,
  stream: string,
  { data, sealed }: { data: Record<string, JsonValue>; sealed?: Uint8Array | null },
): Promise<string | null> {
  const owner = data['sampleKey'] as string;
  const wrapped = await flow.ledger.wrappedKey(owner);
  if (!wrapped || !sealed) return null;
  const key = await flow.vault.openKey(owner, wrapped);
  const place = places.event(stream);
  const opened = JSON.parse(flow.vault.unseal(key, place, sealed).toString()) as { sample: string };
  return opened.sample;
}
