/** Whether a patient lets other facilities see the record: read, and set by whichever verb the platform takes. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { failedQuestion, failureOf, isNotFound } from './outcomes.ts';
import { concept, SYSTEMS } from './r4.ts';
import getInput from './schemas/getConsent.input.json' with { type: 'json' };
import getOutput from './schemas/getConsent.output.json' with { type: 'json' };
import setInput from './schemas/setConsent.input.json' with { type: 'json' };
import setOutput from './schemas/setConsent.output.json' with { type: 'json' };
import { BAD_RESPONSE, idOf, list, object, text } from './values.ts';

const CONSENT = '/consent/v1/Consent';

type Decision = 'given' | 'withdrawn';
interface Wish {
  ihsNumber: string;
  decision: Decision;
  officerName: string;
}

const ACTIONS = { given: 'OPTIN', withdrawn: 'OPTOUT' } as const;

function ask({ ihsNumber }: { ihsNumber: string }): WireRequest {
  return { method: 'GET', path: CONSENT, query: { patient_id: ihsNumber } };
}

/** The active consent in a reply, alone or in a search; `none` when SATUSEHAT says so, null when it says neither. */
function consentIn(wire: WireReply): JsonObject | 'none' | null {
  if (isNotFound(wire)) return 'none';
  const body = object(wire.body);
  if (wire.status !== 200 && wire.status !== 201) return null;
  const isBundle = body['resourceType'] === 'Bundle';
  if (isBundle && body['total'] === 0) return 'none';
  const all = isBundle ? list(body['entry']).map((entry) => object(entry['resource'])) : [body];
  return all.find((one) => one['resourceType'] === 'Consent' && one['status'] === 'active') ?? null;
}

/** By the policy rule's code, or by what the provision does; null when neither says. */
function decisionOf(consent: JsonObject): Decision | null {
  const codes = list(object(consent['policyRule'])['coding']).map((coding) => text(coding['code']));
  if (codes.includes(ACTIONS.given)) return 'given';
  if (codes.includes(ACTIONS.withdrawn)) return 'withdrawn';
  const provision = text(object(consent['provision'])['type']);
  if (provision === 'permit') return 'given';
  return provision === 'deny' ? 'withdrawn' : null;
}

function standing(consent: JsonObject, decision: Decision): Outcome {
  const consentId = idOf(consent);
  return { is: 'ok', output: { decision, ...(consentId !== '' && { consentId }) } };
}

function getReply(wire: WireReply, _input: { ihsNumber: string }, call: Call): Outcome {
  const consent = consentIn(wire);
  if (consent === 'none') return { is: 'ok', output: { decision: 'none' } };
  const decision = consent && decisionOf(consent);
  return consent && decision ? standing(consent, decision) : failureOf(wire, call);
}

const byPut = ({ settings }: Call): boolean => settings['consentVerb'] === 'PUT';

/** PUT wants the consent's id, so it is read first. */
function setRequest(wish: Wish, call: Call): WireRequest {
  if (byPut(call)) return ask(wish);
  const { ihsNumber, decision, officerName } = wish;
  const json = { patient_id: ihsNumber, action: ACTIONS[decision], agent: officerName };
  return { method: 'POST', path: CONSENT, body: { json } };
}

/** `carry` is there once the consent was read and our change of it sent. */
function setReply(wire: WireReply, wish: Wish, call: Call): Outcome {
  if (byPut(call) && !call.carry) return changed(wire, wish, call);
  const consent = consentIn(wire);
  if (consent === 'none') return { is: 'refused', code: 'CONSENT_NOT_FOUND' };
  if (!consent) return failureOf(wire, call);
  // The platform documents no more of this reply than that it is a Consent: only another decision contradicts.
  const decision = decisionOf(consent);
  return decision === null || decision === wish.decision ? standing(consent, wish.decision) : BAD_RESPONSE;
}

function changed(wire: WireReply, wish: Wish, call: Call): Outcome {
  const consent = consentIn(wire);
  if (consent === 'none') return { is: 'refused', code: 'CONSENT_NOT_FOUND' };
  const id = consent && idOf(consent);
  if (!consent || !id) return failureOf(wire, call);
  const decision = decisionOf(consent);
  // What cannot be read is not written over.
  if (decision === null) return BAD_RESPONSE;
  if (decision === wish.decision) return standing(consent, decision);
  const json: JsonObject = {
    ...consent,
    performer: [{ display: wish.officerName }],
    policyRule: concept(SYSTEMS.actCode, ACTIONS[wish.decision]),
    provision: { ...object(consent['provision']), type: wish.decision === 'given' ? 'permit' : 'deny' },
  };
  const path = `${CONSENT}/${encodeURIComponent(id)}`;
  return { is: 'more', request: { method: 'PUT', path, body: { json } }, carry: { consentId: id } };
}

/** A consent is a state: the question is what it is now, not who set it. */
function inquiryReply(wire: WireReply, wish: Wish, call: Call): Outcome {
  const consent = consentIn(wire);
  if (consent === 'none') return { is: 'retry', code: 'NOT_RECEIVED' };
  const decision = consent && decisionOf(consent);
  if (!consent || !decision) return failedQuestion(wire, call);
  return decision === wish.decision ? standing(consent, decision) : { is: 'retry', code: 'NOT_RECEIVED' };
}

export const getConsent = {
  title: { id: 'Baca persetujuan pasien', en: 'Read a patient’s consent' },
  effect: 'read',
  input: getInput,
  output: getOutput,
  request: (input) => ask(input),
  reply: getReply,
} satisfies Operation<{ ihsNumber: string }>;

export const setConsent = {
  title: { id: 'Catat persetujuan pasien', en: 'Record a patient’s consent' },
  effect: 'inquirable',
  input: setInput,
  output: setOutput,
  request: setRequest,
  reply: setReply,
  inquiry: { notBefore: '60s', trustAfter: '10m', request: (wish) => ask(wish), reply: inquiryReply },
} satisfies Operation<Wish>;
