/** The simulated mall: agencies of every effect, three platforms, and services whose routes meet all of them. */
import type { Catalogue, Route, Service } from '../../src/domain/catalogue.ts';
import { agencyEntry, SITE, smallCatalogue, type StepFields } from '../support/catalogues.ts';

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
      deadline: { in: 3, unit: 'workingDays', onBreach: 'escalate', pauses: ['applicant', 'payment', 'appointment'] },
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

export const SERVICES = Object.keys(ROUTES);

/** Short patience, so that every end of it is met within hours. */
function entries(): Catalogue['agencies'] {
  return AGENCIES.map((id) =>
    agencyEntry(id, {
      adapter: 'sim',
      limits: { timeout: `${TIMEOUT_MS / 1000}s`, concurrency: 4, circuitFailures: 4, circuitCap: '2m' },
      retry: { attempts: 4, base: '1s', cap: '1m', inquiries: 6 },
    }),
  );
}

function makeMall(): Catalogue {
  const services = new Map<string, Service>();
  const routes = new Map<string, Route>();
  let whole: Catalogue | undefined;
  for (const [code, { steps, route }] of Object.entries(ROUTES)) {
    whole = smallCatalogue(steps, entries(), route);
    services.set(code, { ...[...whole.services.values()][0]!, code });
    routes.set(code, { ...[...whole.routes.values()][0]!, service: code });
  }
  const title = { id: 'Simulasi', en: 'Simulation' };
  return {
    ...whole!,
    sites: [SITE, { ...SITE, code: 'MPP-9901-02' }],
    platforms: PLATFORMS.map((id) => ({ id, title, sandbox: true })),
    services,
    routes,
  };
}

export const mall: Catalogue = makeMall();
