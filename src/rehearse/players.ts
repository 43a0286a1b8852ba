/** The agencies of a rehearsal: each entry with secrets of its own and its stand-in, behind an address that leads nowhere. */
import type { Simulator, SimulatorModule } from '../adapter-kit/simulator.ts';
import { SECRET_REFERENCE } from '../config/secrets.ts';
import type { Agency } from '../domain/catalogue.ts';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** The stand-in of an agency's adapter; what cannot be had throws with what to do. */
export type SimulatorOf = (agency: Pick<Agency, 'adapter' | 'major'>) => Promise<SimulatorModule>;

export interface Player {
  /** The entry as the rehearsal goes by it. */
  agency: Agency;
  module: SimulatorModule;
  simulator: Simulator;
  /** Its door is shut until then, ms. */
  shutUntil: number;
  /** What it tells us is lost until then, ms. */
  muteUntil: number;
}

/** A message that an agency sent to our side. */
export interface Heard {
  at: number;
  agency: string;
  path: string;
  /** What we answered; null when it was lost on its way. */
  status: number | null;
}

export interface PlayerParts {
  clock: VirtualClock;
  simulatorOf: SimulatorOf;
  /** Hands a message to the bus's own door. */
  hosted(
    agency: string,
    path: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ): Promise<Response>;
  heard: Heard[];
}

export const originOf = ({ id }: Pick<Agency, 'id'>): string => `http://${id.toLowerCase()}.test`;

export async function castPlayers(agencies: Agency[], parts: PlayerParts): Promise<Map<string, Player>> {
  const cast = new Map<string, Player>();
  for (const agency of agencies) cast.set(agency.id, await castPlayer(agency, parts));
  return cast;
}

async function castPlayer(entry: Agency, parts: PlayerParts): Promise<Player> {
  const { clock, heard } = parts;
  const module = await parts.simulatorOf(entry);
  const made = secretsOf(module);
  const settings = playedSettings(entry, module);
  // Whoever stands before the agency is no part of what is rehearsed.
  const { gateway: _, ...rest } = entry;
  const player: Player = {
    agency: { ...rest, settings },
    module,
    shutUntil: 0,
    muteUntil: 0,
    simulator: module.makeSimulator({
      settings: { ...settings, simulator: made['simulator'] ?? {} },
      now: clock.now,
      after: clock.after,
      async send(path, init) {
        const note: Heard = { at: clock.now(), agency: entry.id, path, status: null };
        heard.push(note);
        if (clock.now() < player.muteUntil) throw new Error('The message is lost on its way');
        const response = await clock.track(parts.hosted(entry.id, path, init));
        note.status = response.status;
        return response;
      },
    }),
  };
  return player;
}

/** An entry's settings with secrets of the rehearsal's own, the same for each rehearsal of a run. */
export function playedSettings(entry: Agency, module: SimulatorModule): JsonObject {
  return { ...withSecrets(entry, secretsOf(module)), baseUrl: originOf(entry) };
}

/** Key pairs take a tenth of a second to make: an adapter's serve every rehearsal of a run. */
const made = new WeakMap<SimulatorModule, JsonObject>();

function secretsOf(module: SimulatorModule): JsonObject {
  let known = made.get(module);
  if (!known) made.set(module, (known = module.makeSecrets?.() ?? {}));
  return known;
}

function withSecrets({ id, settings }: Agency, secrets: JsonObject): JsonObject {
  const filled = (value: JsonValue, name: string): JsonValue => {
    if (typeof value === 'string')
      return SECRET_REFERENCE.test(value) ? (secrets[name] ?? `rehearsal-${id}-${name}`) : value;
    if (Array.isArray(value)) return value.map((one) => filled(one, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, key)]));
  };
  return filled(settings, '') as JsonObject;
}
