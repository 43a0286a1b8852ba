/** The Caller port of a simulated process: requests that arrive late or never, answers that are lost or outlive their caller. */
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Caller, Exchanged, ExchangeArgs } from '../../src/flow/ports/caller.ts';
import type { Asked } from './agency.ts';
import type { Kind } from './adapter.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim.ts';

/** What an agency answers: a status and a body that is JSON, or not. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  outcome?: Outcome;
}

export function wireOf(sim: Sim, process: Process): Caller {
  return {
    exchange: (args) => exchange(sim, process, args),
    fetchDocument: () => Promise.resolve({ is: 'failed', code: 'document_unavailable' }),
    dropToken: () => undefined,
    close: async () => undefined,
  };
}

async function exchange(sim: Sim, process: Process, args: ExchangeArgs): Promise<Exchanged> {
  await process.pass('wire:before');
  const { clock } = process;
  // As `outbound` does: a process that slept past its deadline sends nothing.
  const left = args.deadline - clock.now();
  if (left <= 0) {
    sim.coverage.saw('stop: woke with a stale fence');
    return { is: 'notSent', code: 'deadline' };
  }
  const asked = read(args, clock.now());
  sim.monitor.sending(process, args.agency.id, asked);
  const agency = sim.agencies.get(args.agency.id)!;
  if (agency.closed) return { is: 'notSent', code: 'connection_refused' };
  const sent = `${args.request.method} ${args.request.path}`;
  sim.trace(`${process.name} → ${args.agency.id} ${sent} ${asked.tryKey}`);
  const answered = new Promise<Exchanged>((resolve) => {
    agency.take(asked, (reply) =>
      clock.deliver(() => resolve(reply ? readReply(reply, sent) : { is: 'lost', code: 'reset', sent })),
    );
    sim.time.at(left, () => clock.deliver(() => resolve({ is: 'lost', code: 'timeout', sent })));
  });
  await process.pass('wire:sent');
  const exchanged = await answered;
  await process.pass('wire:after');
  sim.trace(`${process.name} ← ${args.agency.id} ${asked.tryKey} ${JSON.stringify(brief(exchanged))}`);
  return exchanged;
}

function brief(exchanged: Exchanged): unknown {
  return exchanged.is === 'reply' ? [exchanged.wire.status, exchanged.wire.body] : exchanged;
}

function read({ request }: ExchangeArgs, sentAt: number): Asked {
  const [, operation, kind] = request.path.split('/') as [string, string, Kind];
  const { json } = request.body as unknown as { json: Pick<Asked, 'key' | 'tryKey' | 'input'> };
  return { operation, kind, sentAt, ...json };
}

function readReply({ status, headers = {}, outcome }: Reply, sent: string): Exchanged {
  const body = outcome ? { outcome: structuredClone(outcome) as never } : { nonsense: true };
  const wire = { status, headers, body, bytes: 100, type: 'application/json' };
  return { is: 'reply', wire, bytes: new Uint8Array(0), sent, got: `${status}` };
}
