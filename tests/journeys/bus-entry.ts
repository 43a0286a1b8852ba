/** What `jembatan start` runs, with the test's own adapter beside the shipped ones, whose questions after a lost answer come sooner. */
import { adapters as shipped } from '../../adapters/index.ts';
import type { Adapter, Inquiry } from '../../src/adapter-kit/contract.ts';
import { readEnv } from '../../src/config/env.ts';
import { openCatalogue, start } from '../../src/main.ts';
import { stampOffice } from './stamp-office.ts';

/** Later than the last kill of the journeys, sooner than the 10 minutes that the agencies' guides say. */
const PATIENCE = '25s';

function hasty(adapter: Adapter): Adapter {
  const operations = Object.entries(adapter.operations).map(([name, operation]) => {
    const { inquiry } = operation as { inquiry?: Inquiry };
    return [
      name,
      inquiry
        ? { ...operation, inquiry: { ...inquiry, notBefore: PATIENCE, trustAfter: PATIENCE } }
        : operation,
    ];
  });
  return { ...adapter, operations: Object.fromEntries(operations) as Adapter['operations'] };
}

const adapters = [...shipped.map(hasty), stampOffice];
const env = readEnv(process.env);
const { port } = await start({ env, adapters, ...(await openCatalogue(env, process.env, adapters)) });
process.stdout.write(`jembatan listens on http://${env.host}:${port}\n`);
