/** The SQLite ledger: every verb of the ports over one file. */
import type { Clock } from '../../clock.ts';
import type { DeskLedger } from '../../flow/ports/ledger-desk.ts';
import { acceptVerbs } from './accept.ts';
import { claimVerbs } from './claim.ts';
import { configVerbs } from './config.ts';
import { openDatabase, type OpenAs } from './database.ts';
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

/** Opens the ledger in a SQLite file (or `:memory:`). Throws LedgerRefused with what to do. */
export function sqliteLedger(path: string, clock: Clock, as: OpenAs = 'owner'): DeskLedger {
  const db = openDatabase(path, clock, as);
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
    ...pruneVerbs(db),
    close: () => db.close(),
  };
}
