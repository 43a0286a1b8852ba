/** One hostile request a row: what it must hear, and that nothing else came of it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect } from 'vitest';
import problemSchema from '../../schemas/problem.json' with { type: 'json' };
import { compile } from '../../src/schema/validate.ts';
import { CANARIES, type Send, type Sent, type SmallWorld } from './world.ts';

export interface Row extends Send {
  name: string;
  path?: string;
  status: number;
  code: string;
  /** Where a problem must point to. */
  pointer?: string;
  /** Values of its own that must not come back or be logged. */
  canaries?: string[];
}

const check = compile(problemSchema);
/** One turn may not hold the loop longer; generous, for the machine is shared. */
const LONGEST_TURN_MS = 500;

/** Sends a row and holds what is true of every refusal. */
export async function refuses(world: SmallWorld, row: Row): Promise<Sent> {
  const before = await world.count();
  const lines = world.log.length;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sent = await world.send(row.path ?? '/v1/applications', row);
  delay.disable();
  expect({ status: sent.status, code: sent.body['code'] }).toEqual({ status: row.status, code: row.code });
  expect(check(sent.body)).toEqual([]);
  expect(sent.headers.get('content-type')).toBe('application/problem+json');
  expect(sent.headers.get('x-request-id')).toBe(sent.body['requestId']);
  if (row.pointer !== undefined) {
    const problems = sent.body['problems'] as { pointer: string }[];
    expect(problems.map(({ pointer }) => pointer)).toContain(row.pointer);
  }
  const told = sent.text + world.log.slice(lines).join('');
  for (const canary of [...CANARIES, ...(row.canaries ?? [])]) expect(told).not.toContain(canary);
  expect(await world.count()).toBe(before);
  expect((await world.send('/health/ready')).status).toBe(200);
  expect(delay.max / 1e6).toBeLessThan(LONGEST_TURN_MS);
  return sent;
}
