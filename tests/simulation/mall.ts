/** The simulated mall: agencies of every effect, four platforms, and services whose routes meet all of them. */
import type { Catalogue, Route, Service } from '../../src/domain/catalogue.ts';
import { agencyEntry, SITE, smallCatalogue, type StepFields } from '../support/catalogues.ts';

export const AGENCIES = ['civil', 'bank', 'desk', 'registry', 'notary', 'court'] as const;
export const PLATFORMS = ['mall', 'portal', 'kiosk', 'mobile'] as const;
export const TIMEOUT_MS = 20_000;

const step = (call: string, after: string | string[] = [], fields: Partial<StepFields> = {}): StepFields => ({
  call,
  after,
  with: { app: 'application.id' },
  ...fields,
});

/** By service code. */
const ROUTES: Record<string, { steps: Record<string, StepFields>; route?: Partial<Route> }> = {
  /** A file's usual way: look, reserve, enter it (no way back), file it, stamp it. */
  'SIM.USUAL': {
    steps: {
      look: step('civil.look'),
      reserve: step('registry.reserve', 'look'),
      enter: step('civil.enter', 'reserve', { pivot: true }),
      file: step('desk.file', 'enter'),
      stamp: step('notary.stamp', 'enter', { need: 'bestEffort' }),
    },
    route: { deadline: { in: 3, unit: 'workingDays', onBreach: 'escalate' }, result: { number: 'steps.enter.output.done' } },
  },
  /** Paid first. */
  'SIM.PAID': {
    steps: {
      charge: step('bank.charge', [], { waits: '40m' }),
      enter: step('court.enter', 'charge', { waits: '1h' }),
      file: step('court.file', 'enter', { waits: '1h' }),
    },
  },
  /** Everything at once: the steps' changes race. */
  'SIM.WIDE': {
    steps: {
      file: step('desk.file', [], { waits: '30m' }),
      reserve: step('registry.reserve', [], { waits: '30m' }),
      enter: step('civil.enter', [], { waits: '30m' }),
      look: step('court.look'),
      seal: step('notary.seal', ['file', 'reserve', 'enter'], { when: "steps.look.state = 'succeeded'" }),
    },
  },
  /** What can be done once only. */
  'SIM.ONCE': { steps: { stamp: step('notary.stamp'), seal: step('court.seal', 'stamp') } },
  /** The agency comes to us. */
  'SIM.VISIT': {
    steps: {
      visit: step('notary.visit', [], { waits: '40m' }),
      reserve: step('court.reserve', [], { waits: '30m' }),
      file: step('desk.file', ['visit', 'reserve'], { pivot: true }),
    },
  },
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
