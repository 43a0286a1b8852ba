/** What people say, as the description of the API has it: routes, bodies and answers. */
import { ANSWER, COMPLAINT, FORWARD, MESSAGE, SURVEY } from '../body-schemas-people.ts';
import { list, object, orNull, ref, text, time, whole } from './answers.ts';

const ACT = [400, 409, 413, 415, 422];
const APPLICATION = '/v1/applications/{id}';

export const SAYING = [
  {
    ...{
      method: 'post' as const,
      path: `${APPLICATION}/messages`,
      summary: 'Say something about an application',
    },
    ...{ parameters: ['Idempotency-Key'], body: 'MessageRequest', answers: { 201: 'Said' }, refusals: ACT },
  },
];

export const COMPLAINING = [
  {
    ...{
      method: 'post' as const,
      path: `${APPLICATION}/complaints`,
      summary: 'Complain about an application',
    },
    ...{
      parameters: ['Idempotency-Key'],
      body: 'ComplaintRequest',
      answers: { 201: 'Complaint' },
      refusals: ACT,
    },
  },
];
export const ANSWERING = [
  {
    ...{
      method: 'get' as const,
      path: `${APPLICATION}/complaints/{n}`,
      summary: 'One complaint, for the desk that it lies on',
    },
    answers: { 200: 'WholeComplaint' },
  },
  {
    ...{
      method: 'post' as const,
      path: `${APPLICATION}/complaints/{n}/answer`,
      summary: 'Answer a complaint',
    },
    ...{ body: 'ComplaintAnswer', answers: { 200: 'Complaint' }, refusals: ACT },
  },
  {
    ...{
      method: 'post' as const,
      path: `${APPLICATION}/complaints/{n}/forward`,
      summary: 'Forward it to SP4N-LAPOR',
    },
    ...{ body: 'ComplaintForward', answers: { 200: 'Complaint' }, refusals: ACT },
  },
];

export const HEARING = [
  {
    ...{ method: 'get' as const, path: `${APPLICATION}/complaints`, summary: 'Complaints about it' },
    answers: { 200: 'Complaints' },
  },
  {
    ...{
      method: 'get' as const,
      path: `${APPLICATION}/messages`,
      summary: 'Its thread: what was said and told',
    },
    answers: { 200: 'Thread' },
  },
];

const SURVEYS = { parameters: ['service', 'from', 'to'], refusals: [400] };

export const SURVEYED = [
  {
    ...{ method: 'get' as const, path: '/v1/surveys/{token}', summary: 'A survey to fill in; no key needed' },
    ...{ answers: { 200: 'Survey' }, refusals: [409, 410] },
  },
  {
    ...{ method: 'post' as const, path: '/v1/surveys/{token}', summary: 'Fill it in, once' },
    ...{ body: 'SurveyRequest', answers: { 201: 'Surveyed' }, refusals: [...ACT, 410] },
  },
];
export const SUMMARY = [
  {
    ...{
      method: 'get' as const,
      path: '/v1/surveys/summary',
      summary: 'How people were served, by service and month',
    },
    ...{ ...SURVEYS, answers: { 200: 'SurveySummary' } },
  },
];
export const COMMENTS = [
  {
    ...{ method: 'get' as const, path: '/v1/surveys/comments', summary: 'What was written besides' },
    ...{ ...SURVEYS, answers: { 200: 'SurveyComments' } },
  },
];

export const peopleBodies = {
  ...{ MessageRequest: MESSAGE.schema, SurveyRequest: SURVEY.schema, ComplaintRequest: COMPLAINT.schema },
  ...{ ComplaintAnswer: ANSWER.schema, ComplaintForward: FORWARD.schema },
};

const number = { type: 'number' };
const element = object({ code: text, title: ref('Text') });
const complaint = {
  ...{ n: whole, at: time, category: text, tier: whole, state: text, dueAt: time },
  forwardedTo: { ...orNull(text), description: 'Id of the application that carries it on.' },
};
const said = { at: time, from: text, channel: text };

export const peopleAnswers = {
  Said: object({ n: whole, ...said }),
  Spoken: object({ n: whole, ...said, text }, 'What a person said.'),
  Told: object(
    { at: time, from: { type: 'string', const: 'bus' }, code: text, id: text, en: text },
    'What the citizen was told.',
  ),
  Complaint: object(complaint),
  WholeComplaint: object({ ...complaint, text, identity: text, answer: orNull(text) }),
  Complaints: object({ complaints: list(ref('WholeComplaint')) }),
  Survey: object({
    ...{
      service: text,
      serviceTitle: ref('Text'),
      month: text,
      elements: list(element),
      scale: list(ref('Text')),
    },
  }),
  Surveyed: object({ service: text, month: text }),
  SurveySummary: object({
    ...{ 'service?': text, from: text, to: text, respondents: whole, index: orNull(number) },
    elements: orNull(list(object({ code: text, title: ref('Text'), average: number }))),
    cells: list(
      object({ service: text, month: text, respondents: whole, index: number }, 'At least 5 answers.'),
    ),
  }),
  SurveyComments: object({ comments: list(object({ service: text, month: text, comment: text })) }),
  Thread: object({ messages: list({ anyOf: [ref('Spoken'), ref('Told')] }) }),
};
