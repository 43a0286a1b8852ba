/** A mall whose every part may be broken: bus processes, servers, links between them, an agency with a book of its own. */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { SCOPES, type DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { openStore } from '../../src/open.ts';
import { ROOT, type Settings } from '../journeys/bus-process.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { OFFICES, type Office } from './bureau.ts';
import { busOf, command, type Bus } from './bus.ts';
import { unmountDisk } from './disk.ts';
import { writeFiles } from './files.ts';
import { openLink, type Link } from './link.ts';
import { openOffice, type OfficeDesk } from './office.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { unpackEarlier } from './release.ts';
import { direct, openServers, through, type Servers } from './servers.ts';
import { makeCertificates, type Certificates } from './tls.ts';

const PLATFORM = 'mpp-kuburaya';
const OPENING_MS = 30_000;

export type Edition = 'embedded' | 'distributed';

export interface MallOptions {
  edition: Edition;
  /** Processes of each role in the distributed edition. */
  apis?: number;
  workers?: number;
  /** Settings of PostgreSQL, as in postgresql.conf. */
  postgres?: Record<string, string>;
  /** Arguments of redis-server. */
  redis?: string[];
  /** The bureau is called over TLS. */
  tls?: boolean;
  /** Settings of the bus processes. */
  settings?: Settings;
  /** Sends spent before a person is asked. */
  attempts?: number;
  /** Each process reads a folder of its own, as on machines of their own. */
  ownFiles?: boolean;
  /** Its processes are started from an earlier release, on a ledger that this one has brought up to date. */
  earlier?: boolean;
  /** The bus's data, or PostgreSQL's, is on a small disk of its own: its size in MB. */
  disk?: number;
}

export interface Mall extends Servers {
  options: MallOptions;
  folder: string;
  /** Settings of commands beside the bus: straight to the servers, past every link. */
  settings: Settings;
  key: string;
  buses: Bus[];
  apis: Bus[];
  workers: Bus[];
  offices: Record<Office, OfficeDesk>;
  /** Between the bus and each office. */
  links: Record<Office, Link>;
  receiver: Receiver;
  /** The bureau's certificates, if it is called over TLS. */
  certificates: Certificates | null;
  /** The small disk, if one was asked for. */
  disk: string | null;
  /** The next API process in turn. */
  api(): string;
  /** Where platforms send: straight to the API, unless a row puts something between. */
  door: () => string;
  look<T>(read: (ledger: DeskLedger) => Promise<T>): Promise<T>;
  /** Runs a command of the command line, with these settings if given; its exit code and output. */
  command(...args: (string | Settings)[]): Promise<{ code: number; output: string }>;
  /** Links good, agencies friendly, every process running. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the mall, starts its processes and registers its callback endpoint. */
export async function openMall(options: MallOptions): Promise<Mall> {
  const { edition } = options;
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-faults-'));
  const password = randomBytes(24).toString('base64url');
  const api = (): string => {
    const up = mall.apis.filter((bus) => bus.isUp());
    const turn = up.length > 0 ? up : mall.apis;
    return `http://127.0.0.1:${turn[(turns += 1) % turn.length]!.port}`;
  };
  let turns = 0;
  const offices = {} as Mall['offices'];
  const links = {} as Mall['links'];
  const certificates = options.tls ? makeCertificates(join(folder, 'tls')) : null;
  for (const [office, id] of Object.entries(OFFICES) as [Office, string][]) {
    const book = join(folder, `${office}.book`);
    const shows = office === 'bureau' ? certificates?.good : undefined;
    offices[office] = await openOffice(book, () => `${api()}/hosted/${id}/news`, password, shows);
    links[office] = await openLink(offices[office]);
  }
  const disk = options.disk === undefined ? null : join(folder, edition === 'embedded' ? 'data' : 'disk');
  const servers = await openServers(options, disk).catch((error: unknown) => {
    if (disk !== null) unmountDisk(disk);
    throw error;
  });
  const files = await writeFiles(folder, password, links, options);
  const settings = { ...files, ...direct(servers) };
  const mall: Mall = {
    options,
    folder,
    settings,
    key: '',
    buses: [],
    apis: [],
    workers: [],
    offices,
    links,
    ...servers,
    receiver: await openReceiver(),
    api,
    door: api,
    async look(read) {
      const { ledger } = await openStore(readEnv(settings), 'guest');
      try {
        return await read(ledger);
      } finally {
        await ledger.close();
      }
    },
    command: (...args) =>
      command(
        args.find((arg) => typeof arg !== 'string') ?? settings,
        args.filter((arg) => typeof arg === 'string'),
      ),
    heal: () => heal(mall),
    certificates,
    disk,
    close: () => close(mall),
  };
  try {
    if (servers.postgres) await migrated(mall);
    mall.key = await makeKey(mall);
    await addBuses(mall);
    await open(mall);
    return mall;
  } catch (error) {
    await mall.close();
    throw error;
  }
}

/** Starts every process and registers the receiver of callbacks. */
async function open(mall: Mall): Promise<void> {
  await Promise.all(mall.buses.map((bus) => bus.start()));
  const headers = { authorization: `Bearer ${mall.key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ url: mall.receiver.url });
  for (const until = Date.now() + OPENING_MS; ; await setTimeout(200)) {
    const response = await fetch(`${mall.api()}/v1/callback-endpoints`, { method: 'POST', headers, body });
    if (response.status === 201) return;
    // A bus that has just started on a busy machine may say "not now".
    if (response.status !== 503 || Date.now() > until)
      throw new Error(`callback endpoint: ${response.status} ${await response.text()}`);
  }
}

async function migrated(mall: Mall): Promise<void> {
  const { code, output } = await mall.command('migrate');
  if (code !== 0) throw new Error(`migrate ended with ${code}: ${output}`);
}

async function makeKey({ settings }: Mall): Promise<string> {
  const { ledger, vault } = await openStore(readEnv(settings), 'guest');
  const { text, row } = newApiKey(
    { clock: systemClock, vault },
    { platform: PLATFORM, scopes: SCOPES, title: 'faults', expiresAt: null },
  );
  await ledger.createKey(row);
  await ledger.close();
  return text;
}

async function addBuses(mall: Mall): Promise<void> {
  const { edition, apis = 1, workers = 1 } = mall.options;
  const add = async (name: string, role: Bus['role']): Promise<Bus> => {
    const port = await freePort();
    const settings: Settings = {
      ...mall.settings,
      ...through(mall, role === 'worker' ? 'worker' : 'api'),
      ...mall.options.settings,
      ...(mall.certificates && { NODE_EXTRA_CA_CERTS: mall.certificates.authority }),
      JEMBATAN_PORT: String(port),
      // One address for all, as behind a proxy: a repeat is answered byte for byte the same by each.
      JEMBATAN_URL: 'http://127.0.0.1:8080',
      ...(edition === 'distributed' && { JEMBATAN_ROLE: role }),
    };
    if (mall.options.ownFiles) {
      settings['JEMBATAN_CONFIG'] = join(mall.folder, `config of ${name}`);
      await cp(mall.settings['JEMBATAN_CONFIG']!, settings['JEMBATAN_CONFIG'], { recursive: true });
    }
    const bus = busOf(name, role, port, settings, mall.options.earlier ? earlierOf(mall) : ROOT);
    mall.buses.push(bus);
    return bus;
  };
  if (mall.options.earlier) unpackEarlier(earlierOf(mall));
  if (edition === 'embedded') return void mall.apis.push(await add('bus', 'all'));
  for (let n = 1; n <= apis; n += 1) mall.apis.push(await add(`api ${n}`, 'api'));
  for (let n = 1; n <= workers; n += 1) mall.workers.push(await add(`worker ${n}`, 'worker'));
}

export const earlierOf = ({ folder }: Pick<Mall, 'folder'>): string => join(folder, 'earlier');

async function heal(mall: Mall): Promise<void> {
  const links = [mall.links, mall.postgresLinks, mall.redisLinks].flatMap((all) => Object.values(all ?? {}));
  for (const link of links) link.set({});
  for (const office of Object.values(mall.offices)) office.mood = {};
  mall.receiver.status = 204;
  for (const bus of mall.buses) bus.process?.signal('SIGCONT');
  await Promise.all(mall.buses.filter((bus) => !bus.isUp()).map((bus) => bus.start()));
}

async function close(mall: Mall): Promise<void> {
  await Promise.all(mall.buses.map((bus) => bus.end('SIGKILL')));
  const links = [mall.links, mall.postgresLinks, mall.redisLinks].flatMap((all) => Object.values(all ?? {}));
  await Promise.all([...links, ...Object.values(mall.offices), mall.receiver].map((one) => one.close()));
  await Promise.all([mall.postgres?.remove(), mall.redis?.remove()]);
  if (mall.disk !== null) unmountDisk(mall.disk);
  await rm(mall.folder, { recursive: true, force: true });
}
