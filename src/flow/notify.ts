/** Tells platforms of events: signed callbacks, each application in order, a failing endpoint backed off as a whole. */
import { FINAL, type ApplicationState } from '../domain/application.ts';
import type { ChainedEvent } from '../domain/chain.ts';
import type { Bell } from '../domain/lane.ts';
import { messageOfEvent } from '../domain/messages/moments.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { openEndpoint, type EndpointSecret } from './endpoints.ts';
import { isoTime, ringAll, type Flow } from './flow.ts';
import type { CallbackPosted, CallbackPoster } from './ports/callback-poster.ts';
import { surveyToken } from './survey-token.ts';
import type { Delivery, DeliveryLogRow, EndpointRow, Moved, NotifyLedger } from './ports/ledger-notify.ts';

export interface Notify extends Flow<NotifyLedger> {
  poster: CallbackPoster;
  /** The bus's public base URL: the `source` of its events. */
  url: string;
}

/** Events of one application sent in one batch. */
const MOST_EVENTS = 20;
const LEASE_MS = 120_000;
/** A batch at a slow receiver ends long before its lease: nobody else may begin the same one. */
const BATCH_MS = 60_000;
const MINUTE_MS = 60_000;
/** 12 tries over about three days: 5 s, 30 s, 2 m, 10 m, 30 m, 2 h, then every 8 h or so (reliability §5.11). */
const GAPS_MS = [
  5_000,
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  120 * MINUTE_MS,
  480 * MINUTE_MS,
];
/** A receiver's own Retry-After is believed no longer than this. */
const LONGEST_GAP_MS = 480 * MINUTE_MS;
/** After this an endpoint is paused, with an alarm, until a person resumes it. Nothing is skipped. */
const GIVE_UP_MS = 3 * 24 * 60 * MINUTE_MS;

interface Batch {
  /** Nothing more is begun after it. */
  until: number;
  moved: Moved[];
  log: DeliveryLogRow[];
  /** What stopped it, if anything did. */
  failure: { code: string; gone: boolean; retryAfterSeconds: number } | null;
}

export async function notify(flow: Notify, bell: Bell): Promise<void> {
  const claimed = await flow.ledger.claimEndpoint(bell.id, bell.wake, LEASE_MS);
  if (!claimed) return;
  const { row, due } = claimed;
  const secret = await openEndpoint(flow, row);
  const batch: Batch = { moved: [], log: [], failure: null, until: flow.clock.now() + BATCH_MS };
  // A failing endpoint is tried with one application, not with all of them.
  for (const delivery of row.failures > 0 ? due.slice(0, 1) : due) {
    await deliver(flow, row, secret, delivery, batch);
    if (batch.failure || flow.clock.now() >= batch.until) break;
  }
  const { state, code, failed } = verdict(flow, row, batch);
  const { moved, log } = batch;
  const rings = await flow.ledger.endBatch({ id: row.id, fence: row.fence, moved, log, state, code, failed });
  ringAll(flow.queue, rings);
  flow.log.info('callback.batch', { endpoint: row.id, events: batch.log.length, state, code });
  if (state !== 'active') await alarm(flow, row, state, code);
}

async function deliver(
  flow: Notify,
  row: EndpointRow,
  secret: EndpointSecret,
  { applicationId, nextSeq }: Delivery,
  batch: Batch,
): Promise<void> {
  let next = nextSeq;
  for (const event of await flow.ledger.eventsFrom(applicationId, nextSeq, MOST_EVENTS)) {
    if (secret.types.length === 0 || secret.types.includes(event.type)) {
      const failure = await post(flow, row, secret, event, batch);
      if (failure) {
        batch.failure = failure;
        break;
      }
    }
    next = event.seq + 1;
    if (flow.clock.now() >= batch.until) break;
  }
  if (next > nextSeq) batch.moved.push({ applicationId, fromSeq: nextSeq, nextSeq: next });
}

async function post(
  flow: Notify,
  row: EndpointRow,
  { url, secrets }: EndpointSecret,
  event: ChainedEvent,
  batch: Batch,
): Promise<Batch['failure']> {
  const id = `${event.stream}.${event.seq}`;
  const body = JSON.stringify(cloudEvent(flow.url, event, await surveyOf(flow, event)));
  const at = flow.clock.now();
  const posted = await flow.poster.post({
    url,
    id,
    secrets,
    body,
    timestamp: at,
    loopback: isSandbox(flow, row),
  });
  const taken = 'status' in posted && posted.status >= 200 && posted.status < 300;
  batch.log.push({
    ...{
      endpointId: row.id,
      id: flow.clock.id(),
      at: isoTime(at),
      applicationId: event.stream,
      seq: event.seq,
    },
    status: 'status' in posted ? posted.status : null,
    code: taken ? null : failureCode(posted),
  });
  if (taken) return null;
  const retryAfterSeconds = 'status' in posted ? (posted.retryAfterSeconds ?? 0) : 0;
  return { code: failureCode(posted), gone: 'status' in posted && posted.status === 410, retryAfterSeconds };
}

const isSandbox = (flow: Notify, { platform }: EndpointRow): boolean =>
  flow.catalogue().platforms.some(({ id, sandbox }) => id === platform && sandbox);

const failureCode = (posted: CallbackPosted): string =>
  'failed' in posted ? posted.failed : `http_${posted.status}`;

const END = /^go\.mpp\.application\.(\w+)\.v1$/;

/** With the end of an application comes the token of its survey: it is kept nowhere, so it stands in no event. */
async function surveyOf(flow: Notify, { stream, type }: ChainedEvent): Promise<string | null> {
  if (!FINAL.has(END.exec(type)?.[1] as ApplicationState)) return null;
  const stored = await flow.ledger.read(stream);
  return stored ? surveyToken(flow.vault, stored.application, flow.clock.now()) : null;
}

/** An event as a platform hears it: CloudEvents 1.0 JSON. Ids and public status only. */
export function cloudEvent(
  source: string,
  event: ChainedEvent,
  survey: string | null = null,
): Record<string, unknown> {
  const data = JSON.parse(event.data) as JsonObject;
  const message = messageOfEvent(event.type, data);
  return {
    specversion: '1.0',
    id: `${event.stream}.${event.seq}`,
    source,
    type: event.type,
    subject: event.stream,
    time: event.at,
    datacontenttype: 'application/json',
    sequence: String(event.seq),
    data: {
      applicationId: event.stream,
      sequence: event.seq,
      ...data,
      ...(message && { message }),
      ...(survey && { survey }),
    },
  };
}

function verdict(
  flow: Notify,
  row: EndpointRow,
  { failure }: Batch,
): { state: EndpointRow['state']; code: string | null; failed: { retryAt: number; at: number } | null } {
  if (!failure) return { state: 'active', code: null, failed: null };
  const now = flow.clock.now();
  const gap = GAPS_MS[Math.min(row.failures, GAPS_MS.length - 1)]!;
  // ±20 %, so that endpoints that failed together do not come back together.
  const jittered = Math.round(gap * (0.8 + 0.4 * flow.clock.chance()));
  const failed = {
    at: now,
    retryAt: now + Math.max(jittered, Math.min(failure.retryAfterSeconds * 1000, LONGEST_GAP_MS)),
  };
  if (failure.gone) return { state: 'disabled', code: failure.code, failed };
  const tooLong = row.failingSince !== null && now - row.failingSince >= GIVE_UP_MS;
  return { state: tooLong ? 'paused' : 'active', code: failure.code, failed };
}

async function alarm(flow: Notify, row: EndpointRow, state: string, code: string | null): Promise<void> {
  const data = { endpoint: row.id, platform: row.platform, state, ...(code !== null && { code }) };
  await flow.ledger.appendEvents('bus', [{ type: 'go.mpp.callback.stopped.v1', data }]);
  flow.log.warn('callback.stopped', data);
}
