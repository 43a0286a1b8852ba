/** The token of an application's survey: it proves itself, and what it tells is the service, the place and the month. */
import { timingSafeEqual } from 'node:crypto';
import type { Application } from '../domain/application.ts';
import { isOpen, monthOf } from '../domain/survey.ts';
import type { Vault } from './ports/vault.ts';

export interface SurveyOf {
  service: string;
  site: string;
  channel: string;
  month: string;
  /** What is kept of a token that was used. */
  spent: string;
}

/** Characters of a blind index: 132 bits each for the number and for its proof. */
const INDEX = 22;
const FORM = /^[A-Za-z0-9_-]{48,400}$/;

export const isSurveyToken = (text: string): boolean => FORM.test(text);

/** The same for the same application, kept nowhere; null while it runs and once its time is over. */
export function surveyToken(
  vault: Vault,
  { id, service, site, channel, endedAt }: Application,
  now: number,
): string | null {
  if (endedAt === null || !isOpen(monthOf(endedAt), now)) return null;
  const about = [service, site, channel, monthOf(endedAt)].join('|');
  const number = vault.index('survey', id);
  return `${number}${proofOf(vault, number, about)}${Buffer.from(about).toString('base64url')}`;
}

/** What a token speaks of; null when the bus did not make it. */
export function openSurveyToken(vault: Vault, token: string): SurveyOf | null {
  if (!isSurveyToken(token)) return null;
  const [number, proof] = [token.slice(0, INDEX), token.slice(INDEX, 2 * INDEX)];
  const about = Buffer.from(token.slice(2 * INDEX), 'base64url').toString();
  const wanted = Buffer.from(proofOf(vault, number, about));
  if (!timingSafeEqual(wanted, Buffer.from(proof))) return null;
  const [service, site, channel, month] = about.split('|') as [string, string, string, string];
  return { service, site, channel, month, spent: vault.index('surveySpent', number) };
}

const proofOf = (vault: Vault, number: string, about: string): string =>
  vault.index('surveyProof', `${number} ${about}`);
