/** What must hold when an application is born: who asked for it, what is promised, what may be open beside it, how deep it is. */
import { stepId } from '../../src/domain/ids.ts';
import type { Acceptance } from '../../src/flow/ports/ledger.ts';
import { checkPromise, clockOf } from './clocks.ts';
import { planOf } from './planned.ts';
import { checkOrder, type Book, type Facts } from './rules.ts';
import type { Sim } from './sim.ts';

/** An application, its child and that one's child. */
const MOST_DEEP = 3;
const CHILD_STEPS = `SELECT key FROM steps WHERE application_id = :app AND agency = 'bus' AND operation = 'child'
  UNION SELECT key FROM old_rounds WHERE application_id = :app AND agency = 'bus'`;

export function checkAccepted(sim: Sim, book: Book, acceptance: Acceptance): void {
  const { application, steps, clientReference } = acceptance;
  const { id, service, platform, parent } = application;
  const asked = sim.submitted.get(clientReference);
  const above = parent === null ? undefined : book.apps.get(parent);
  if (parent === null ? !asked : !isWanted(sim, parent, platform, clientReference))
    sim.break('I2', `nobody asked for ${id}, a ${service}`);
  const person = asked?.['applicant'] as { nik: string } | undefined;
  const facts: Facts = {
    ...{ id, service, platform, parent, nik: person?.nik ?? above?.nik ?? '' },
    want: asked ? (asked['formData'] as { want?: boolean }).want === true : above?.want === true,
    ...{ open: true, ending: false, clock: clockOf(application) },
  };
  checkDuplicate(sim, book, facts);
  checkPromise(sim, application);
  if (depthOf(book, facts) > MOST_DEEP) sim.break('I14', `${id} is deeper than ${MOST_DEEP}`);
  if (parent !== null)
    sim.coverage.saw(depthOf(book, facts) === MOST_DEEP ? 'child: opened, three deep' : 'child: opened');
  book.apps.set(id, facts);
  const rows = new Map(steps.map((row) => [row.name, row]));
  const plan = planOf(sim.mall, service);
  for (const row of steps) {
    book.keys.add(`${row.agency} ${row.key}`);
    if (row.state === 'ready') book.readyAt.set(stepId(id, row.name), application.acceptedAt);
    const was = { ...row, state: 'pending', refused: false };
    const moved = { ...plan.get(row.name)!, row, was, id: stepId(id, row.name) };
    checkOrder({ sim, facts, after: (name) => rows.get(name)! }, moved);
  }
}

/** I2: a step of its parent has the key that it goes by. */
function isWanted({ spectator }: Sim, parent: string, platform: string, reference: string): boolean {
  const keys = spectator.all<{ key: string }>(CHILD_STEPS.replaceAll(':app', `'${parent}'`));
  return keys.some(
    ({ key }) => spectator.vault.index('clientReference', `${platform} child-${key}`) === reference,
  );
}

/** DUP: where a person may have one open, he has one. */
function checkDuplicate(sim: Sim, book: Book, { id, service, platform, nik }: Facts): void {
  if (sim.mall.services.get(service)!.duplicates !== 'refuse') return;
  const other = [...book.apps.values()].find(
    (one) => one.open && one.service === service && one.platform === platform && one.nik === nik,
  );
  if (other) sim.break('DUP', `${id} is open beside ${other.id}, and ${service} takes one`);
}

function depthOf(book: Book, facts: Facts): number {
  let depth = 1;
  for (let { parent } = facts; parent !== null; depth += 1) parent = book.apps.get(parent)!.parent;
  return depth;
}
