/** Looking up an organization, by its id or by its whole name. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { failureOf, isNotFound } from './outcomes.ts';
import inputSchema from './schemas/findOrganization.input.json' with { type: 'json' };
import outputSchema from './schemas/findOrganization.output.json' with { type: 'json' };
import { paged, search } from './search.ts';
import { BAD_RESPONSE, FHIR, idOf, object, text } from './values.ts';

type Wanted = { organizationId?: string; name?: string };

const NONE: Outcome = { is: 'refused', code: 'ORGANIZATION_NOT_FOUND' };

function organizationRequest({ organizationId, name = '' }: Wanted): WireRequest {
  if (organizationId === undefined) return search('Organization', { name });
  return { method: 'GET', path: `${FHIR}/Organization/${encodeURIComponent(organizationId)}` };
}

function organizationReply(wire: WireReply, input: Wanted, call: Call): Outcome {
  if (input.organizationId !== undefined) {
    const whole = wire.status === 200 && object(wire.body)['resourceType'] === 'Organization';
    if (whole) return organizationOf(object(wire.body));
    return isNotFound(wire) ? NONE : failureOf(wire, call);
  }
  const read = paged(wire, call, 'Organization', (found) => {
    // The search finds parts of names too.
    const named = found.filter((one) => same(text(one['name']), input.name ?? ''));
    const [first, second] = named;
    if (!first) return NONE;
    return second ? { is: 'refused', code: 'ORGANIZATION_AMBIGUOUS' } : organizationOf(first);
  });
  return read ?? failureOf(wire, call);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.trim().toLowerCase();
}

function organizationOf(organization: JsonObject): Outcome {
  const organizationId = idOf(organization);
  const name = text(organization['name']);
  if (organizationId === '' || name === '') return BAD_RESPONSE;
  const active = organization['active'];
  return { is: 'ok', output: { organizationId, name, ...(typeof active === 'boolean' && { active }) } };
}

export const findOrganization = {
  title: { id: 'Cari organisasi', en: 'Find an organization' },
  effect: 'read',
  input: inputSchema,
  output: outputSchema,
  inUrl: { '/name': 'An organization’s name, by which FHIR searches in the query.' },
  request: organizationRequest,
  reply: organizationReply,
} satisfies Operation<Wanted>;
