/** One connection pool per agency, so that a slow agency holds nobody else's connections. */
import { Agent } from 'undici';
import type { Agency } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import { wayThrough } from './gateway.ts';

/** An agency's door: where it is and the connections to it. */
export interface Door {
  agent: Agent;
  /** Scheme, host and port of `settings.baseUrl`. */
  origin: string;
  /** Its path, without a slash at the end: what the agency signs begins with it. */
  prefix: string;
  /** What a gateway wants before that; the agency never sees it. */
  way: string;
}

export interface Agents {
  /** The agency's door, or null when its base URL is none. Made anew when the entry has changed. */
  of(agency: Agency): Door | null;
  close(): Promise<void>;
}

const LONGEST_CONNECT_MS = 10_000;
/** Idle connections end before most servers end them (5 s), so that a request rarely meets a dead one. */
const IDLE_MS = 4_000;

export function makeAgents(): Agents {
  const doors = new Map<string, { agency: Agency; door: Door }>();
  return {
    of(agency) {
      const known = doors.get(agency.id);
      if (known?.agency === agency) return known.door;
      const door = openDoor(agency);
      if (!door) return null;
      doors.set(agency.id, { agency, door });
      void known?.door.agent.close(); // what is under way comes to its end
      return door;
    },
    async close() {
      await Promise.all([...doors.values()].map(({ door }) => door.agent.destroy()));
      doors.clear();
    },
  };
}

function openDoor(agency: Agency): Door | null {
  const { baseUrl } = agency.settings;
  const base = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
  if (!base || !/^https?:$/.test(base.protocol) || base.username || base.password) return null;
  const agent = new Agent({
    // One more than the lane takes at once: for a document, or an inquiry brought forward.
    connections: agency.limits.concurrency + 1,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    connect: {
      allowH2: false,
      timeout: Math.min(LONGEST_CONNECT_MS, parseDuration(agency.limits.timeout)),
    },
  });
  const path = base.pathname.replace(/\/+$/, '');
  const { gateway } = agency;
  const paths = gateway ? { prefix: '', way: wayThrough(gateway, path) } : { prefix: path, way: '' };
  return { agent, origin: base.origin, ...paths };
}
