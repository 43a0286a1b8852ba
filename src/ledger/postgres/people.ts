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
import { rowsOf, type Statement } from './statement.ts';

export function peopleVerbs(db: Database): PeopleLedger & ComplaintsDue {
  return {
    messages: (id) => db.query<MessageRow>(MESSAGES, [id]),
    complaints: (id) => db.query<ComplaintRow>(COMPLAINTS, [id]),
    complaintsDue: (now, most) => db.query(DUE, [now, most]),
    keepSurvey: (row, spent) =>
      db.write(async (tx) => {
        const [first] = await tx.query(SPEND, [spent, row.month]);
        if (!first) return false;
        await tx.query(KEEP, SURVEY.of(surveyColumns(row)));
        return true;
      }),
    surveySpent: async (hash) =>
      (await db.query('SELECT 1 FROM spent_surveys WHERE hash = $1', [hash])).length > 0,
    surveyCells: async (filter) => (await db.query(CELLS, valuesOf(filter))).map(cellFrom),
    surveyComments: (filter, most) => db.query(COMMENTS, [...valuesOf(filter), most]),
  };
}

/** What a change says or complains of, in its statement. */
export function writePeople(whole: Statement, { said = [], complaints = [] }: Change): void {
  if (said.length > 0)
    whole.part(
      'said',
      `INSERT INTO messages (${MESSAGE.names}) VALUES ${rowsOf(said.length, MESSAGE.marks)}`,
      [...said.flatMap((row) => MESSAGE.of(row))],
    );
  if (complaints.length > 0)
    whole.part(
      'complained',
      `INSERT INTO complaints (${COMPLAINT.names}) VALUES ${rowsOf(complaints.length, COMPLAINT.marks)}
       ON CONFLICT (application_id, n) DO UPDATE SET ${COMPLAINT.taken}`,
      complaints.flatMap((row) => COMPLAINT.of(row)),
    );
}

const valuesOf = (filter: SurveyFilter): [string, string, string | null, number] => [
  filter.from,
  filter.to,
  filter.service ?? null,
  filter.fewest,
];

const MESSAGES = `SELECT ${MESSAGE.select} FROM messages WHERE application_id = $1 ORDER BY n`;
const COMPLAINTS = `SELECT ${COMPLAINT.select} FROM complaints WHERE application_id = $1 ORDER BY n`;
const DUE = `SELECT application_id AS "applicationId", n FROM complaints WHERE look_at <= $1 ORDER BY look_at LIMIT $2`;
const SPEND = 'INSERT INTO spent_surveys VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING hash';
const KEEP = `INSERT INTO surveys (${SURVEY.names}) VALUES (${SURVEY.marks})`;
const CELLS = `SELECT service, month, count(*) AS respondents, ${SUMS} FROM surveys
  WHERE month >= $1 AND month <= $2 AND ($3::text IS NULL OR service = $3)
  GROUP BY service, month HAVING count(*) >= $4 ORDER BY service, month`;
const COMMENTS = `SELECT service, month, comment FROM surveys
  WHERE month >= $1 AND month <= $2 AND ($3::text IS NULL OR service = $3) AND comment IS NOT NULL
    AND (SELECT count(*) FROM surveys AS same WHERE same.month = surveys.month AND same.service = surveys.service) >= $4
  ORDER BY service, month, id LIMIT $5`;
