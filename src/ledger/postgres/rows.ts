/** The column lists of the PostgreSQL ledger, and the one field that is stored in another form. */
import type { ApplicationRow } from '../../flow/ports/ledger.ts';

export {
  APPLICATION,
  applicationRow,
  ATTEMPT,
  clockColumns,
  DOCUMENT,
  ENDPOINT,
  EVENT,
  INBOX,
  LANE,
  STEP,
  STEP_CHANGE,
} from '../sqlite/rows.ts';

/** As PostgreSQL gives it. */
export type RawApplication = Omit<ApplicationRow, 'ending' | 'clock'> & {
  ending: string | null;
  clock: string | null;
  clockAt: number | null;
};

export function applicationFrom({ clockAt: _, ending, clock, ...raw }: RawApplication): ApplicationRow {
  return { ...raw, ending: ending && JSON.parse(ending), clock: clock && JSON.parse(clock) };
}
