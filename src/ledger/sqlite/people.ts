/** What people say: threads and complaints, read; surveys, kept apart from everything else. */
import type { Change } from '../../flow/ports/ledger.ts';
import type {
  ComplaintRow,
  ComplaintsDue,
  MessageRow,
  PeopleLedger,
  SurveyFilter,
} from '../../flow/ports/ledger-people.ts';
import { cellFrom, COMPLAINT, MESSAGE, SUMS, SURVEY, surveyColumns } from '../people-columns.ts';
import type { Database } from './database.ts';

export function peopleVerbs(db: Database): PeopleLedger & ComplaintsDue {
  const all = <T>(text: string, ...values: (null | number | string)[]): T[] =>
    db.sql(text).all(...values) as T[];
  return {
    messages: async (id) => all<MessageRow>(MESSAGES, id),
    complaints: async (id) => all<ComplaintRow>(COMPLAINTS, id),
    complaintsDue: async (now, most) => all(DUE, now, most),
    keepSurvey: (row, spent) =>
      db.write(() => {
        if (db.sql(SPEND).run(spent, row.month).changes === 0) return false;
        db.sql(KEEP).run(...SURVEY.of(surveyColumns(row)));
        return true;
      }),
    surveySpent: async (hash) => db.sql('SELECT 1 FROM spent_surveys WHERE hash = ?').get(hash) !== undefined,
    surveyCells: async (filter) => all<Record<string, unknown>>(CELLS, ...valuesOf(filter)).map(cellFrom),
    surveyComments: async (filter, most) => all(COMMENTS, ...valuesOf(filter), most),
  };
}

/** What a change says or complains of, in its transaction. */
export function writePeople(db: Database, { said = [], complaints = [] }: Change): void {
  for (const row of said) db.sql(SAY).run(...MESSAGE.of(row));
  for (const row of complaints) db.sql(COMPLAIN).run(...COMPLAINT.of(row));
}

const valuesOf = (filter: SurveyFilter): [string, string, string | null, number] => [
  filter.from,
  filter.to,
  filter.service ?? null,
  filter.fewest,
];

const MESSAGES = `SELECT ${MESSAGE.select} FROM messages WHERE application_id = ? ORDER BY n`;
const COMPLAINTS = `SELECT ${COMPLAINT.select} FROM complaints WHERE application_id = ? ORDER BY n`;
const DUE = `SELECT application_id AS applicationId, n FROM complaints WHERE look_at <= ? ORDER BY look_at LIMIT ?`;
const SAY = `INSERT INTO messages (${MESSAGE.names}) VALUES (${MESSAGE.marks})`;
const COMPLAIN = `INSERT INTO complaints (${COMPLAINT.names}) VALUES (${COMPLAINT.marks})
  ON CONFLICT (application_id, n) DO UPDATE SET ${COMPLAINT.taken}`;
const SPEND = 'INSERT INTO spent_surveys VALUES (?, ?) ON CONFLICT DO NOTHING';
const KEEP = `INSERT INTO surveys (${SURVEY.names}) VALUES (${SURVEY.marks})`;
const CELLS = `SELECT service, month, count(*) AS respondents, ${SUMS} FROM surveys
  WHERE month >= ?1 AND month <= ?2 AND (?3 IS NULL OR service = ?3)
  GROUP BY service, month HAVING count(*) >= ?4 ORDER BY service, month`;
const COMMENTS = `SELECT service, month, comment FROM surveys
  WHERE month >= ?1 AND month <= ?2 AND (?3 IS NULL OR service = ?3) AND comment IS NOT NULL
    AND (SELECT count(*) FROM surveys AS same WHERE same.month = surveys.month AND same.service = surveys.service) >= ?4
  ORDER BY service, month, id LIMIT ?5`;
