/** The columns in which both ledgers keep what people say. */
import type { SurveyCell, SurveyRow } from '../flow/ports/ledger-people.ts';
import { columns } from './columns.ts';

export const MESSAGE = columns(
  ...['applicationId', 'n', 'key', 'fingerprint', 'at', 'author', 'channel', 'sender', 'sealed'],
);
export const COMPLAINT = columns(
  ...['applicationId', 'n', 'key', 'fingerprint', 'at', 'category', 'tier', 'state', 'lookAt', 'dueAt'],
  ...['forwardedTo', 'sender', 'sealed', 'answer'],
);

const ELEMENTS = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'] as const;
export const SURVEY = columns('id', 'service', 'site', 'channel', 'month', ...ELEMENTS, 'comment');

export const surveyColumns = ({ scores, ...row }: SurveyRow): object => ({
  ...row,
  ...Object.fromEntries(ELEMENTS.map((element, n) => [element, scores[n]])),
});

/** `sum(u1) AS u1, …` */
export const SUMS = ELEMENTS.map((element) => `sum(${element}) AS ${element}`).join(', ');

export const cellFrom = (raw: Record<string, unknown>): SurveyCell => ({
  service: raw['service'] as string,
  month: raw['month'] as string,
  respondents: Number(raw['respondents']),
  sums: ELEMENTS.map((element) => Number(raw[element])),
});
