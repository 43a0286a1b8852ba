/** Bearer tokens, one per agency: fetched once by whoever comes first, renewed early, forgotten when refused. */
import type { Clock } from '../clock.ts';
import type { Agency } from '../domain/catalogue.ts';

export interface Granted {
  is: 'token';
  token: string;
  expiresInSeconds: number;
}

export interface Tokens<Failure> {
  /** The cached token, or what `open` brings; a failure is handed to all who wait and never kept. */
  get(
    agency: Agency,
    deadline: number,
    open: () => Promise<Granted | Failure>,
  ): Promise<Granted | Failure | 'late'>;
  /** Forgets the agency's token; with `token`, only if it is still that one. */
  drop(agencyId: string, token?: string): void;
}

/** Renewed this long before the end, or at nine tenths of a shorter life. */
const EARLY_MS = 30_000;
const EARLY_SHARE = 0.1;
const LONGEST_MS = 24 * 3_600_000;

export function makeTokens<Failure extends { is: string }>(clock: Clock): Tokens<Failure> {
  const kept = new Map<string, { agency: Agency; granted: Granted; until: number }>();
  const flights = new Map<string, { agency: Agency; result: Promise<Granted | Failure> }>();

  async function fly(agency: Agency, open: () => Promise<Granted | Failure>): Promise<Granted | Failure> {
    const asked = clock.now();
    try {
      const result = await open();
      if (isGranted(result) && flights.get(agency.id)?.agency === agency) {
        kept.set(agency.id, { agency, granted: result, until: asked + lifeOf(result) });
      }
      return result;
    } finally {
      if (flights.get(agency.id)?.agency === agency) flights.delete(agency.id);
    }
  }

  return {
    async get(agency, deadline, open) {
      const cached = kept.get(agency.id);
      // A reloaded configuration makes new entries: their settings may hold another secret.
      if (cached?.agency === agency && clock.now() < cached.until) return cached.granted;
      let flight = flights.get(agency.id);
      if (flight?.agency !== agency) {
        // Starts in the next microtask, when the flight is already known.
        flight = { agency, result: Promise.resolve().then(() => fly(agency, open)) };
        flights.set(agency.id, flight);
      }
      return before(clock, deadline, flight.result);
    },
    drop(agencyId, token) {
      if (token === undefined || kept.get(agencyId)?.granted.token === token) kept.delete(agencyId);
    },
  };
}

function isGranted(result: { is: string }): result is Granted {
  return result.is === 'token';
}

function lifeOf({ expiresInSeconds }: Granted): number {
  const life = Math.min(Math.max(expiresInSeconds * 1000, 0) || 0, LONGEST_MS);
  return life - Math.min(EARLY_MS, life * EARLY_SHARE);
}

function before<T>(clock: Clock, deadline: number, result: Promise<T>): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(deadline - clock.now(), () => resolve('late'));
    result.then(resolve, reject).finally(cancel);
  });
}
