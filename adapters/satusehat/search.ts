/** Searches: every page of one, by its `next` links, and what is on them. */
import type {
  Call,
  JsonObject,
  JsonValue,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { FHIR, list, object, text } from './values.ts';

/** `GET /Type?…`; a value with `system|code` is encoded by the bus. */
export function search(type: string, query: Record<string, string>): WireRequest {
  return { method: 'GET', path: `${FHIR}/${type}`, query };
}

interface Page {
  found: JsonObject[];
  next: WireRequest | null;
}

/** Only below FHIR's own root, whatever host the link names: the bus knows where the agency is. */
const NEXT = /\/fhir-r4\/v1(?:\/[A-Za-z]{1,40})?\/?\?[\x21\x24-\x5b\x5d-\x7e]{1,4000}$/;

/** One page, or null when the reply is no search's. */
function pageOf(wire: WireReply, type: string): Page | null {
  const bundle = object(wire.body);
  if (wire.status !== 200 || bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'searchset')
    return null;
  const entries = bundle['entry'];
  // Without entries only a total of none says that there are none.
  if (!Array.isArray(entries) && bundle['total'] !== 0) return null;
  const resources = list(entries).map((entry) => object(entry['resource']));
  const link = list(bundle['link']).find((one) => one['relation'] === 'next');
  const path = link ? NEXT.exec(text(link['url']))?.[0] : undefined;
  if (link && path === undefined) return null;
  return {
    found: resources.filter((one) => one['resourceType'] === type),
    next: path === undefined ? null : { method: 'GET', path },
  };
}

/** Reads a page and asks for the next; `conclude` speaks once the last has come. Null when the reply is no page. */
export function paged(
  wire: WireReply,
  call: Call,
  type: string,
  conclude: (found: JsonObject[]) => Outcome,
): Outcome | null {
  const page = pageOf(wire, type);
  if (!page) return null;
  const found = [...list(call.carry?.['found']), ...page.found];
  if (!page.next) return conclude(found);
  return { is: 'more', request: page.next, carry: { ...call.carry, found } };
}

/** Identifiers of a system; R4 has a list of them on most resources and one on a QuestionnaireResponse. */
export function identifiers(resource: JsonObject, system: string): string[] {
  const value: JsonValue | undefined = resource['identifier'];
  const all = Array.isArray(value) ? list(value) : [object(value)];
  return all.filter((one) => one['system'] === system).map((one) => text(one['value']));
}
