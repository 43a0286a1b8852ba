/** The simulated mall: agencies of every effect, three platforms, services made by hand, and others drawn for each seed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '../../src/config/check.ts';
import type { Agency, Catalogue, Route, Service } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { agencyEntry, SITE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { mulberry } from '../support/virtual-clock.ts';
import { simAdapter } from './adapter.ts';
import { diceOf, drawServices, type Dice, type DrawnService } from './routes.ts';

export const AGENCIES = ['civil', 'bank', 'desk', 'registry', 'notary', 'court'] as const;
export const PLATFORMS = ['mall', 'portal', 'kiosk'] as const;
export const TIMEOUT_MS = 20_000;

const step = (call: string, after: string | string[] = [], fields: Partial<StepFields> = {}): StepFields => ({
  call,
  after,
  waits: '30m',
  with: { app: 'application.id' },
  ...fields,
});

/** By service code. */
const ROUTES: Record<string, { steps: Record<string, StepFields>; route?: Partial<Route> }> = {
  /** A file's usual way: reserve, enter it (no way back), stamp it. */
  'SIM.USUAL': {
    steps: {
      reserve: step('registry.reserve'),
      enter: step('civil.enter', 'reserve', { pivot: true }),
      stamp: step('notary.stamp', 'enter', { need: 'bestEffort' }),
    },
    route: {
      deadline: {
        ...{ in: 3, unit: 'workingDays', onBreach: 'escalate' },
        pauses: ['applicant', 'payment', 'appointment'],
      },
      result: { number: 'steps.enter.output.done' },
    },
  },
  /** Paid first. */
  'SIM.PAID': {
    steps: { charge: step('bank.charge', [], { waits: '40m' }), file: step('desk.file', 'charge') },
  },
  /** At once: the steps' changes race. */
  'SIM.WIDE': {
    steps: {
      reserve: step('court.reserve'),
      enter: step('civil.enter'),
      seal: step('notary.seal', ['reserve', 'enter'], { when: "steps.enter.state = 'succeeded'" }),
    },
  },
  /** What can be done once only. */
  'SIM.ONCE': { steps: { stamp: step('notary.stamp') } },
  'SIM.ENTER': { steps: { enter: step('court.enter') } },
  /** An applicant's own come one after the other. */
  'SIM.FILE': {
    steps: { look: step('civil.look'), file: step('desk.file', 'look') },
    route: { order: 'applicant' },
  },
  /** The agency comes to us; what follows has no way back. */
  'SIM.VISIT': { steps: { visit: step('notary.visit'), file: step('court.file', 'visit', { pivot: true }) } },
};

/** Made by hand, older than the check and in part against it: they meet what only a careless route would. */
export const BY_HAND = Object.keys(ROUTES);

const LIMITS = { timeout: `${TIMEOUT_MS / 1000}s`, concurrency: 4, circuitFailures: 4, circuitCap: '2m' };
/** Short patience, so that every end of it is met within hours. */
const RETRY = { attempts: 4, base: '1s', cap: '1m', inquiries: 6 };

function makeByHand(): Catalogue {
  const services = new Map<string, Service>();
  const routes = new Map<string, Route>();
  const entries = AGENCIES.map((id) => agencyEntry(id, { adapter: 'sim', limits: LIMITS, retry: RETRY }));
  let whole: Catalogue | undefined;
  for (const [code, { steps, route }] of Object.entries(ROUTES)) {
    whole = smallCatalogue(steps, entries, route);
    services.set(code, { ...[...whole.services.values()][0]!, code });
    routes.set(code, { ...[...whole.routes.values()][0]!, service: code });
  }
  return { ...whole!, services, routes };
}

const byHand = makeByHand();
const title = { id: 'Simulasi', en: 'Simulation' };

/** Drawn from the seed, and held by the real check of the configuration: what does not pass is left out. */
export interface Mall {
  catalogue: Catalogue;
  /** Services drawn, and those of them that the check refused. */
  drawn: number;
  refused: string[];
}

/** So many malls draw services, besides those made by hand: with what they open they cost several times as much. */
const DRAWN = 1 / 3;

export async function openMall(seed: number): Promise<Mall> {
  const dice = diceOf(mulberry(seed ^ 0x0a11));
  const agencies = Object.fromEntries(AGENCIES.map((id) => [id, drawAgency(dice, id)]));
  let left = dice.odds(DRAWN) ? drawServices(dice, AGENCIES) : [];
  const drawn = left.length;
  const refused: string[] = [];
  for (;;) {
    const { catalogue, bad } = await checked(agencies, left);
    if (catalogue) return { catalogue: joined(catalogue), drawn, refused };
    refused.push(...bad);
    left = left.filter(({ service }) => !bad.some((line) => line.includes(nameOf(service))));
  }
}

const nameOf = ({ code }: JsonObject): string => `/${(code as string).toLowerCase()}.yaml`;

/** Some serve by the clock, some so many a day. */
function drawAgency({ odds, pick, between }: Dice, role: string): JsonObject {
  const hours = pick([['09:04-15:00'], ['08:00-09:05', '09:11-15:30'], ['08:00-09:09', '13:00-14:00']]);
  const week = Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, hours]),
  );
  const gated = odds(0.2);
  const opens = gated && { opens: { zone: 'Asia/Jakarta', ...(odds(0.7) && { hours: week }) } };
  const perDay = gated && odds(0.5) && { perDay: between(25, 50) };
  return {
    ...{ role, title, regions: ['*'], adapter: 'sim', major: 1, settings: {}, agreement: 'none' },
    ...{ limits: { ...LIMITS, ...opens, ...perDay }, retry: RETRY },
  };
}

/** The catalogue, or the files that the check finds something wrong in. */
async function checked(
  agencies: JsonObject,
  services: DrawnService[],
): Promise<{ catalogue?: Catalogue; bad: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'simulated-mall-'));
  try {
    await writeMall(folder, agencies, services);
    const { catalogue, findings } = await checkConfig(folder, [simAdapter]);
    const bad = findings.map(
      ({ file, pointer, code, message }) => `/${file.split('/').at(-1)} ${pointer} ${code}: ${message}`,
    );
    const known = services.some(({ service }) => bad.some((line) => line.includes(nameOf(service))));
    if (!catalogue && !known) throw new Error(`The simulated mall is refused: ${bad.join('; ')}`);
    return { ...(catalogue && { catalogue }), bad };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeMall(folder: string, agencies: JsonObject, services: DrawnService[]): Promise<void> {
  const { zone, calendar, closes, regionCode } = SITE;
  const site = { title, regionCode, zone, calendar, closes };
  const platform = { title, sandbox: true };
  const files: Record<string, JsonObject> = {
    agencies,
    platforms: Object.fromEntries(PLATFORMS.map((id) => [id, platform])),
    sites: { 'MPP-9901-01': site, 'MPP-9901-02': { ...site, closes: '09:05' } },
    regions: { '99': 'Provinsi Contoh', '99.01': 'Kabupaten Contoh' },
    'calendars/id': { id: 'ID', source: 'simulation', weekend: [6, 7], holidays: { '2026-11-18': 'Contoh' } },
  };
  for (const { service, route } of services) {
    const name = (service['code'] as string).toLowerCase();
    files[`services/${name}`] = service;
    files[`routes/${name}`] = route;
  }
  for (const part of ['calendars', 'services', 'routes']) await mkdir(join(folder, part));
  const written = Object.entries(files).map(([name, value]) =>
    writeFile(join(folder, `${name}.yaml`), JSON.stringify(value)),
  );
  await Promise.all(written);
}

function joined(catalogue: Catalogue): Catalogue {
  return {
    ...catalogue,
    services: new Map([...byHand.services, ...catalogue.services]),
    routes: new Map([...byHand.routes, ...catalogue.routes]),
  };
}

export const agencyOf = ({ agencies }: Catalogue, id: string): Agency =>
  agencies.find((one) => one.id === id)!;
