/** Shows how the demo's applications come along: a live table on a terminal, plain lines otherwise. */
import type { ShownApplication } from '../timeline.ts';
import type { Sent } from './send.ts';

const FINAL = new Set(['completed', 'partiallyCompleted', 'rejected', 'withdrawn', 'cancelled', 'expired']);

/** Takes each look at the applications; true once all are settled. */
export function progress(
  sent: Sent[],
  print: (line: string) => void,
  terminal: NodeJS.WriteStream | null,
): (applications: ShownApplication[]) => boolean {
  const last = new Map<string, string>();
  let drawn = 0;
  return (applications) => {
    const rows = applications.map((application, at) => row(application, sent[at]!));
    if (terminal) {
      if (drawn > 0) terminal.moveCursor(0, -drawn);
      // A line that wraps would move the table: cut to the terminal's width.
      for (const line of rows) terminal.write(`\x1b[2K${line.slice(0, terminal.columns - 1)}\n`);
      drawn = rows.length;
    } else {
      applications.forEach(({ id }, at) => {
        if (last.get(id) !== rows[at]) print(rows[at]!);
        last.set(id, rows[at]!);
      });
    }
    return applications.every(isSettled);
  };
}

/** Ended, or with a person by name; a decision that a route asks for is part of its way, and the demo's officers take it. */
function isSettled({ state, items }: ShownApplication): boolean {
  return FINAL.has(state) || items.some(({ kind }) => kind !== 'task');
}

function row({ number, service, state, stateText, steps }: ShownApplication, { file }: Sent): string {
  const marks = steps
    .map(({ name, state: step, code }) => `${name}:${step}${code === null ? '' : `(${code})`}`)
    .join(' ');
  return `${number} ${service.padEnd(22)} ${state.padEnd(18)} ${stateText.id.padEnd(30)} ${marks}  ${file.slice(0, 2)}`;
}
