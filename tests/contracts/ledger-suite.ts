/** The ledger's contract: every body of it passes these, verb by verb. */
import { describe } from 'vitest';
import { fresh, type Open } from './ledger-fixtures.ts';
import { acceptSuite } from './ledger-suite-accept.ts';
import { claimSuite } from './ledger-suite-claim.ts';
import { configSuite } from './ledger-suite-config.ts';
import { deskSuite } from './ledger-suite-desk.ts';
import { inboxSuite } from './ledger-suite-inbox.ts';
import { notifySuite } from './ledger-suite-notify.ts';
import { peopleSuite } from './ledger-suite-people.ts';
import { recordSuite } from './ledger-suite-record.ts';
import { routesSuite } from './ledger-suite-routes.ts';
import { shapesSuite } from './ledger-suite-shapes.ts';
import { shareSuite } from './ledger-suite-share.ts';

/** Runs the contract; `open` gives a fresh, empty ledger and the clock that it reads. */
export function ledgerSuite(name: string, open: Open): void {
  describe(name, () => {
    const on = fresh(open);
    acceptSuite(on);
    claimSuite(on);
    recordSuite(on);
    shareSuite(on);
    inboxSuite(on);
    notifySuite(on);
    deskSuite(on);
    shapesSuite(on);
    routesSuite(on);
    configSuite(on);
    peopleSuite(on);
  });
}
