/** Surveys: kept apart from who filled them in, and told only where many did. */
import { FEWEST_ANSWERS, indexOf, isOpen } from '../domain/survey.ts';
import type { SurveyCell } from '../flow/ports/ledger-people.ts';
import type { SealKey } from '../flow/ports/vault.ts';
import type { SurveyOf } from '../flow/survey-token.ts';
import type { Desk } from './look.ts';

/** Why a survey cannot be filled in; null when it can. */
export async function surveyClosed(desk: Desk, { month, spent }: SurveyOf): Promise<'spent' | 'over' | null> {
  if (!isOpen(month, desk.clock.now())) return 'over';
  return (await desk.ledger.surveySpent(spent)) ? 'spent' : null;
}

/** Keeps an answer; false when the token was used before. Neither application nor token is kept with it, nor the hour. */
export async function keepSurvey(
  desk: Desk,
  { service, site, channel, month, spent }: SurveyOf,
  { scores, comment }: { scores: number[]; comment?: string },
): Promise<boolean> {
  const id = desk.clock.random(16).toString('hex');
  const sealed = comment === undefined ? null : await sealComment(desk, month, comment);
  return desk.ledger.keepSurvey({ id, service, site, channel, month, scores, comment: sealed }, spent);
}

const owner = (month: string): string => `surveys/${month}`;
const place = (month: string): string => `surveys/${month}/comment`;

async function sealComment(desk: Desk, month: string, comment: string): Promise<Uint8Array> {
  return desk.vault.seal(await monthKey(desk, month), place(month), comment);
}

/** Comments may say who wrote them: they are sealed, under a key of their month. */
async function monthKey({ ledger, vault }: Desk, month: string): Promise<SealKey> {
  const known = await ledger.wrappedKey(owner(month));
  const wrapped =
    known ?? (await ledger.wrappedKey(owner(month), (await vault.newKey(owner(month))).wrapped));
  return vault.openKey(owner(month), wrapped!);
}

export interface Wanted {
  service?: string;
  from: string;
  to: string;
}

export interface SurveySummary {
  respondents: number;
  /** 25 to 100; null where too few answered. */
  index: number | null;
  /** Averages of U1 to U9. */
  averages: number[] | null;
  cells: { service: string; month: string; respondents: number; index: number }[];
}

/** The whole counts only what its cells show: nothing about a small one can be worked out from the difference of two. */
export async function summarise(desk: Desk, wanted: Wanted): Promise<SurveySummary> {
  const cells = await desk.ledger.surveyCells({ ...wanted, fewest: FEWEST_ANSWERS });
  const respondents = cells.reduce((all, cell) => all + cell.respondents, 0);
  const shown = cells.map(({ sums, ...cell }) => ({ ...cell, index: indexOf(sums, cell.respondents) }));
  if (respondents === 0) return { respondents, index: null, averages: null, cells: shown };
  const sums = added(cells);
  const averages = sums.map((sum) => Math.round((sum / respondents) * 100) / 100);
  return { respondents, index: indexOf(sums, respondents), averages, cells: shown };
}

const added = (cells: SurveyCell[]): number[] =>
  cells[0]!.sums.map((_, n) => cells.reduce((all, { sums }) => all + sums[n]!, 0));

const MOST_COMMENTS = 500;

export async function commentsOf(
  desk: Desk,
  wanted: Wanted,
): Promise<{ service: string; month: string; comment: string }[]> {
  const rows = await desk.ledger.surveyComments({ ...wanted, fewest: FEWEST_ANSWERS }, MOST_COMMENTS);
  const opened = [];
  for (const { service, month, comment } of rows) {
    const text = desk.vault.unseal(await monthKey(desk, month), place(month), comment).toString();
    opened.push({ service, month, comment: text });
  }
  return opened;
}
