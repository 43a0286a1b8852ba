/** How a stand-in tells the bus: signed, tried again while the bus is down, and wrong on demand. */
import { createHmac } from 'node:crypto';
import type { JsonObject } from './contract.ts';
import type { Harness, SimulatorOptions } from './simulator.ts';

/** A late decision comes after this many milliseconds, unless the fault says otherwise. */
const LATE_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const DELIVERIES = 8;

export interface NewsDesk {
  /** Delivers a message (twice under `duplicateNews`) at a hosted path; the status that the bus answered first. */
  tell(message: JsonObject, to?: string): Promise<number>;
  /** Milliseconds by which `lateNews` delays the next decision; 0 when it does not. */
  lateness(): number;
  /** Whether the next news is to overtake the answer. */
  overtakes(): boolean;
}

/** `submitPath`: news faults match it or `/news`. */
export function newsDesk(harness: Harness, options: SimulatorOptions, submitPath: string): NewsDesk {
  const path = `${submitPath} /news`;
  let events = 0;
  async function deliver(to: string, body: string, delivery: number): Promise<number> {
    const status = await post(options, to, body);
    if (status >= 500 && delivery < DELIVERIES) {
      options.after(FIRST_WAIT_MS * 2 ** (delivery - 1), () => void deliver(to, body, delivery + 1));
    }
    return status;
  }
  return {
    async tell(message, to = '/news') {
      events += 1;
      const body = JSON.stringify({ eventId: `EVT-${options.now()}-${events}`, ...message });
      const status = await deliver(to, body, 1);
      if (harness.take('duplicateNews', path)) await deliver(to, body, 1);
      return status;
    },
    lateness() {
      const late = harness.take('lateNews', path);
      return late ? (late.value ?? LATE_MS) : 0;
    },
    overtakes: () => harness.take('newsFirst', path) !== undefined,
  };
}

/** One delivery, signed anew; 599 when nobody answers. */
async function post(options: SimulatorOptions, to: string, body: string): Promise<number> {
  const timestamp = String(Math.floor(options.now() / 1000));
  const hmac = createHmac('sha256', options.settings['newsSecret'] as string);
  const signature = hmac.update(`${timestamp}.${body}`).digest('hex');
  const signed = { 'x-timestamp': timestamp, 'x-signature': signature };
  const headers = { 'content-type': 'application/json', ...signed };
  return options.send(to, { method: 'POST', headers, body }).then(
    (response) => response.status,
    () => 599,
  );
}
