/** Which requests are turned away while the bus is overloaded: the least urgent first, by marks that anyone can read. */

/** In the order in which they are shed. */
export const CLASSES = ['list', 'read', 'intake', 'hosted'] as const;
export type RequestClass = (typeof CLASSES)[number];

/** What this process has to bear at this moment. */
export interface Pressure {
  /** Requests of the same class being worked on. */
  own: number;
  /** Requests of every class being worked on. */
  total: number;
  /** Bytes of bodies of the same class that are held. */
  bodyBytes: number;
  /** How late a request would begin: by the event loop, and by those that wait for their turn. */
  delayMs: number;
  /** How long the ledger takes to commit. */
  commitMs: number;
}

export type ShedReason = 'concurrency' | 'bodies' | 'delay' | 'ledger';

const MB = 1024 * 1024;

/**
 * A class is shed as soon as one of its marks is reached. 50 requests keep a process busy; 350 are a burst that it
 * works off in about half a second. Agencies' calls find 200 places that nobody else takes, and take 300 at most: a
 * flood of them, which nobody has signed yet, leaves intake 100. A bank waits 3 s for its answer, so nobody who may
 * stand before it begins later than after one.
 */
export const MARKS: Record<RequestClass, Pressure> = {
  list: { own: 250, total: 250, bodyBytes: 16 * MB, delayMs: 250, commitMs: 500 },
  read: { own: 300, total: 300, bodyBytes: 16 * MB, delayMs: 500, commitMs: 1_000 },
  intake: { own: 350, total: 400, bodyBytes: 256 * MB, delayMs: 1_000, commitMs: 3_000 },
  hosted: { own: 300, total: 600, bodyBytes: 256 * MB, delayMs: 2_000, commitMs: 10_000 },
};

/** Why a request of a class is turned away now, or null when it is let in. */
export function shed(of: RequestClass, now: Pressure, marks = MARKS): ShedReason | null {
  const mark = marks[of];
  if (now.own >= mark.own || now.total >= mark.total) return 'concurrency';
  if (now.bodyBytes >= mark.bodyBytes) return 'bodies';
  if (now.delayMs >= mark.delayMs) return 'delay';
  return now.commitMs >= mark.commitMs ? 'ledger' : null;
}
