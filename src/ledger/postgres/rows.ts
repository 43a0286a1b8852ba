/** The column lists of the PostgreSQL ledger, and the one field that is stored in another form. */
import type { ApplicationRow } from '../../flow/ports/ledger.ts';

export {
  APPLICATION,
  ATTEMPT,
  DOCUMENT,
  ENDPOINT,
  EVENT,
  INBOX,
  LANE,
  STEP,
  STEP_CHANGE,
} from '../sqlite/rows.ts';

export function applicationFrom(raw: ApplicationRow & { ending: string | null }): ApplicationRow {
  return { ...raw, ending: raw.ending === null ? null : JSON.parse(raw.ending) };
}
