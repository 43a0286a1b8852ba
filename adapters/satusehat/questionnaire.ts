/** Submitting a filled-in form: found again by our identifier, or by form and time where it was not kept. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { failedQuestion, failureOf, isDuplicate } from './outcomes.ts';
import type { Answer, Coding, Identifier, Item, QuestionnaireResponse } from './r4.ts';
import inputSchema from './schemas/submitQuestionnaireResponse.input.json' with { type: 'json' };
import outputSchema from './schemas/submitQuestionnaireResponse.output.json' with { type: 'json' };
import { identifiers, paged, search } from './search.ts';
import { BAD_RESPONSE, FHIR, idOf, object, ownSystem, text, utc } from './values.ts';

interface Given {
  boolean?: boolean;
  integer?: number;
  decimal?: number;
  date?: string;
  text?: string;
  coding?: Coding;
}
interface Question {
  linkId: string;
  text?: string;
  answers: Given[];
}
interface Form {
  questionnaire: string;
  ihsNumber: string;
  patientName: string;
  practitionerId: string;
  practitionerName: string;
  encounterId?: string;
  answeredAt: string;
  items: (Question | { linkId: string; text?: string; items: Question[] })[];
}

const TYPE = 'QuestionnaireResponse';

function identifierOf(call: Pick<Call, 'settings' | 'key'>): Identifier {
  return { system: ownSystem('questionnaireresponse', call), value: call.key };
}

function urlOf({ questionnaire }: Form): string {
  return `https://fhir.kemkes.go.id/Questionnaire/${questionnaire}`;
}

function responseOf(form: Form, call: Call): QuestionnaireResponse {
  const { ihsNumber, patientName, practitionerId, practitionerName, encounterId } = form;
  const patient = { reference: `Patient/${ihsNumber}`, display: patientName };
  return {
    resourceType: TYPE,
    identifier: identifierOf(call),
    questionnaire: urlOf(form),
    status: 'completed',
    subject: patient,
    ...(encounterId !== undefined && { encounter: { reference: `Encounter/${encounterId}` } }),
    authored: utc(form.answeredAt),
    author: { reference: `Practitioner/${practitionerId}`, display: practitionerName },
    source: patient,
    item: form.items.map((one) =>
      'items' in one ? { ...headOf(one), item: one.items.map(itemOf) } : itemOf(one),
    ),
  };
}

function headOf({ linkId, text: words }: { linkId: string; text?: string }): Item {
  return { linkId, ...(words !== undefined && { text: words }) };
}

function itemOf(question: Question): Item {
  return { ...headOf(question), answer: question.answers.map(answerOf) };
}

/** The schema has made sure that there is exactly one. */
function answerOf(given: Given): Answer {
  if (given.boolean !== undefined) return { valueBoolean: given.boolean };
  if (given.integer !== undefined) return { valueInteger: given.integer };
  if (given.decimal !== undefined) return { valueDecimal: given.decimal };
  if (given.date !== undefined) return { valueDate: given.date };
  if (given.coding !== undefined) return { valueCoding: given.coding };
  return { valueString: given.text ?? '' };
}

function submitRequest(form: Form, call: Call): WireRequest {
  return { method: 'POST', path: `${FHIR}/${TYPE}`, body: { json: responseOf(form, call) } };
}

function submitReply(wire: WireReply, form: Form, call: Call): Outcome {
  if (call.carry)
    return found(wire, form, call, { is: 'unknown', code: 'DUPLICATE_NOT_FOUND' }) ?? failureOf(wire, call);
  if (isDuplicate(wire)) return { is: 'more', request: ask(form), carry: { asked: TYPE } };
  const body = object(wire.body);
  const taken = wire.status === 200 || wire.status === 201;
  return taken && body['resourceType'] === TYPE ? known(body) : failureOf(wire, call);
}

function known(response: JsonObject): Outcome {
  const questionnaireResponseId = idOf(response);
  return questionnaireResponseId === '' ? BAD_RESPONSE : { is: 'ok', output: { questionnaireResponseId } };
}

/** By the patient: the search that the platform documents for this resource. */
function ask({ ihsNumber }: Form): WireRequest {
  return search(TYPE, { subject: ihsNumber });
}

function found(wire: WireReply, form: Form, call: Call, none: Outcome): Outcome | null {
  const { system, value } = identifierOf(call);
  return paged(wire, call, TYPE, (all) => {
    const named = all.find((one) => identifiers(one, system).includes(value));
    const ours = named ?? all.find((one) => identifiers(one, system).length === 0 && isAlike(one, form));
    return ours ? known(ours) : none;
  });
}

/** The same form, filled in at the same second. */
function isAlike(one: JsonObject, form: Form): boolean {
  const authored = Date.parse(text(one['authored']));
  const same = Math.floor(authored / 1000) === Math.floor(Date.parse(form.answeredAt) / 1000);
  return same && text(one['questionnaire']) === urlOf(form);
}

export const submitQuestionnaireResponse = {
  title: { id: 'Kirim isian kuesioner', en: 'Submit a filled-in questionnaire' },
  effect: 'inquirable',
  input: inputSchema,
  output: outputSchema,
  request: submitRequest,
  reply: submitReply,
  inquiry: {
    notBefore: '60s',
    trustAfter: '10m',
    request: (form) => ask(form),
    reply: (wire, form, call) =>
      found(wire, form, call, { is: 'retry', code: 'NOT_RECEIVED' }) ?? failedQuestion(wire, call),
  },
} satisfies Operation<Form>;
