/** What `rehearse` prints: one rehearsal's timeline and end, or the table of all failures. */
import { micros } from '../../clock.ts';
import { makeMask } from '../../privacy/mask.ts';
import { allFailures, isWell, type Failure } from '../../rehearse/all-failures.ts';
import { rehearse } from '../../rehearse/rehearse.ts';
import { asJson, endingLines, timelineLines } from '../../rehearse/timeline.ts';
import { spanOf } from '../../rehearse/times.ts';
import { countOf, printJson, type Shell } from '../shell.ts';
import type { PlannedRehearsal } from './planned.ts';

/** False when the application was not taken in, or the books do not agree. */
export async function one(planned: PlannedRehearsal, shell: Shell, json: boolean): Promise<boolean> {
  const began = micros();
  const mask = makeMask([]);
  const rehearsed = await rehearse(planned);
  const { refused, counts } = rehearsed;
  const well = refused === null && counts.lost === 0 && counts.doubled === 0;
  if (json) {
    printJson(shell, asJson(rehearsed, mask));
    return well;
  }
  shell.out(`${headOf(planned)}; nothing leaves this machine`);
  if (refused) {
    shell.out(`the application was not taken in (HTTP ${refused.status}):`);
    for (const { pointer, code, detail } of refused.problems) shell.out(`  ${pointer} ${code}: ${detail}`);
    return well;
  }
  for (const line of timelineLines(rehearsed, mask)) shell.out(line);
  for (const line of endingLines(rehearsed, mask)) shell.out(line);
  shell.err(`played in ${Math.round((micros() - began) / 1000)} ms`);
  return well;
}

function headOf({ service, catalogue, from }: PlannedRehearsal): string {
  const { version } = catalogue.routes.get(service.code)!;
  return `${service.code} ${version} (${service.title.id} / ${service.title.en}), application: ${from}`;
}

/** False when anything was lost or done twice, or stands still with nobody told. */
export async function failures(planned: PlannedRehearsal, shell: Shell, json: boolean): Promise<boolean> {
  const { service } = planned;
  const widths = [Math.max(4, ...stepNames(planned).map(({ length }) => length)), 18, 28, 8, 7, 4];
  const line = (cells: string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  if (!json) {
    shell.out(headOf(planned));
    shell.out(line(['step', 'fault', 'ends as', 'after', 'doubled', 'lost', 'waits for a person']));
  }
  const rows = await allFailures(planned, (row) => void (json || shell.out(line(cellsOf(row)))));
  const bad = rows.filter((row) => !isWell(row));
  if (json) printJson(shell, { service: service.code, ok: bad.length === 0, rows });
  else {
    const verdict =
      bad.length === 0 ? 'nothing lost, nothing doubled, nobody left waiting' : `${bad.length} went wrong`;
    shell.out(`${countOf(rows.length, 'rehearsal')}: ${verdict}`);
  }
  return bad.length === 0;
}

const stepNames = ({ catalogue, service }: PlannedRehearsal): string[] =>
  Object.keys(catalogue.routes.get(service.code)!.steps);

function cellsOf({ step, fault, value, state, code, tookMs, items, doubled, lost }: Failure): string[] {
  return [
    step,
    fault === null
      ? 'none'
      : `${fault}${value === undefined ? '' : ` ${value < 1000 ? value : spanOf(value)}`}`,
    `${state}${code === null ? '' : ` ${code}`}`,
    tookMs === null ? '-' : spanOf(tookMs),
    String(doubled),
    String(lost),
    items.join(', '),
  ];
}
