/** A mall of one service and one agency for the bench, in a folder of its own. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { readEnv, type Env } from '../src/config/env.ts';
import { newApiKey } from '../src/http/auth.ts';
import { openStore } from '../src/main.ts';

export interface Mall {
  env: Record<string, string>;
  settings: Env;
  key: string;
  folder: string;
}

export async function makeMall(agencyPort: number): Promise<Mall> {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-bench-'));
  const files: Record<string, string> = {
    'config/agencies.yaml': `dukcapil-9901:
  role: dukcapil
  title: { id: Contoh, en: Example }
  regions: ['99.01']
  adapter: civil-registry
  major: 1
  settings:
    baseUrl: http://127.0.0.1:${agencyPort}
    customerPath: contoh/mpp
    userId: mpp
    password: secret://file/password
    ipUser: 127.0.0.1
    newsSecret: secret://file/newsSecret
  limits: { concurrency: 200, perSecond: 10000, timeout: 20s }
`,
    'config/platforms.yaml': 'bench:\n  title: { id: Uji, en: Bench }\n  sandbox: true\n',
    'config/sites.yaml': `MPP-9901-01:
  title: { id: Contoh, en: Example }
  regionCode: '99.01'
  zone: Asia/Jakarta
  calendar: ID
  closes: '15:00'
`,
    'config/regions.yaml': "'99.01': Contoh\n",
    'config/calendars/id.yaml': "id: ID\nsource: none\nweekend: [6, 7]\nholidays: { '2026-12-25': Natal }\n",
    'config/services/match.yaml': `code: BENCH.MATCH
version: 1.0.0
title: { id: Uji, en: Bench }
agency: dukcapil
status: published
channels: [electronic]
regions: ['99.01']
form: { type: object, additionalProperties: false, properties: { note: { type: string, maxLength: 2000 } } }
requirements: []
fees: []
`,
    'config/routes/match.yaml': `service: BENCH.MATCH
version: 1.0.0
steps:
  person:
    call: dukcapil.matchPerson
    with: { nik: application.applicant.nik, fullName: application.applicant.fullName }
result: {}
`,
    'data/secrets/password': 'bench-password',
    'data/secrets/newsSecret': 'bench-news-secret',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  const env = {
    JEMBATAN_DATA: join(folder, 'data'),
    JEMBATAN_CONFIG: join(folder, 'config'),
    JEMBATAN_PORT: '0',
    JEMBATAN_LOG: 'error',
  };
  const settings = readEnv(env);
  const { ledger, vault } = await openStore(settings, 'guest');
  const { text, row } = newApiKey(
    { clock: systemClock, vault },
    {
      platform: 'bench',
      scopes: ['applications:submit', 'applications:read'],
      title: 'bench',
      expiresAt: null,
    },
  );
  await ledger.createKey(row);
  await ledger.close();
  return { env, settings, key: text, folder };
}
