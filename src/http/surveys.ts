/** The satisfaction survey: one door without a key for who was served, and what many have said for who serves. */
import { Hono, type Context } from 'hono';
import { commentsOf, keepSurvey, summarise, surveyClosed, type Wanted } from '../desk/surveys.ts';
import type { Desk } from '../desk/look.ts';
import { ELEMENTS, monthBefore, monthOf, SCALE } from '../domain/survey.ts';
import { isSurveyToken, openSurveyToken, type SurveyOf } from '../flow/survey-token.ts';
import { checkedBody } from './body.ts';
import { SURVEY } from './body-schemas-people.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';
import { queryOf } from './query.ts';

/** Without a key: the token is all that is needed, and works once. What is not in its form is another door's. */
export function openSurveys({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/:token', async (c, next) => {
    if (!isSurveyToken(c.req.param('token'))) return next();
    const { service, month } = await surveyOf(c.req.param('token'), desk);
    const title = desk.catalogue().services.get(service)?.title ?? { id: service, en: service };
    return c.json({ service, serviceTitle: title, month, elements: ELEMENTS, scale: SCALE });
  });

  app.post('/:token', async (c, next) => {
    if (!isSurveyToken(c.req.param('token'))) return next();
    const survey = await surveyOf(c.req.param('token'), desk);
    const { scores, comment } = await checkedBody<Answered>(c, SURVEY);
    const answered = {
      scores: ELEMENTS.map(({ code }) => scores[code]!),
      ...(comment !== undefined && { comment }),
    };
    if (!(await keepSurvey(desk, survey, answered))) throw spent();
    return c.json({ service: survey.service, month: survey.month }, 201);
  });
  return app;
}

interface Answered {
  scores: Record<string, number>;
  comment?: string;
}

async function surveyOf(token: string, desk: Desk): Promise<SurveyOf> {
  const survey = openSurveyToken(desk.vault, token);
  if (!survey) throw notFound('survey');
  const closed = await surveyClosed(desk, survey);
  if (closed === 'over') throw new HttpProblem(410, 'survey_over', 'The time to fill this survey in is over');
  if (closed === 'spent') throw spent();
  return survey;
}

const spent = (): HttpProblem => new HttpProblem(409, 'survey_spent', 'This survey was filled in already');

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const FILTERS = { service: /^[A-Z0-9][A-Z0-9._-]{1,63}$/, from: MONTH, to: MONTH };
/** Months that a summary covers when none are named. */
const YEAR = 12;

export function surveys({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/summary', async (c) => {
    need(c, 'applications:read');
    const wanted = wantedOf(c, desk);
    const { averages, ...summary } = await summarise(desk, wanted);
    const elements = averages && ELEMENTS.map((element, n) => ({ ...element, average: averages[n] }));
    return c.json({ ...wanted, ...summary, elements });
  });

  app.get('/comments', async (c) => {
    const { key } = need(c, 'operate');
    const wanted = wantedOf(c, desk);
    const comments = await commentsOf(desk, wanted);
    const data = { by: key.id, ...wanted, comments: comments.length };
    await desk.ledger.appendEvents('bus', [{ type: 'go.mpp.survey.commentsViewed.v1', data }]);
    return c.json({ comments });
  });
  return app;
}

function wantedOf(c: Context<Env>, desk: Desk): Wanted {
  const { service, from, to = monthOf(desk.clock.now()) } = queryOf(c, FILTERS);
  const wanted = { from: from ?? monthBefore(to, YEAR - 1), to, ...(service !== undefined && { service }) };
  if (wanted.from > to) throw new HttpProblem(400, 'query_invalid', 'from is not after to');
  return wanted;
}
