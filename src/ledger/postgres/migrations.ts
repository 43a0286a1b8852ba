/** The PostgreSQL ledger's schema, as numbered migrations. Applied ones are never edited. */

export interface Migration {
  /** The lowest schema version that a process may know and still run on this one: expand first, contract a release later. */
  oldest: number;
  /** Run one by one in one transaction. */
  statements: string[];
}

/** Ids, keys and streams are compared byte by byte: they are walked in ranges. */
const ID = 'text COLLATE "C"';

/** Sealed bytes are not compressed, and stay in their row up to a page: a table beside it costs a write more. */
const sealed = (table: string, ...columns: string[]): string[] => [
  ...columns.map((column) => `ALTER TABLE ${table} ALTER COLUMN ${column} SET STORAGE EXTERNAL`),
  `ALTER TABLE ${table} SET (toast_tuple_target = 8160)`,
];

/** A row that changes often leaves room for its next version in its page, and is tidied up before a fifth of millions is dead. */
const BUSY = 'autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02';

export const migrations: Migration[] = [
  {
    oldest: 1,
    statements: [
      `CREATE TABLE keys (owner ${ID} PRIMARY KEY, application_id ${ID}, wrapped bytea NOT NULL)`,
      `CREATE TABLE plans (digest ${ID} PRIMARY KEY, text text NOT NULL)`,
      `CREATE TABLE serials (
        site ${ID}, year integer, next bigint NOT NULL, PRIMARY KEY (site, year)
      ) WITH (fillfactor = 50)`,
      `CREATE TABLE applications (
        id ${ID} PRIMARY KEY, number ${ID} NOT NULL, platform ${ID} NOT NULL, site ${ID} NOT NULL, service ${ID} NOT NULL,
        jurisdiction ${ID} NOT NULL, channel ${ID} NOT NULL, sandbox boolean NOT NULL, plan ${ID} NOT NULL,
        state ${ID} NOT NULL, ending text, priority integer NOT NULL, version bigint NOT NULL, head text NOT NULL,
        accepted_at bigint NOT NULL, promised_at bigint, ended_at bigint
      ) WITH (fillfactor = 80, ${BUSY})`,
      `CREATE UNIQUE INDEX applications_number ON applications (number)`,
      `CREATE INDEX applications_platform ON applications (platform, id)`,
      `CREATE INDEX applications_state ON applications (platform, state, id)`,

      `CREATE TABLE bodies (application_id ${ID} PRIMARY KEY, body bytea NOT NULL, result bytea)`,
      ...sealed('bodies', 'body', 'result'),

      `CREATE TABLE steps (
        application_id ${ID}, name ${ID}, platform ${ID} NOT NULL, service ${ID} NOT NULL, turn ${ID},
        priority integer NOT NULL, position integer NOT NULL, agency ${ID} NOT NULL, operation ${ID} NOT NULL, adapter ${ID} NOT NULL,
        state ${ID} NOT NULL, since bigint NOT NULL, code text, round integer NOT NULL, attempts integer NOT NULL,
        spent integer NOT NULL, inquiries integer NOT NULL, wake bigint NOT NULL, due_at bigint, fence bigint NOT NULL,
        lease_until bigint, lease_kind text, key ${ID} NOT NULL, sent_at bigint, timeout_at bigint, sealed bytea NOT NULL,
        PRIMARY KEY (application_id, name)
      ) WITH (fillfactor = 70, ${BUSY})`,
      ...sealed('steps', 'sealed'),
      `CREATE INDEX steps_due ON steps (agency, priority, platform, service, due_at) WHERE due_at IS NOT NULL`,
      `CREATE INDEX steps_turn ON steps (agency, turn, application_id)
        WHERE turn IS NOT NULL AND state IN ('pending', 'ready', 'unknown', 'parked', 'compensating')`,
      `CREATE UNIQUE INDEX steps_key ON steps (key, agency)`,
      `CREATE INDEX steps_stuck ON steps (since) WHERE state IN ('parked', 'unknown')`,

      `CREATE TABLE old_rounds (
        application_id ${ID}, step ${ID}, round integer, key ${ID} NOT NULL, agency ${ID} NOT NULL, state ${ID} NOT NULL,
        code text, sealed bytea NOT NULL, PRIMARY KEY (application_id, step, round)
      )`,
      `CREATE INDEX old_rounds_key ON old_rounds (key)`,
      `CREATE TABLE step_references (
        agency ${ID}, reference ${ID}, application_id ${ID}, step ${ID},
        PRIMARY KEY (agency, reference, application_id, step)
      )`,

      // In parts by month (partitions.ts): an application's id begins with the time of its acceptance.
      `CREATE TABLE attempts (
        application_id ${ID}, step ${ID}, round integer, number integer, kind text NOT NULL, try_key ${ID} NOT NULL,
        at text NOT NULL, ended_at text, outcome text, code text, status integer, sealed bytea,
        PRIMARY KEY (application_id, step, round, number)
      ) PARTITION BY RANGE (application_id)`,
      `CREATE TABLE attempts_other PARTITION OF attempts DEFAULT`,
      `CREATE TABLE events (
        stream ${ID}, seq bigint, at text NOT NULL, type ${ID} NOT NULL, data text NOT NULL, hash text NOT NULL,
        sealed bytea, PRIMARY KEY (stream, seq)
      ) PARTITION BY RANGE (stream)`,
      `CREATE TABLE events_other PARTITION OF events DEFAULT`,

      `CREATE TABLE idempotency (
        platform ${ID}, key ${ID}, fingerprint text NOT NULL, application_id ${ID} NOT NULL, at bigint NOT NULL,
        PRIMARY KEY (platform, key)
      )`,
      `CREATE TABLE client_references (
        platform ${ID}, reference ${ID}, fingerprint text NOT NULL, application_id ${ID} NOT NULL,
        PRIMARY KEY (platform, reference)
      )`,
      `CREATE TABLE search_index (kind ${ID}, value ${ID}, application_id ${ID}, PRIMARY KEY (kind, value, application_id))`,
      `CREATE TABLE items (
        id ${ID} PRIMARY KEY, application_id ${ID} NOT NULL, step ${ID} NOT NULL, kind ${ID} NOT NULL, code text NOT NULL,
        opened_at text NOT NULL, closed_at text, closed_by text
      )`,
      `CREATE INDEX items_open ON items (application_id, step) WHERE closed_at IS NULL`,
      `CREATE INDEX items_listed ON items (id) WHERE closed_at IS NULL`,
      `CREATE TABLE inbox (
        agency ${ID}, id ${ID}, content text NOT NULL, state ${ID} NOT NULL, hosted ${ID} NOT NULL, reference ${ID},
        application_id ${ID}, step ${ID}, at text NOT NULL, key_owner ${ID} NOT NULL, request bytea NOT NULL,
        answer bytea NOT NULL, PRIMARY KEY (agency, id)
      )`,
      `CREATE INDEX inbox_waiting ON inbox (agency, reference, id) WHERE state = 'waiting'`,

      `CREATE TABLE documents (
        id ${ID} PRIMARY KEY, platform ${ID} NOT NULL, application_id ${ID}, name ${ID}, hash ${ID} NOT NULL, type text NOT NULL,
        size bigint NOT NULL, at text COLLATE "C" NOT NULL
      )`,
      `CREATE INDEX documents_unlisted ON documents (platform, hash, id) WHERE application_id IS NULL`,
      `CREATE INDEX documents_dropped ON documents (at) WHERE application_id IS NULL`,
      `CREATE UNIQUE INDEX documents_named ON documents (application_id, name) WHERE application_id IS NOT NULL`,
      `CREATE TABLE chunks (document_id ${ID}, n integer, bytes bytea NOT NULL, PRIMARY KEY (document_id, n))`,
      `ALTER TABLE chunks ALTER COLUMN bytes SET STORAGE EXTERNAL`,

      `CREATE TABLE lanes (
        id ${ID} PRIMARY KEY, paused boolean NOT NULL, sleep_until bigint NOT NULL, code text NOT NULL,
        failures integer NOT NULL, sleeps integer NOT NULL, probe_until bigint NOT NULL, day text NOT NULL,
        used integer NOT NULL
      ) WITH (fillfactor = 50)`,
      `CREATE TABLE granted_tokens (agency ${ID}, hash ${ID}, expires_at bigint NOT NULL, PRIMARY KEY (agency, hash))`,

      `CREATE TABLE endpoints (
        id ${ID} PRIMARY KEY, platform ${ID} NOT NULL, state ${ID} NOT NULL, code text, wake bigint NOT NULL, due_at bigint,
        fence bigint NOT NULL, lease_until bigint, failures integer NOT NULL, failing_since bigint,
        created_at text NOT NULL, sealed bytea NOT NULL
      ) WITH (fillfactor = 50)`,
      `CREATE INDEX endpoints_platform ON endpoints (platform, id)`,
      `CREATE INDEX endpoints_due ON endpoints (due_at) WHERE due_at IS NOT NULL`,
      // A row goes only when next_seq > last_seq, said by one DELETE: whoever appends an event raises last_seq and so
      // keeps the row, whichever of the two came first.
      `CREATE TABLE deliveries (
        endpoint_id ${ID}, application_id ${ID}, next_seq bigint NOT NULL, last_seq bigint NOT NULL,
        PRIMARY KEY (endpoint_id, application_id)
      ) WITH (fillfactor = 80, ${BUSY})`,
      `CREATE TABLE delivery_log (
        endpoint_id ${ID}, id ${ID}, at text COLLATE "C" NOT NULL, application_id ${ID} NOT NULL, seq bigint NOT NULL,
        status integer, code text, PRIMARY KEY (endpoint_id, id)
      )`,
      `CREATE INDEX delivery_log_at ON delivery_log (at)`,

      `CREATE TABLE api_keys (
        id ${ID} PRIMARY KEY, hash ${ID} NOT NULL, platform ${ID} NOT NULL, scopes text NOT NULL, title text NOT NULL,
        created_at text COLLATE "C" NOT NULL, expires_at text, revoked_at text
      )`,
      // Takes back, from within a statement, all that the statement has written.
      `CREATE FUNCTION refuse(why text) RETURNS bigint LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'JB001', MESSAGE = why; END $$`,
    ],
  },
  // The clock of the law, and who opened an application.
  {
    oldest: 1,
    statements: [
      `ALTER TABLE applications ADD COLUMN clock text, ADD COLUMN clock_at bigint, ADD COLUMN parent ${ID}`,
      `CREATE INDEX applications_clock ON applications (clock_at) WHERE clock_at IS NOT NULL`,
      `CREATE INDEX applications_parent ON applications (parent) WHERE parent IS NOT NULL`,
      `ALTER TABLE items ADD COLUMN role text, ADD COLUMN due_at bigint`,
    ],
  },
  // What is known of the shapes of agencies' replies, so that a change is told once.
  {
    oldest: 1,
    statements: [
      `CREATE TABLE shapes (
        agency ${ID}, place ${ID}, mark ${ID}, told_at text COLLATE "C", n integer NOT NULL,
        PRIMARY KEY (agency, place, mark)
      )`,
      `CREATE INDEX shapes_told ON shapes (told_at, agency, place, mark) WHERE told_at IS NOT NULL`,
    ],
  },
  // Of services that take one open application a person: who holds the place.
  {
    oldest: 1,
    statements: [
      `CREATE TABLE open_locks (value ${ID} PRIMARY KEY, application_id ${ID} NOT NULL)`,
      `CREATE INDEX open_locks_of ON open_locks (application_id)`,
    ],
  },
  // What people say: threads, complaints, and surveys that name nobody.
  {
    oldest: 1,
    statements: [
      `CREATE TABLE messages (
        application_id ${ID}, n integer, key ${ID} NOT NULL, fingerprint text NOT NULL, at text COLLATE "C" NOT NULL,
        author text NOT NULL, channel text NOT NULL, sender ${ID} NOT NULL, sealed bytea NOT NULL,
        PRIMARY KEY (application_id, n)
      )`,
      `CREATE TABLE complaints (
        application_id ${ID}, n integer, key ${ID} NOT NULL, fingerprint text NOT NULL, at text COLLATE "C" NOT NULL,
        category text NOT NULL, tier integer NOT NULL, state text NOT NULL, look_at bigint, due_at text NOT NULL,
        forwarded_to ${ID}, sender ${ID} NOT NULL, sealed bytea NOT NULL, answer bytea, PRIMARY KEY (application_id, n)
      )`,
      `CREATE INDEX complaints_due ON complaints (look_at) WHERE look_at IS NOT NULL`,
      `CREATE TABLE surveys (
        id ${ID} PRIMARY KEY, service ${ID} NOT NULL, site ${ID} NOT NULL, channel text NOT NULL, month ${ID} NOT NULL,
        u1 integer NOT NULL, u2 integer NOT NULL, u3 integer NOT NULL, u4 integer NOT NULL, u5 integer NOT NULL,
        u6 integer NOT NULL, u7 integer NOT NULL, u8 integer NOT NULL, u9 integer NOT NULL, comment bytea
      )`,
      `CREATE INDEX surveys_month ON surveys (month, service)`,
      `CREATE TABLE spent_surveys (hash ${ID} PRIMARY KEY, month ${ID} NOT NULL)`,
    ],
  },
  // Versions of routes that were staged, and who put which in force where.
  {
    oldest: 1,
    statements: [
      `CREATE TABLE route_versions (
        service ${ID}, version ${ID}, staged_at text COLLATE "C" NOT NULL, staged_by ${ID} NOT NULL, route text NOT NULL,
        PRIMARY KEY (service, version)
      )`,
      `CREATE TABLE route_acts (
        service ${ID}, n bigint, act text NOT NULL, version text, sites text, at text COLLATE "C" NOT NULL,
        by ${ID} NOT NULL, PRIMARY KEY (service, n)
      )`,
    ],
  },
  // Reloads that every process follows, and what each of them goes by.
  {
    oldest: 1,
    statements: [
      `CREATE TABLE reloads (n bigint PRIMARY KEY, digest text NOT NULL, at bigint NOT NULL, by ${ID} NOT NULL)`,
      `CREATE TABLE processes (
        id ${ID} PRIMARY KEY, name ${ID} NOT NULL, role text NOT NULL, started_at bigint NOT NULL, seen_at bigint NOT NULL,
        digest text NOT NULL, since bigint NOT NULL, heard bigint NOT NULL, refused text NOT NULL
      ) WITH (fillfactor = 50)`,
    ],
  },
];
