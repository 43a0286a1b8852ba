/** The SQLite ledger's schema, as numbered migrations. Applied ones are never edited. */

/** Each runs in a transaction of its own; `PRAGMA user_version` names the last one applied. */
export const migrations: string[] = [
  `
CREATE TABLE keys (
  owner TEXT PRIMARY KEY, application_id TEXT, wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE serials (site TEXT, year INTEGER, next INTEGER NOT NULL, PRIMARY KEY (site, year)) STRICT, WITHOUT ROWID;

CREATE TABLE applications (
  id TEXT PRIMARY KEY, number TEXT NOT NULL, platform TEXT NOT NULL, site TEXT NOT NULL, service TEXT NOT NULL,
  jurisdiction TEXT NOT NULL, channel TEXT NOT NULL, sandbox INTEGER NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL,
  ending TEXT, priority INTEGER NOT NULL, version INTEGER NOT NULL, head TEXT NOT NULL, accepted_at INTEGER NOT NULL,
  promised_at INTEGER, ended_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE bodies (
  application_id TEXT PRIMARY KEY, body BLOB NOT NULL, result BLOB
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX applications_number ON applications (number);
CREATE INDEX applications_platform ON applications (platform, id);
CREATE INDEX applications_state ON applications (platform, state, id);

CREATE TABLE steps (
  application_id TEXT, name TEXT, priority INTEGER NOT NULL, position INTEGER NOT NULL, agency TEXT NOT NULL,
  operation TEXT NOT NULL, adapter TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL, code TEXT,
  round INTEGER NOT NULL, attempts INTEGER NOT NULL, spent INTEGER NOT NULL, inquiries INTEGER NOT NULL,
  wake INTEGER NOT NULL, due_at INTEGER, fence INTEGER NOT NULL, lease_until INTEGER, lease_kind TEXT,
  key TEXT NOT NULL, sent_at INTEGER, timeout_at INTEGER, sealed BLOB NOT NULL,
  PRIMARY KEY (application_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX steps_due ON steps (agency, priority, due_at, wake) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX steps_key ON steps (key, agency);
CREATE INDEX steps_stuck ON steps (since) WHERE state IN ('parked', 'unknown');

CREATE TABLE old_rounds (
  application_id TEXT, step TEXT, round INTEGER, key TEXT NOT NULL, agency TEXT NOT NULL, state TEXT NOT NULL,
  code TEXT, sealed BLOB NOT NULL, PRIMARY KEY (application_id, step, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX old_rounds_key ON old_rounds (key);

CREATE TABLE step_references (
  agency TEXT, reference TEXT, application_id TEXT, step TEXT,
  PRIMARY KEY (agency, reference, application_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  application_id TEXT, step TEXT, round INTEGER, number INTEGER, kind TEXT NOT NULL, try_key TEXT NOT NULL,
  at TEXT NOT NULL, ended_at TEXT, outcome TEXT, code TEXT, status INTEGER, sealed BLOB,
  PRIMARY KEY (application_id, step, round, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  stream TEXT, seq INTEGER, at TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL, sealed BLOB,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  platform TEXT, key TEXT, fingerprint TEXT NOT NULL, application_id TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (platform, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_references (
  platform TEXT, reference TEXT, fingerprint TEXT NOT NULL, application_id TEXT NOT NULL,
  PRIMARY KEY (platform, reference)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_index (
  kind TEXT, value TEXT, application_id TEXT, PRIMARY KEY (kind, value, application_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
  id TEXT PRIMARY KEY, application_id TEXT NOT NULL, step TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL,
  opened_at TEXT NOT NULL, closed_at TEXT, closed_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX items_open ON items (application_id, step) WHERE closed_at IS NULL;
CREATE INDEX items_listed ON items (id) WHERE closed_at IS NULL;

CREATE TABLE inbox (
  agency TEXT, id TEXT, content TEXT NOT NULL, state TEXT NOT NULL, hosted TEXT NOT NULL, reference TEXT,
  application_id TEXT, step TEXT, at TEXT NOT NULL, key_owner TEXT NOT NULL, request BLOB NOT NULL, answer BLOB NOT NULL,
  PRIMARY KEY (agency, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_waiting ON inbox (agency, reference) WHERE state = 'waiting';

CREATE TABLE documents (
  id TEXT PRIMARY KEY, platform TEXT NOT NULL, application_id TEXT, name TEXT, hash TEXT NOT NULL, type TEXT NOT NULL,
  size INTEGER NOT NULL, at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_unlisted ON documents (platform, hash) WHERE application_id IS NULL;
CREATE INDEX documents_dropped ON documents (at) WHERE application_id IS NULL;
CREATE UNIQUE INDEX documents_named ON documents (application_id, name) WHERE application_id IS NOT NULL;
CREATE TABLE chunks (
  document_id TEXT, n INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (document_id, n)
) STRICT;

CREATE TABLE lanes (
  id TEXT PRIMARY KEY, paused INTEGER NOT NULL, sleep_until INTEGER NOT NULL, code TEXT NOT NULL,
  failures INTEGER NOT NULL, sleeps INTEGER NOT NULL, probe_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE granted_tokens (
  agency TEXT, hash TEXT, expires_at INTEGER NOT NULL, PRIMARY KEY (agency, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE endpoints (
  id TEXT PRIMARY KEY, platform TEXT NOT NULL, state TEXT NOT NULL, code TEXT, wake INTEGER NOT NULL, due_at INTEGER,
  fence INTEGER NOT NULL, lease_until INTEGER, failures INTEGER NOT NULL, failing_since INTEGER, created_at TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoints_platform ON endpoints (platform);
CREATE INDEX endpoints_due ON endpoints (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE deliveries (
  endpoint_id TEXT, application_id TEXT, next_seq INTEGER NOT NULL, PRIMARY KEY (endpoint_id, application_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_log (
  endpoint_id TEXT, id TEXT, at TEXT NOT NULL, application_id TEXT NOT NULL, seq INTEGER NOT NULL, status INTEGER,
  code TEXT, PRIMARY KEY (endpoint_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_log_at ON delivery_log (at);

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, hash TEXT NOT NULL, platform TEXT NOT NULL, scopes TEXT NOT NULL, title TEXT NOT NULL,
  created_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT
) STRICT, WITHOUT ROWID;
`,
  // Platforms share a lane, an applicant's own come one after the other, and a lane counts its day.
  `
ALTER TABLE steps ADD COLUMN platform TEXT NOT NULL DEFAULT '';
ALTER TABLE steps ADD COLUMN service TEXT NOT NULL DEFAULT '';
ALTER TABLE steps ADD COLUMN turn TEXT;
UPDATE steps SET (platform, service) = (SELECT platform, service FROM applications WHERE id = application_id);
DROP INDEX steps_due;
CREATE INDEX steps_due ON steps (agency, priority, platform, service, due_at, wake, turn) WHERE due_at IS NOT NULL;
CREATE INDEX steps_turn ON steps (agency, turn, application_id)
  WHERE turn IS NOT NULL AND state IN ('pending', 'ready', 'unknown', 'parked', 'compensating');

ALTER TABLE lanes ADD COLUMN day TEXT NOT NULL DEFAULT '';
ALTER TABLE lanes ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
`,
  // A sealed body fills most of a page's place for keys and spilled into a page of its own: a third of the file.
  `
CREATE TABLE bodies_by_row (application_id TEXT PRIMARY KEY, body BLOB NOT NULL, result BLOB) STRICT;
INSERT INTO bodies_by_row SELECT application_id, body, result FROM bodies;
DROP TABLE bodies;
ALTER TABLE bodies_by_row RENAME TO bodies;
`,
  // The clock of the law, and who opened an application.
  `
ALTER TABLE applications ADD COLUMN clock TEXT;
ALTER TABLE applications ADD COLUMN clock_at INTEGER;
ALTER TABLE applications ADD COLUMN parent TEXT;
CREATE INDEX applications_clock ON applications (clock_at) WHERE clock_at IS NOT NULL;
CREATE INDEX applications_parent ON applications (parent) WHERE parent IS NOT NULL;
ALTER TABLE items ADD COLUMN role TEXT;
ALTER TABLE items ADD COLUMN due_at INTEGER;
`,
  // What is known of the shapes of agencies' replies, so that a change is told once.
  `
CREATE TABLE shapes (
  agency TEXT, place TEXT, mark TEXT, told_at TEXT, n INTEGER NOT NULL, PRIMARY KEY (agency, place, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX shapes_told ON shapes (told_at, agency, place, mark) WHERE told_at IS NOT NULL;
`,
  // Of services that take one open application a person: who holds the place.
  `
CREATE TABLE open_locks (value TEXT PRIMARY KEY, application_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX open_locks_of ON open_locks (application_id);
`,
  // What people say: threads, complaints, and surveys that name nobody.
  `
CREATE TABLE messages (
  application_id TEXT, n INTEGER, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at TEXT NOT NULL, author TEXT NOT NULL,
  channel TEXT NOT NULL, sender TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (application_id, n)
) STRICT;
CREATE TABLE complaints (
  application_id TEXT, n INTEGER, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at TEXT NOT NULL, category TEXT NOT NULL,
  tier INTEGER NOT NULL, state TEXT NOT NULL, look_at INTEGER, due_at TEXT NOT NULL, forwarded_to TEXT,
  sender TEXT NOT NULL, sealed BLOB NOT NULL, answer BLOB, PRIMARY KEY (application_id, n)
) STRICT;
CREATE INDEX complaints_due ON complaints (look_at) WHERE look_at IS NOT NULL;
CREATE TABLE surveys (
  id TEXT PRIMARY KEY, service TEXT NOT NULL, site TEXT NOT NULL, channel TEXT NOT NULL, month TEXT NOT NULL,
  u1 INTEGER NOT NULL, u2 INTEGER NOT NULL, u3 INTEGER NOT NULL, u4 INTEGER NOT NULL, u5 INTEGER NOT NULL,
  u6 INTEGER NOT NULL, u7 INTEGER NOT NULL, u8 INTEGER NOT NULL, u9 INTEGER NOT NULL, comment BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX surveys_month ON surveys (month, service);
CREATE TABLE spent_surveys (hash TEXT PRIMARY KEY, month TEXT NOT NULL) STRICT, WITHOUT ROWID;
`,
  // Versions of routes that were staged, and who put which in force where.
  `
CREATE TABLE route_versions (
  service TEXT, version TEXT, staged_at TEXT NOT NULL, staged_by TEXT NOT NULL, route TEXT NOT NULL,
  PRIMARY KEY (service, version)
) STRICT;
CREATE TABLE route_acts (
  service TEXT, n INTEGER, act TEXT NOT NULL, version TEXT, sites TEXT, at TEXT NOT NULL, by TEXT NOT NULL,
  PRIMARY KEY (service, n)
) STRICT, WITHOUT ROWID;
`,
  // Reloads that every process follows, and what each of them goes by.
  `
CREATE TABLE reloads (n INTEGER PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE processes (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
  digest TEXT NOT NULL, since INTEGER NOT NULL, heard INTEGER NOT NULL, refused TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
];
