/** A mall of two services and two agency entries for the bench, in a folder of its own, over any ledger and queue. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPEN_SERVICE, SERVICE } from './body.ts';
import { ownFolder, run } from './process.ts';

export const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
/** The lane that is measured, and the one in which the ready steps of the cost curve lie paused. */
export const LANE = 'dukcapil-9901';
export const HELD_LANE = 'dukcapil-9902';

export interface Mall {
  env: Record<string, string>;
  /** Text of an API key with every scope that the bench needs. */
  key: string;
  folder: string;
  remove(): Promise<void>;
}

/** `ledger` and `queue` as in JEMBATAN_LEDGER and JEMBATAN_QUEUE; the embedded edition's own when absent. */
export async function makeMall(
  agencyPort: number,
  { ledger, queue }: { ledger?: string; queue?: string } = {},
): Promise<Mall> {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-bench-'));
  ownFolder(folder);
  for (const [name, text] of Object.entries(files(agencyPort))) {
    await mkdir(join(folder, name, '..'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  const env = {
    JEMBATAN_DATA: join(folder, 'data'),
    JEMBATAN_CONFIG: join(folder, 'config'),
    JEMBATAN_PORT: '0',
    JEMBATAN_LOG: 'error',
    ...(ledger !== undefined && { JEMBATAN_LEDGER: ledger }),
    ...(queue !== undefined && { JEMBATAN_QUEUE: queue }),
  };
  if (ledger !== undefined) await run(process.execPath, [CLI, 'migrate'], env);
  const scopes = ['--scope', 'applications:submit', 'applications:read', 'operate'];
  const create = [CLI, 'key', 'create', '--platform', 'bench', ...scopes, '--json'];
  const { key } = JSON.parse(await run(process.execPath, create, env)) as { key: string };
  return { env, key, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

function files(agencyPort: number): Record<string, string> {
  return {
    'config/agencies.yaml': agency(LANE, '99.01', agencyPort) + agency(HELD_LANE, '99.02', agencyPort),
    'config/platforms.yaml': 'bench:\n  title: { id: Uji, en: Bench }\n  sandbox: true\n',
    'config/sites.yaml': `MPP-9901-01:
  title: { id: Contoh, en: Example }
  regionCode: '99.01'
  zone: Asia/Jakarta
  calendar: ID
  closes: '15:00'
`,
    'config/regions.yaml': "'99.01': Contoh\n'99.02': Contoh Kedua\n",
    'config/calendars/id.yaml': "id: ID\nsource: none\nweekend: [6, 7]\nholidays: { '2026-12-25': Natal }\n",
    'config/services/match.yaml': service(SERVICE),
    'config/services/open.yaml': service(OPEN_SERVICE),
    'config/routes/match.yaml': MATCH,
    'config/routes/open.yaml': OPEN,
    'data/secrets/password': 'bench-password',
    'data/secrets/newsSecret': 'bench-news-secret',
  };
}

/** 200 at once: with 50 the lane, not the machine, would set the pace. */
const agency = (id: string, region: string, port: number): string => `${id}:
  role: dukcapil
  title: { id: Contoh, en: Example }
  regions: ['${region}']
  adapter: civil-registry
  major: 1
  settings:
    baseUrl: http://127.0.0.1:${port}
    customerPath: contoh/mpp
    userId: mpp
    password: secret://file/password
    ipUser: 127.0.0.1
    newsSecret: secret://file/newsSecret
  limits: { concurrency: 200, perSecond: 10000, timeout: 20s }
`;

const service = (code: string): string => `code: ${code}
version: 1.0.0
title: { id: Uji, en: Bench }
agency: dukcapil
status: published
channels: [electronic]
regions: ['99.01', '99.02']
form: { type: object, additionalProperties: false, properties: { note: { type: string, maxLength: 2000 } } }
requirements: []
fees: []
`;

const PERSON = '{ nik: application.applicant.nik, fullName: application.applicant.fullName }';

const MATCH = `service: ${SERVICE}
version: 1.0.0
steps:
  person: { call: dukcapil.matchPerson, with: ${PERSON} }
result: {}
`;

const CARD =
  '{ nik: application.applicant.nik, fullName: application.applicant.fullName, reason: "\'lost\'" }';

/** What `seed/` fills in: in region 99.01 the second card waits for news, in 99.02 the last match is ready. */
const OPEN = `service: ${OPEN_SERVICE}
version: 1.0.0
steps:
  person: { call: dukcapil.matchPerson, with: ${PERSON} }
  card: { call: dukcapil.reissueFamilyCard, after: person, when: "application.jurisdictionCode = '99.02'", with: ${CARD} }
  appointment: { call: dukcapil.reissueFamilyCard, after: card, when: "application.jurisdictionCode = '99.01'", waits: 90d, with: ${CARD} }
  again: { call: dukcapil.matchPerson, after: appointment, with: ${PERSON} }
result: {}
`;
