/** Makes an API key: refuses platforms and scopes that nobody knows, prints the text once. */
import { readEnv } from '../config/env.ts';
import { ConfigError, nearest } from '../config/finding.ts';
import { loadConfig } from '../config/load.ts';
import { SCOPES, type Scope } from '../flow/ports/ledger-desk.ts';
import { newApiKey } from '../http/auth.ts';
import { shownLedger } from '../ledger/url.ts';
import { openStore } from '../open.ts';
import { isDate, isDateTime } from '../schema/formats.ts';
import { printJson, UsageError, type Shell } from './shell.ts';

export interface CreateOptions {
  platform: string;
  scope: string[];
  title: string;
  expires?: string;
  json: boolean;
}

const MOST_TITLE = 200;
/** A role's queue of decisions. */
const TASK = /^task:[a-z][a-zA-Z0-9-]{0,62}$/;

export async function createKey(
  shell: Shell,
  { platform, scope, title, expires, json }: CreateOptions,
): Promise<void> {
  const env = readEnv(shell.env);
  const scopes = scope.map((one) => (TASK.test(one) ? one : known('scope', one, SCOPES)) as Scope);
  if (title.length > MOST_TITLE) throw new UsageError(`--title has at most ${MOST_TITLE} characters`);
  const expiresAt = expires === undefined ? null : expiry(expires, shell.clock.now());
  known('platform', platform, await platformsOf(env.configDir));
  const { ledger, vault } = await openStore(env, 'guest');
  try {
    const wanted = { platform, scopes: [...new Set(scopes)], title, expiresAt };
    const { text, row } = newApiKey({ clock: shell.clock, vault }, wanted);
    const data = { key: row.id, platform, scopes: row.scopes, by: 'cli' };
    await ledger.appendEvents('bus', [{ type: 'go.mpp.key.created.v1', data }]);
    await ledger.createKey(row);
    if (json) return printJson(shell, { key: text, id: row.id, ...wanted });
    shell.out(text);
    shell.err(
      `Key ${row.id} of ${platform}, kept in ${shownLedger(env.ledger)}. Its text is shown this once: export JEMBATAN_KEY=…`,
    );
  } finally {
    await ledger.close();
  }
}

function known(what: string, name: string, all: readonly string[]): string {
  if (all.includes(name)) return name;
  const near = nearest(name, all);
  const hint = near === undefined ? '.' : `, did you mean ${near}?`;
  throw new UsageError(`There is no ${what} ${name}${hint} Known: ${all.join(', ')}`);
}

/** A mistake in another file does not stand in the way of a key. */
async function platformsOf(configDir: string): Promise<string[]> {
  const { catalogue, findings } = await loadConfig(configDir);
  const theirs = findings.filter(({ file }) => file === 'platforms.yaml');
  if (theirs.length > 0) throw new ConfigError(theirs);
  return catalogue.platforms.map(({ id }) => id);
}

function expiry(text: string, now: number): string {
  const time = isDate(text) ? `${text}T23:59:59.999Z` : text;
  if (!isDateTime(time))
    throw new UsageError('--expires is a day such as 2027-01-31 or a time such as 2027-01-31T17:00:00+07:00');
  if (Date.parse(time) <= now) throw new UsageError(`--expires ${text} has passed already`);
  return new Date(time).toISOString();
}
