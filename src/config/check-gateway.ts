/** Checks the gateway that an agency is reached through: its key is no literal, and its header takes nobody else's place. */
import type { Adapter } from '../adapter-kit/contract.ts';
import type { Agency } from '../domain/catalogue.ts';
import { SECRET_REFERENCE } from './secrets.ts';
import type { Spot, World } from './world.ts';

type SpotOf = (...path: (string | number)[]) => Spot;

/** Of the connection itself. */
const HELD =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|cookie|accept.*|user-agent|proxy-.*)$/;

export function checkGateway(world: World, agency: Agency, adapter: Adapter | undefined, spot: SpotOf): void {
  const { gateway } = agency;
  if (!gateway) return;
  if (typeof gateway.key === 'string' && !SECRET_REFERENCE.test(gateway.key)) {
    const name = `${agency.id}-gateway`;
    const fix = `Put the key into the data folder as secrets/${name} and write secret://file/${name}`;
    world.report(spot('gateway', 'key'), 'secret_literal', 'key is a secret written out', fix);
  }
  const taken = takenBy(agency, adapter, gateway.header);
  if (taken === null) return;
  const message = `The header ${gateway.header} is ${taken}`;
  world.report(
    spot('gateway', 'header'),
    'gateway_header',
    message,
    'Write the one that the gateway has besides: apikey or AuthorizationSPLP',
  );
}

/** Whose the header is already; null when it is free. */
function takenBy({ settings }: Agency, adapter: Adapter | undefined, header: string): string | null {
  if (HELD.test(header)) return "the connection's own";
  if (!adapter) return null;
  const scheme = 'scheme' in adapter.signIn ? adapter.signIn.scheme : null;
  if (scheme === 'none') return null;
  if (scheme === 'apiKey') {
    const own = settings['apiKeyHeader'] ?? 'x-api-key';
    return typeof own === 'string' && own.toLowerCase() === header ? "the agency's own key's" : null;
  }
  return header === 'authorization' ? "what the agency's own sign-in goes by" : null;
}
