/** The two sides of `diff`: files, the configuration as it is, or what an application in the ledger is pinned to. */
import { existsSync } from 'node:fs';
import type { Agency, Route, Service } from '../../domain/catalogue.ts';
import { isApplicationNumber } from '../../domain/ids.ts';
import { isServiceCode, openCandidate, readCandidate } from '../../rehearse/candidate.ts';
import { agencyChanges } from '../../rehearse/diff/agencies.ts';
import type { Change } from '../../rehearse/diff/changes.ts';
import { routeChanges } from '../../rehearse/diff/route.ts';
import { serviceChanges } from '../../rehearse/diff/service.ts';
import { UsageError } from '../shell.ts';
import { openToRead } from './ledger.ts';
import type { Parts } from './parts.ts';

export type Side = { name: string } & (
  | { of: 'route' | 'service' | 'both'; service: Service; route: Route }
  | { of: 'agencies'; agencies: Agency[] }
);

const DIGEST = /^[0-9a-f]{64}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

export async function openSide(parts: Parts, name: string): Promise<Side> {
  if (!existsSync(name) && (DIGEST.test(name) || ID.test(name) || isApplicationNumber(name)))
    return pinnedSide(parts, name);
  const of = isServiceCode(name) ? 'both' : (await readCandidate(name)).kind;
  const { catalogue, service: code } = await openCandidate(parts.env.configDir, name, parts.adapters);
  if (of === 'agencies' || code === null) return { name, of: 'agencies', agencies: catalogue.agencies };
  const [service, route] = [catalogue.services.get(code), catalogue.routes.get(code)];
  if (!service || !route) throw new UsageError(`There is no service ${code} with a route`);
  return { name, of, service, route };
}

/** Read beside a running bus; nothing is written. */
async function pinnedSide({ env }: Parts, name: string): Promise<Side> {
  const { ledger } = await openToRead(env);
  try {
    const id = isApplicationNumber(name) ? await ledger.byNumber(name) : name;
    const digest = DIGEST.test(name) ? name : id && (await ledger.read(id))?.application.plan;
    const text = digest === undefined ? undefined : await ledger.plan(digest);
    if (text === undefined) throw new UsageError(`The ledger knows no application and no plan ${name}`);
    const { service, route } = JSON.parse(text) as { service: Service; route: Route };
    return {
      name: `what ${DIGEST.test(name) ? name.slice(0, 12) : name} is pinned to`,
      of: 'both',
      service,
      route,
    };
  } finally {
    await ledger.close();
  }
}

export interface Compared {
  title: string;
  changes: Change[];
  /** What stays as it was, and for whom. */
  stays: string[];
}

export function compared(before: Side, after: Side): Compared {
  if (before.of === 'agencies' || after.of === 'agencies') {
    if (before.of !== after.of) throw new UsageError('Only files of the same kind can be compared');
    const changes = agencyChanges(
      (before as { agencies: Agency[] }).agencies,
      (after as { agencies: Agency[] }).agencies,
    );
    const stays = [
      'applications under way keep the agency and the adapter’s major of each step; settings and limits reach them at once',
    ];
    return { title: `agencies: ${before.name} → ${after.name}`, changes, stays };
  }
  const { code } = before.service;
  if (after.service.code !== code)
    throw new UsageError(`${before.name} is about ${code}, ${after.name} about ${after.service.code}`);
  const wants = (of: 'route' | 'service'): boolean =>
    [before.of, after.of].every((one) => one === of || one === 'both');
  if (!wants('route') && !wants('service')) throw new UsageError('A route and a service cannot be compared');
  const changes = [
    ...(wants('route') ? routeChanges(before, after) : []),
    ...(wants('service') ? serviceChanges(before.service, after.service).map(ofService) : []),
  ];
  const versions = wants('route')
    ? [before.route.version, after.route.version]
    : [before.service.version, after.service.version];
  const stays = `applications that were accepted under ${versions[0]} keep it to their end, its form, fees and steps; those accepted later go by ${versions[1]}`;
  return {
    title: `${code}: ${before.name} → ${after.name}`,
    changes,
    stays: changes.length > 0 ? [stays] : [],
  };
}

/** Both may have a version, a deadline and the like. */
const ofService = (change: Change): Change => ({ ...change, at: `service.${change.at}` });
