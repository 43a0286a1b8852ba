/** The PostgreSQL ledger: every verb of the ports over a pool of connections. */
import type { Clock } from '../../clock.ts';
import type { DeskLedger } from '../../flow/ports/ledger-desk.ts';
import { acceptVerbs } from './accept.ts';
import { checkServer, type Leniency } from './check-server.ts';
import { claimVerbs } from './claim.ts';
import { configVerbs } from './config.ts';
import { openPool } from './database.ts';
import { keyVerbs, laneVerbs, lookVerbs, workVerbs } from './desk.ts';
import { documentVerbs } from './documents.ts';
import { readVerbs } from './due.ts';
import { inboxVerbs } from './inbox.ts';
import { notifyVerbs } from './notify.ts';
import { peopleVerbs } from './people.ts';
import { pruneVerbs } from './prune.ts';
import { recordVerbs } from './record.ts';
import { routeVerbs } from './routes.ts';
import { shapeVerbs } from './shapes.ts';
import { sweepVerbs } from './sweep.ts';

export { CommitUnknown } from '../../domain/commit-unknown.ts';
export { LedgerRefused } from '../refused.ts';
export { migratePostgres, type Migrated } from './migrate.ts';

/** Opens the ledger in a PostgreSQL database. Throws LedgerRefused with what to do. `clock` is the ledger's own. */
export async function postgresLedger(
  url: string,
  clock: Clock,
  leniency: Leniency = {},
): Promise<DeskLedger> {
  await checkServer(url, leniency);
  const db = openPool(url, clock, leniency.reader);
  return {
    ...acceptVerbs(db),
    ...claimVerbs(db),
    ...recordVerbs(db),
    ...readVerbs(db),
    ...inboxVerbs(db),
    ...documentVerbs(db),
    ...notifyVerbs(db),
    ...lookVerbs(db),
    ...workVerbs(db),
    ...keyVerbs(db),
    ...laneVerbs(db),
    ...shapeVerbs(db),
    ...routeVerbs(db),
    ...configVerbs(db),
    ...sweepVerbs(db),
    ...peopleVerbs(db),
    ...pruneVerbs(db, url),
    close: () => db.close(),
  };
}
