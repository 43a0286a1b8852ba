/** Catalogues for tests: a small one made by hand around the test agency, and the shipped one with test secrets. */
import { generateKeyPairSync } from 'node:crypto';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { BUS } from '../../src/domain/bus-agency.ts';
import { DEFAULT_LIMITS, DEFAULT_RETRY } from '../../src/config/fill.ts';
import type { Agency, Catalogue, Route, RouteStep, Service, Site } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';

const title = { id: 'Contoh', en: 'Example' };

export type AgencyFields = Partial<Omit<Agency, 'limits' | 'retry'>> & {
  limits?: Partial<Agency['limits']>;
  retry?: Partial<Agency['retry']>;
};
export type StepFields = Partial<Omit<RouteStep, 'after'>> & { call: string; after?: string | string[] };

export function agencyEntry(id: string, { limits, retry, ...fields }: AgencyFields = {}): Agency {
  return {
    ...{ id, role: id, title, regions: ['*'], adapter: 'test', major: 1, settings: {}, documentHosts: [] },
    ...fields,
    limits: { ...DEFAULT_LIMITS, ...limits },
    retry: { ...DEFAULT_RETRY, ...retry },
  };
}

export const SITE: Site = {
  ...{
    code: 'MPP-9901-01',
    title,
    regionCode: '99.01',
    zone: 'Asia/Pontianak',
    calendar: 'ID',
    closes: '15:00',
  },
};
export const SERVICE = 'TEST.SERVICE';

/** One service of one route; every agency that a step calls exists unless given. */
export function smallCatalogue(
  steps: Record<string, StepFields>,
  agencies: Agency[] = [],
  route: Partial<Route> = {},
): Catalogue {
  const roles = new Set(Object.values(steps).map(({ call }) => call.split('.')[0]!));
  for (const { role } of agencies) roles.delete(role);
  const service: Service = {
    ...{
      code: SERVICE,
      version: '1.0.0',
      title,
      agency: [...roles][0] ?? 'desk',
      status: 'published' as const,
    },
    ...{
      channels: ['self', 'direct'],
      regions: ['99'],
      form: { type: 'object' },
      requirements: [],
      fees: [],
      duplicates: 'allow' as const,
    },
  };
  return {
    agencies: [...agencies, ...[...roles].filter((role) => role !== BUS).map((role) => agencyEntry(role))],
    platforms: ['mall', 'portal'].map((id) => ({ id, title, sandbox: true })),
    sites: [SITE],
    calendars: [{ id: 'ID', source: 'test', weekend: [6, 7], holidays: [] }],
    services: new Map([[SERVICE, service]]),
    routes: new Map([
      [SERVICE, { service: SERVICE, version: '1.0.0', result: {}, ...route, steps: unfold(steps) }],
    ]),
    regions: new Map([['99', 'Provinsi Contoh']]),
  };
}

function unfold(steps: Record<string, StepFields>): Record<string, RouteStep> {
  return Object.fromEntries(
    Object.entries(steps).map(([name, { after = [], ...step }]) => [
      name,
      { need: 'mandatory', pivot: false, with: {}, ...step, after: [after].flat() },
    ]),
  );
}

export interface ShippedCatalogue {
  catalogue: Catalogue;
  bankPrivateKey: string;
}

let shipped: Promise<ShippedCatalogue> | undefined;

/** The example mall of `config/`, every secret a test's own. */
export function shippedCatalogue(): Promise<ShippedCatalogue> {
  return (shipped ??= readShipped());
}

async function readShipped(): Promise<ShippedCatalogue> {
  const { catalogue, findings } = await checkConfig(
    new URL('../../config', import.meta.url).pathname,
    adapters,
  );
  if (!catalogue) throw new Error(`The shipped configuration has findings: ${JSON.stringify(findings)}`);
  const [ours, banks] = [keyPair(), keyPair()];
  const keys: JsonObject = { privateKey: ours.privateKey, bankPublicKey: banks.publicKey };
  const agencies = catalogue.agencies.map((agency) => {
    const settings = Object.entries(agency.settings).map(([name, value]) => {
      const secret = typeof value === 'string' && value.startsWith('secret://');
      return [name, secret ? (keys[name] ?? `secret-${agency.id}-${name}`) : value];
    });
    return { ...agency, settings: Object.fromEntries(settings) as JsonObject };
  });
  return { catalogue: { ...catalogue, agencies }, bankPrivateKey: banks.privateKey };
}

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
