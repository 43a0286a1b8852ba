/** Fills a ledger with open applications: 70 % due within 60 days, 25 % waiting for news, 5 % ready in a paused lane. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/load.ts';
import { newLane } from '../../src/domain/lane.ts';
import { makeVault, openKeyFile } from '../../src/privacy/keys.ts';
import { OPEN_SERVICE } from '../body.ts';
import { HELD_LANE, type Mall } from '../mall.ts';
import { postgresSink } from './postgres.ts';
import { rowsOf, type Kind } from './rows.ts';
import { sqliteSink } from './sqlite.ts';
import type { Sink } from './tables.ts';

/** Taken in over the 30 days before, in their order, so that each range of ids is written once. */
const SPAN_MS = 30 * 86_400_000;
const AT_ONCE = 2_000;

export interface Wanted {
  /** Numbers of the applications: `from` up to `to`, of `of` in the end. */
  from: number;
  to: number;
  of: number;
  /** What the n-th is; the cost curve's mix when absent. */
  kind?: (seq: number) => Kind;
}

/** Seeds a mall's ledger while nobody runs on it. Returns how long it took, ms. */
export async function seed(mall: Mall, { from, to, of, kind = mixed }: Wanted): Promise<number> {
  const began = performance.now();
  const env = readEnv(mall.env);
  const { catalogue } = await loadConfig(env.configDir);
  const [service, route] = [catalogue.services.get(OPEN_SERVICE), catalogue.routes.get(OPEN_SERVICE)];
  const text = JSON.stringify({ service, route });
  const plan = hash('sha256', text, 'hex');
  const vault = makeVault(openKeyFile(join(env.dataDir, 'keys.json'), systemClock.random), systemClock);
  const now = Date.now();
  const sink = await sinkOf(env.ledger, now - SPAN_MS);
  if (from === 0) {
    sink.put('plans', [{ digest: plan, text }]);
    sink.put('lanes', [{ ...newLane(HELD_LANE), paused: true }]);
  }
  for (let seq = from; seq < to; seq += 1) {
    const acceptedAt = now - SPAN_MS + Math.floor((seq / of) * (SPAN_MS - 3_600_000));
    const rows = await rowsOf({ vault, plan, seq, acceptedAt, kind: kind(seq), now });
    for (const [table, some] of Object.entries(rows)) sink.put(table, some);
    if (seq % AT_ONCE > 0) continue;
    await sink.flush();
    // Whoever presses Ctrl-C is heard.
    await turn();
  }
  await sink.close();
  return Math.round(performance.now() - began);
}

/** Of every 20: one ready, five waiting for news, fourteen due within 60 days. */
function mixed(seq: number): Kind {
  const place = seq % 20;
  if (place === 0) return 'ready';
  return place <= 5 ? 'news' : 'due';
}

function sinkOf(ledger: string, since: number): Promise<Sink> | Sink {
  return ledger.startsWith('sqlite:')
    ? sqliteSink(ledger.slice('sqlite:'.length))
    : postgresSink(ledger, since);
}
