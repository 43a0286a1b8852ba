/** How `adapter dev` and `adapter try` show exchanges: request, reply, outcome; in colour on a terminal only. */
import type { Mask } from '../../privacy/mask.ts';
import { harmless, type Shell } from '../shell.ts';
import type { Turn } from './converse.ts';
import type { Told } from './stand-in.ts';

export interface Printer {
  heading(text: string): void;
  turns(turns: Turn[]): void;
  news(told: Told): void;
  good(text: string): void;
  bad(text: string): void;
}

type Paint = (text: string) => string;

export function makePrinter(shell: Shell, mask: Mask, isTerminal: boolean): Printer {
  const paint = (code: number): Paint =>
    isTerminal ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text;
  const [bold, grey, green, red] = [paint(1), paint(90), paint(32), paint(31)];
  const line = (mark: string, text: string, colour: Paint): void => {
    const [first = '', ...rest] = text
      .trim()
      .split('\n')
      .filter((one) => one.trim() !== '');
    shell.out(colour(harmless(`  ${mark} ${first}`)));
    for (const one of rest) shell.out(colour(harmless(`    ${one}`)));
  };
  return {
    heading: (text) => shell.out(bold(harmless(text))),
    turns(turns) {
      for (const { sent, got, outcome } of turns) {
        line('→', sent, grey);
        if (got !== '') line('←', got, grey);
        line('=', mask(JSON.stringify(outcome)), outcome.is === 'unknown' ? red : green);
      }
    },
    news({ path, body, says, status }) {
      line('⇐', `${path} ${mask(body)}`, grey);
      line('=', `${mask(says)}, answered ${status}`, status < 300 ? green : red);
    },
    good: (text) => shell.out(green(harmless(text))),
    bad: (text) => shell.out(red(harmless(text))),
  };
}
