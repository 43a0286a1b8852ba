/** An operation on a stage: the real caller, and in place of the network the adapter's stand-in, in time that is moved by hand. */
import { makeMask } from '../../../privacy/mask.ts';
import type { Agency } from '../../../domain/catalogue.ts';
import { makeCaller } from '../../../outbound/http-call.ts';
import type { Outgoing, Sent } from '../../../outbound/transport.ts';
import type { Caller } from '../../../flow/ports/caller.ts';
import type { AttemptKind } from '../../../domain/step.ts';
import type { Adapter, Example, JsonObject } from '../../contract.ts';
import { signInOf } from '../../sign-in/index.ts';
import { LOST_HEADER, type Simulator } from '../../simulator.ts';
import { tools } from '../../tools.ts';
import { settingsOf } from '../schemas.ts';
import type { Subject } from '../subject.ts';
import { handClock, type HandClock } from './hand-clock.ts';
import type { Strike } from './strikes.ts';

export const BASE_URL = 'http://agency.test';
export const TIMEOUT_MS = 30_000;

/** One request that went over the wire. */
export interface Passed {
  kind: AttemptKind | 'sign-in';
  /** HTTP status; null when the answer was lost. */
  status: number | null;
}

export interface Heard {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

export interface Stage {
  adapter: Adapter;
  example: Example;
  agency: Agency;
  simulator: Simulator;
  caller: Caller;
  time: HandClock;
  /** Over every attempt. */
  passed: Passed[];
  /** How many of them came before the attempt that is under way. */
  begun: number;
  /** What the agency sent to our side. */
  heard: Heard[];
  /** Exchanges begun, which number the attempts. */
  attempts: number;
  /** The kind of attempt that is under way. */
  kind: AttemptKind;
  /** Set to strike the nth request (from 0) of the next attempt of its kind. */
  strike: { kind: AttemptKind; at: number; by: Strike } | null;
}

export function openStage(subject: Subject, example: Example): Stage {
  const { adapter, simulator: module, secrets, clock } = subject;
  const time = handClock(Date.parse(example.call.now), clock);
  const { simulator: _, ...ours } = secrets;
  const settings: JsonObject = { ...example.settings, ...ours, baseUrl: BASE_URL };
  const heard: Heard[] = [];
  const simulator = module!.makeSimulator({
    settings: { ...settings, ...secrets },
    now: time.now,
    after: time.after,
    async send(path, { method, headers, body }) {
      heard.push({ path, method, headers, body });
      return Response.json({});
    },
  });
  const stage: Stage = {
    ...{ adapter, example, simulator, time, heard, agency: agencyOf(adapter, settings) },
    ...{ passed: [], begun: 0, attempts: 0, kind: 'send', strike: null },
    // Its agent never connects, so there is nothing to close.
    caller: makeCaller({
      ...{ clock: time, signInOf, tools, mask: makeMask(secretsOf(adapter, settings)) },
      send: (_dispatcher, out) => dispatch(stage, out),
    }),
  };
  return stage;
}

/** Values of settings that are secrets. */
export function secretsOf({ settings: schema }: Adapter, settings: JsonObject): string[] {
  return settingsOf(schema)
    .filter(([, one]) => one['writeOnly'] === true)
    .flatMap(([name]) => (typeof settings[name] === 'string' ? [settings[name]] : []));
}

export function agencyOf({ name, version }: Adapter, settings: JsonObject): Agency {
  return {
    ...{ id: 'exam', role: 'exam', title: { id: 'Ujian', en: 'Exam' }, regions: ['*'], settings },
    ...{ adapter: name, major: Number(version.split('.')[0]), documentHosts: [] },
    limits: {
      ...{ concurrency: 1, perSecond: 10, timeout: `${TIMEOUT_MS / 1000}s`, maxReplyBytes: 1_048_576 },
      ...{ circuitFailures: 5, circuitSleep: '30s', circuitCap: '10m' },
    },
    retry: { attempts: 5, base: '1s', cap: '60s', inquiries: 8 },
  };
}

/** In place of the network: strikes, or has the stand-in answer. */
async function dispatch(stage: Stage, out: Outgoing): Promise<Sent> {
  const { time, adapter } = stage;
  const isOwn = !(await isSignIn(adapter, stage, out));
  const serve = (): Promise<Sent> => answered(stage, out);
  const place = stage.passed.slice(stage.begun).filter(({ kind }) => kind === stage.kind).length;
  const { strike } = stage;
  const struck = isOwn && strike?.kind === stage.kind && strike.at === place ? strike.by : null;
  if (struck) stage.strike = null;
  const sent = struck ? await struck.hit({ serve, time, deadline: out.deadline }) : await serve();
  const status = 'status' in sent ? sent.status : null;
  stage.passed.push({ kind: isOwn ? stage.kind : 'sign-in', status });
  return sent;
}

async function isSignIn(adapter: Adapter, { agency, time }: Stage, out: Outgoing): Promise<boolean> {
  const { open } = signInOf(adapter);
  if (!open) return false;
  const now = new Date(time.now()).toISOString();
  const wanted = await open.request({ settings: agency.settings, now, tryKey: '', tools });
  return wanted?.method === out.method && wanted.path.split('?')[0] === out.path.split('?')[0];
}

async function answered(
  { simulator, time }: Stage,
  { origin, path, method, headers, body, deadline }: Outgoing,
): Promise<Sent> {
  const bytes = body.length > 0 ? { body: Buffer.from(body) } : {};
  const request = new Request(`${origin}${path}`, { method, headers, ...bytes });
  const read = async (): Promise<Sent> => {
    const response = await simulator.fetch(request);
    if (response.headers.has(LOST_HEADER)) return { is: 'lost', code: 'reset' };
    const content = Buffer.from(await response.arrayBuffer());
    return {
      is: 'response',
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: content,
    };
  };
  const sent = await time.during(read(), deadline);
  return sent === 'late' ? { is: 'lost', code: 'timeout' } : sent;
}

/** A one-page PDF for whatever document an example names. */
export const DOCUMENT = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);
