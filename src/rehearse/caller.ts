/** The bus's own caller with the agencies' stand-ins in place of the network: it renders, signs in, signs and reads as it does for real. */
import { signInOf } from '../adapter-kit/sign-in/index.ts';
import { LOST_HEADER } from '../adapter-kit/simulator.ts';
import { tools } from '../adapter-kit/tools.ts';
import { sniffType } from '../domain/documents.ts';
import type { Caller, ExchangeArgs, FetchedDocument } from '../flow/ports/caller.ts';
import { makeCaller } from '../outbound/http-call.ts';
import type { Outgoing, Sent } from '../outbound/transport.ts';
import type { Mask } from '../privacy/mask.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { originOf, type Player } from './players.ts';

export interface RehearsalCaller {
  clock: VirtualClock;
  mask: Mask;
  players: () => Map<string, Player>;
  /** Called before each exchange: what is to go wrong with it is set up here. */
  before(args: ExchangeArgs, player: Player): Promise<void>;
}

export function rehearsalCaller({ clock, mask, players, before }: RehearsalCaller): Caller {
  const byOrigin = (origin: string): Player =>
    [...players().values()].find(({ agency }) => originOf(agency) === origin)!;
  const real = makeCaller({
    ...{ clock, mask, signInOf, tools },
    send: (_dispatcher, out) => clock.track(exchanged(clock, byOrigin(out.origin), out)),
  });
  return {
    ...real,
    async exchange(args) {
      await before(args, players().get(args.agency.id)!);
      return clock.track(real.exchange(args));
    },
    fetchDocument: ({ agency, url }) => clock.track(fetched(clock, players().get(agency.id)!, url)),
  };
}

async function exchanged(clock: VirtualClock, player: Player, out: Outgoing): Promise<Sent> {
  if (clock.now() >= out.deadline) return { is: 'notSent', code: 'deadline' };
  if (clock.now() < player.shutUntil) return { is: 'notSent', code: 'connection_refused' };
  const late = Promise.withResolvers<Sent>();
  const cancel = clock.after(out.deadline - clock.now(), () => late.resolve({ is: 'lost', code: 'timeout' }));
  return Promise.race([answered(player, out), late.promise]).finally(cancel);
}

async function answered({ simulator }: Player, out: Outgoing): Promise<Sent> {
  const { origin, path, method, headers, body: content, maxReplyBytes } = out;
  const bytes = content.length > 0 ? { body: Buffer.from(content) } : {};
  const response = await simulator.fetch(new Request(origin + path, { method, headers, ...bytes }));
  if (response.headers.has(LOST_HEADER)) return { is: 'lost', code: 'reset' };
  const body = Buffer.from(await response.arrayBuffer());
  const head = { status: response.status, headers: Object.fromEntries(response.headers) };
  return body.length > maxReplyBytes ? { is: 'tooLarge', ...head } : { is: 'response', ...head, body };
}

async function fetched(clock: VirtualClock, player: Player, url: string): Promise<FetchedDocument> {
  const failed: FetchedDocument = { is: 'failed', code: 'document_unavailable' };
  if (clock.now() < player.shutUntil) return failed;
  const response = await player.simulator.fetch(new Request(url));
  if (response.status !== 200 || response.headers.has(LOST_HEADER)) return failed;
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = sniffType(bytes);
  return type ? { is: 'document', bytes, type } : { is: 'failed', code: 'document_type' };
}
