/** `jembatan demo`: real applications travel through bus and stand-ins, some through trouble, before the user's eyes. */
import { fileURLToPath } from 'node:url';
import { sleep, systemClock as clock } from '../../clock.ts';
import { newApiKey } from '../../http/auth.ts';
import { SCOPES } from '../../flow/ports/ledger-desk.ts';
import { makeClient, type Client } from '../client.ts';
import { timeline, type ShownApplication, type ShownEvent } from '../timeline.ts';
import { decideAll } from './officers.ts';
import { progress } from './progress.ts';
import { sendExamples, type Sent } from './send.ts';
import { closingLines, isWell, tally, type Counted, type Tally } from './tally.ts';
import type { StandIn } from './stand-in.ts';
import { makeWorld, type World } from './world.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A demo that is not settled by then has failed. */
const LONGEST_MS = 90_000;
const LOOK_MS = 250;
/** Where citizens pay: each bill is paid a moment after it was made. */
const PAID_AT = new Set(['bank', 'tax', 'land', 'employment', 'immigration']);

export interface DemoOptions {
  keep: boolean;
  print(line: string): void;
  /** Redraws a table instead of printing lines. */
  terminal: NodeJS.WriteStream | null;
  /** Runs when all is settled and before counting: how a test shows that the count can fail. */
  meddle?: (world: World) => Promise<void>;
}

/** Runs the demo; resolves to whether it went well. */
export async function demo(options: DemoOptions): Promise<boolean> {
  const { print } = options;
  const began = clock.now();
  const world = await makeWorld(`${ROOT}config`, 'error');
  try {
    const { client, key } = await openClient(world);
    await makeTrouble(world);
    print(
      `bus ${world.running.url}, agencies ${world.all
        .map(({ agency, url }) => `${agency.id} ${url}`)
        .join(', ')}`,
    );
    const sent = await sendExamples(client, `${ROOT}examples`);
    print(`${sent.length} applications sent; the police open in 3 s`);
    clock.after(3_000, () => void world.standIns['police']!.open());
    await follow(client, sent, options);
    await options.meddle?.(world);
    await printOne(client, sent, print);
    const counts = await count(world, client, sent);
    for (const line of closingLines(counts, Math.round((clock.now() - began) / 1000))) print(line);
    if (options.keep) await keepRunning(world, key, print);
    return isWell(counts);
  } finally {
    await world.close();
  }
}

async function openClient({ running }: World): Promise<{ client: Client; key: string }> {
  const { desk } = running.bus;
  const { text, row } = newApiKey(desk, {
    platform: 'mpp-kuburaya',
    scopes: SCOPES,
    title: 'demo',
    expiresAt: null,
  });
  await desk.ledger.createKey(row);
  return { client: makeClient(running.url, text, clock), key: text };
}

const NEWBORNS = [
  { motherNik: '9901016406919999', birthDate: '2026-11-12' },
  { motherNik: '9901015502959999', birthDate: '2026-11-14' },
];

/** Agency down at first, a lost reply after the effect, a notification twice, slow and failing replies. */
async function makeTrouble({ standIns, all }: World): Promise<void> {
  const { dukcapil, bank, police, localTax, health } = standIns as Record<
    'dukcapil' | 'bank' | 'police' | 'localTax' | 'health',
    StandIn
  >;
  await Promise.all(all.filter((one) => one !== police).map((one) => one.open()));
  for (const { simulator, agency } of all)
    if (PAID_AT.has(agency.role)) await simulator.act('autoPay', { enabled: true, delayMs: 800 });
  // An officer who looks at a duty at once: the bus asks again only after a minute.
  await localTax.simulator.act('validateAfter', { ms: 0 });
  // What the facilities of birth of the examples' children have reported.
  for (const newborn of NEWBORNS) await health.simulator.act('born', newborn);
  bank.simulator.fault({ match: 'create-va', kind: 'loseReply', times: 1 });
  bank.simulator.fault({ match: 'payment', kind: 'duplicateNews', times: 2 });
  dukcapil.simulator.fault({ match: 'get_json', kind: 'status', times: 2, value: 503 });
  dukcapil.simulator.fault({ match: 'get_json', kind: 'latency', times: 1, value: 700 });
  dukcapil.simulator.fault({ match: 'adminduk', kind: 'duplicateNews', times: 1 });
  dukcapil.simulator.fault({ match: 'adminduk', kind: 'newsFirst', times: 1 });
  police.simulator.fault({ match: 'skck', kind: 'loseReply', times: 1 });
}

async function follow(client: Client, sent: Sent[], { print, terminal }: DemoOptions): Promise<void> {
  const show = progress(sent, print, terminal);
  const until = clock.now() + LONGEST_MS;
  while (clock.now() < until) {
    const applications = await all(client, sent);
    if (show(applications)) return;
    await decideAll(client, applications);
    await sleep(clock, LOOK_MS);
  }
  print(`not all settled within ${LONGEST_MS / 1000} s`);
}

function all<Seen = ShownApplication>(client: Client, sent: Sent[]): Promise<Seen[]> {
  return Promise.all(sent.map(({ id }) => client.get<Seen>(`/v1/applications/${id}`)));
}

/** The paid service that went through most: its whole way. */
async function printOne(client: Client, sent: Sent[], print: (line: string) => void): Promise<void> {
  const chosen = sent.find(({ service }) => service === 'POLRES.SKCK') ?? sent[0]!;
  const application = await client.get<ShownApplication>(`/v1/applications/${chosen.id}`);
  const { events } = await client.get<{ events: ShownEvent[] }>(`/v1/applications/${chosen.id}/events`);
  print('');
  for (const line of timeline(application, events)) print(line);
  print('');
}

async function count({ all: standIns }: World, client: Client, sent: Sent[]): Promise<Tally> {
  const books = standIns.map(({ agency, leaves, simulator }) => {
    return { agency: agency.id, leaves, entries: simulator.book() };
  });
  return tally(
    sent.map(({ id }) => id),
    await all<Counted>(client, sent),
    books,
  );
}

async function keepRunning(
  { running, all: standIns }: World,
  key: string,
  print: (line: string) => void,
): Promise<void> {
  print(`running until Ctrl-C: ${running.url}`);
  print(`  export JEMBATAN_URL=${running.url} JEMBATAN_KEY=${key}`);
  for (const { agency, url } of standIns) print(`  ${agency.id}: ${url}/_sim/book`);
  await new Promise<void>((resolve) => void process.once('SIGINT', resolve));
}
