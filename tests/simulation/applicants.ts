/** The applicants: they mend what was sent back, all of it or only some, and now and then what nobody asked for. */
import { mend, type Corrections } from '../../src/desk/mend.ts';
import { openView, type View } from '../../src/flow/view.ts';
import { openCorrections } from '../../src/domain/mending.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { Desk } from '../../src/desk/look.ts';
import { FIELDS } from './routes.ts';
import type { Sim } from './sim.ts';

const SENT_BACK = `SELECT DISTINCT application_id AS app FROM steps
  WHERE state = 'waitingApplicant' AND timeout_at IS NULL ORDER BY application_id`;

export async function mendApplications(sim: Sim): Promise<void> {
  const { time, coverage, spectator } = sim;
  for (let n = 1; !sim.calm || sim.diligent; n += 1) {
    await time.sleep(sim.calm ? time.between(60_000, 900_000) : time.between(1_000, 15_000));
    const waiting = spectator.all<{ app: string }>(SENT_BACK);
    const process = time.pick(sim.processes);
    if (!process || waiting.length === 0) continue;
    const { app } = time.pick(waiting);
    const how = sim.calm ? 'all' : time.pick(['all', 'all', 'all', 'some', 'more'] as const);
    const mended = await process.call((desk) => mendOne(desk, app, `m${n}`, how));
    if (mended?.is !== 'answered' || !mended.value) continue;
    const { is, asked } = mended.value;
    if (is === 'done') coverage.saw('correction: mended');
    if (is === 'invalid' && how !== 'all') coverage.saw('correction: not what was asked, refused');
    if (is === 'invalid' && how === 'all')
      sim.break('I13', `${app}: what was asked (${asked}) cannot be mended`);
    if (is === 'done' && how !== 'all') sim.break('I11', `${app}: asked was ${asked}, ${how} was taken`);
  }
}

/** Null when nothing is asked any more. */
async function mendOne(
  desk: Desk,
  app: string,
  word: string,
  how: 'all' | 'some' | 'more',
): Promise<{ is: string; asked: string } | null> {
  const view = await openView(desk, app);
  // What another is part of comes after it.
  const pointers = askedOf(view).toSorted();
  const form = view?.body['formData'] as JsonObject | undefined;
  const isFree = (name: string): boolean => !pointers.some((one) => `/formData/${name}`.startsWith(one));
  const other = FIELDS.find((name) => form && name in form && isFree(name));
  const named = how === 'some' ? pointers.slice(1) : pointers;
  const whole = how === 'some' && named.some((one) => one.startsWith(pointers[0]!));
  if ((how === 'some' && pointers.length < 2) || whole) return null;
  if (how === 'more' && other === undefined) return null;
  const changes: Corrections['changes'] = named.map((pointer) => ({
    pointer,
    value: valueFor(pointer, form!, word),
  }));
  if (how === 'more') changes.push({ pointer: `/formData/${other}`, value: word });
  const { is } = await mend(desk, app, { changes, documents: [] }, 'applicant');
  const asked = pointers.join(' ');
  // More, or less, may have been sent back meanwhile.
  if (is !== 'done' || how !== 'all') {
    const after = askedOf(await openView(desk, app))
      .toSorted()
      .join(' ');
    if (after !== asked && is !== 'done') return null;
  }
  return { is, asked };
}

const askedOf = (view: View | undefined): string[] => {
  const asked = openCorrections(view?.steps.values() ?? []);
  return [...new Set(asked.flatMap(({ pointer }) => pointer ?? []))];
};

const valueFor = (pointer: string, form: JsonObject, word: string): JsonObject[string] => {
  if (pointer !== '/formData') return `${pointer.slice(-1)}-${word}`;
  const fields = FIELDS.filter((name) => name in form).map((name) => [name, `${name}-${word}`]);
  return { ...form, ...Object.fromEntries(fields) };
};
