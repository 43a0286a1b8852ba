/** Submitting a visit: one transaction, found again by our own identifier before it is ever sent twice. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { failedQuestion, failureOf, isDuplicate } from './outcomes.ts';
import inputSchema from './schemas/submitEncounter.input.json' with { type: 'json' };
import outputSchema from './schemas/submitEncounter.output.json' with { type: 'json' };
import { identifiers, paged, search } from './search.ts';
import { BAD_RESPONSE, FHIR, idOf, list, object, text } from './values.ts';
import { bundleOf, encounterIdentifier, type Visit } from './visit.ts';

function submitRequest(visit: Visit, call: Call): WireRequest {
  return { method: 'POST', path: FHIR, body: { json: bundleOf(visit, call) } };
}

/** `carry` is there once SATUSEHAT said that it has this visit. */
function submitReply(wire: WireReply, visit: Visit, call: Call): Outcome {
  if (call.carry)
    return found(wire, call, { is: 'unknown', code: 'DUPLICATE_NOT_FOUND' }) ?? failureOf(wire, call);
  if (isDuplicate(wire)) {
    return { is: 'more', request: askEncounter(visit, call), carry: { asked: 'encounter' } };
  }
  if (wire.status !== 200 && wire.status !== 201) return failureOf(wire, call);
  return stored(object(wire.body), bundleOf(visit, call).entry.length) ?? failureOf(wire, call);
}

/** The ids that a transaction gave, one for each entry in its order; null when they are not all there. */
function stored(bundle: JsonObject, wanted: number): Outcome | null {
  const entries = list(bundle['entry']);
  if (bundle['type'] !== 'transaction-response' || entries.length !== wanted) return null;
  const resources = entries.map((entry) => resourceOf(object(entry['response'])));
  const whole = resources.filter((one): one is { type: string; id: string } => one !== null);
  const encounter = whole.find(({ type }) => type === 'Encounter');
  if (whole.length !== wanted || !encounter) return null;
  return { is: 'ok', output: { encounterId: encounter.id, resources: whole } };
}

/** From `…/Encounter/{id}/_history/{version}`, of an entry that was stored. */
function resourceOf(response: JsonObject): { type: string; id: string } | null {
  const created = /^20[01]\b/.test(text(response['status']));
  const location = text(response['location']).slice(0, 500);
  const [, type, id] =
    /(?:^|\/)([A-Z][A-Za-z]{1,40})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]{1,100})?$/.exec(location) ?? [];
  return created && type !== undefined && id !== undefined ? { type, id } : null;
}

function askEncounter({ ihsNumber }: Visit, call: Call): WireRequest {
  const { system, value } = encounterIdentifier(call);
  return search('Encounter', { identifier: `${system}|${value}`, subject: ihsNumber });
}

/** The visit that bears our identifier, whatever else the search brought; null when the reply is no search's. */
function found(wire: WireReply, call: Call, none: Outcome): Outcome | null {
  const { system, value } = encounterIdentifier(call);
  return paged(wire, call, 'Encounter', (all) => {
    const ours = all.find((one) => identifiers(one, system).includes(value));
    if (!ours) return none;
    const encounterId = idOf(ours);
    return encounterId === '' ? BAD_RESPONSE : { is: 'ok', output: { encounterId } };
  });
}

/** SATUSEHAT takes no key of ours, so a lost answer is followed by a search for the visit's identifier. */
export const submitEncounter = {
  title: { id: 'Kirim kunjungan', en: 'Submit a visit' },
  effect: 'inquirable',
  input: inputSchema,
  output: outputSchema,
  request: submitRequest,
  reply: submitReply,
  inquiry: {
    notBefore: '60s',
    trustAfter: '10m',
    request: askEncounter,
    reply: (wire, _visit, call) =>
      found(wire, call, { is: 'retry', code: 'NOT_RECEIVED' }) ?? failedQuestion(wire, call),
  },
} satisfies Operation<Visit>;
