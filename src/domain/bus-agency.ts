/** The bus as an agency among the others: it has no wire, and what it is asked for it does itself. */
import type { Agency } from './catalogue.ts';

/** Role, id, lane and adapter of the built-in agency: no entry of `agencies.yaml` may take it. */
export const BUS = 'bus';
export const BUS_ADAPTER = 'bus@1';

export const BUS_AGENCY: Agency = {
  id: BUS,
  role: BUS,
  title: { id: 'Mal Pelayanan Publik', en: 'the public service mall' },
  regions: ['*'],
  adapter: BUS,
  major: 1,
  settings: {},
  limits: {
    concurrency: 50,
    perSecond: 1000,
    timeout: '20s',
    maxReplyBytes: 1024,
    circuitFailures: 1000,
    circuitSleep: '10s',
    circuitCap: '10m',
  },
  // A sub-application may take months to be undone: it is asked until it is.
  retry: { attempts: 1000, base: '30s', cap: '15m', inquiries: 1000 },
  documentHosts: [],
};
