/** How a database stands before anything is done to it: for who looks first. */
import { checkSettings, schemaOf, tooNew, type Leniency } from './check-server.ts';
import { migrations } from './migrations.ts';
import { openSession } from './session.ts';

export interface Standing {
  /** The schema's version; 0 before the first. */
  schema: number;
  /** The version that this program knows. */
  known: number;
  /** Something is stored that only one key file opens. */
  sealed: boolean;
}

/** Throws LedgerRefused when the database cannot be a ledger of this program's. */
export async function standingOf(url: string, leniency: Leniency = {}): Promise<Standing> {
  const known = migrations.length;
  const session = await openSession(url, 'jembatan migrate');
  try {
    await checkSettings(session, url, leniency);
    const { version: schema, oldest } = (await schemaOf(session)) ?? { version: 0, oldest: 0 };
    if (oldest > known) throw tooNew(url, schema, known);
    const [found] = schema === 0 ? [] : await session.query<{ any: boolean }>(ANY_KEY);
    return { schema, known, sealed: found?.any ?? false };
  } finally {
    await session.close();
  }
}

const ANY_KEY = 'SELECT EXISTS (SELECT 1 FROM keys) AS any';
