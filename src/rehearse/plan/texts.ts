/** Words that text and drawings of a plan share. */
import type { FeeItem } from '../../domain/catalogue.ts';
import type { Outline, OutlineStep } from './outline.ts';

const BREACHED = {
  escalate: 'a person is told when it is missed',
  none: 'nobody is told when it is missed',
  deemedApproval: 'silence counts as a yes',
};

export function termText({ deadline, deemedApproval }: Outline): string {
  if (!deadline) return 'no deadline';
  const { in: days, unit, onBreach, pauses, decides } = deadline;
  const unitText = `${unit === 'workingDays' ? 'working ' : ''}day${days === 1 ? '' : 's'}`;
  const law = onBreach === 'deemedApproval' && deemedApproval !== null ? ` (${deemedApproval})` : '';
  const step = decides === undefined ? '' : ` (${decides} decides)`;
  const stands = pauses.length > 0 ? `; stands while waiting for ${pauses.join(', ')}` : '';
  return `deadline ${days} ${unitText}${step}, ${BREACHED[onBreach]}${law}${stands}`;
}

export function undoText({ undo, pivot }: Pick<OutlineStep, 'undo' | 'pivot'>): string {
  if (pivot) return 'from here there is no way back';
  if (undo === 'afterPivot') return 'after the pivot: never undone';
  if (undo === 'agency') return 'undone at the agency';
  return undo === 'nothing' ? 'nothing to undo' : 'cannot be undone: a person’s task';
}

export const feesText = ({ fees }: Pick<Outline, 'fees'>): string =>
  fees.length > 0 ? `fees: ${fees.map(feeText).join('; ')}` : 'no fees';

function feeText({ code, title, kind, amount, legalBasis, conditional }: FeeItem): string {
  const law = legalBasis === undefined ? '' : `, ${legalBasis}`;
  return `${code} Rp${amount.toLocaleString('id-ID')} (${title.en}; ${kind}${law}${conditional ? ', not of everybody' : ''})`;
}

export const resultText = ({ result }: Pick<Outline, 'result'>): string =>
  result.length > 0 ? `result: ${result.join(', ')}` : 'no result';

export const rebillText = (rebill: number): string =>
  `an unpaid bill is made anew ${rebill === 1 ? 'once' : `${rebill} times`}`;

export const againText = ({ steps, when }: NonNullable<OutlineStep['again']>): string =>
  `again${steps.length > 0 ? ` with ${steps.join(', ')}` : ''} while ${when}`;

export const refusalTexts = ({ onRefusal }: Pick<OutlineStep, 'onRefusal'>): string[] =>
  Object.keys(onRefusal).map((code) => `refused with ${code}, the application expires`);
