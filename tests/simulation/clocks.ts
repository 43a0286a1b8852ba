/** The law's clock, counted here once more: due when it must be, standing when it must, breached once, silence as consent. */
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { Acceptance } from '../../src/flow/ports/ledger.ts';
import { FINAL } from '../../src/domain/application.ts';
import type { Planned } from './planned.ts';
import type { Facts, Seen } from './rules.ts';
import type { Sim } from './sim.ts';
import { plain } from './transitions.ts';

type Born = Acceptance['application'];

const DAY_MS = 86_400_000;
/** Pontianak and Jakarta, all the year. */
export const ZONE_MS = 7 * 3_600_000;
const PAUSES: Record<string, string> = {
  ...{ waitingApplicant: 'applicant', waitingPayment: 'payment', waitingAppointment: 'appointment' },
};

export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function dueAfter({ calendars, routes, sites }: Catalogue, row: Born): number | null {
  const { deadline } = routes.get(row.service)!;
  if (!deadline) return null;
  const [calendar] = calendars;
  const closes = minutesOf(sites.find(({ code }) => code === row.site)!.closes) * 60_000;
  const isFree = (day: number): boolean => {
    const date = new Date(day * DAY_MS);
    const iso = date.toISOString().slice(0, 10);
    return calendar!.weekend.includes(date.getUTCDay() || 7) || calendar!.holidays.includes(iso);
  };
  const working = (from: number): number => (isFree(from) ? working(from + 1) : from);
  const local = row.acceptedAt + ZONE_MS;
  const late = local % DAY_MS >= closes;
  let day = working(Math.floor(local / DAY_MS) + (late ? 1 : 0));
  for (let left = deadline.in; left > 0; left -= 1)
    day = deadline.unit === 'days' ? day + 1 : working(day + 1);
  return day * DAY_MS + closes - ZONE_MS;
}

/** What was promised is what the law counts. */
export function checkPromise(sim: Sim, row: Born): void {
  const due = dueAfter(sim.mall, row);
  if (row.promisedAt !== due || (row.clock?.dueAt ?? null) !== due)
    sim.break('LAW', `${row.id} is promised for ${row.promisedAt}, and due ${due}`);
}

/** LAW: the clock stands while the route says so, is breached once and in its time, and what follows is what the route says. */
export function checkClock(seen: Seen, plan: Map<string, Planned>): void {
  const { sim, facts, change, now, told } = seen;
  const { clock } = facts;
  const { deadline } = sim.mall.routes.get(facts.service)!;
  const after = change.application;
  if (!clock || !deadline || !after || change.events.length === 0) return;
  for (const { dueAt } of told('sla.breached')) {
    sim.coverage.saw('deadline: breached');
    if (clock.breached || clock.paused || now < clock.dueAt || Date.parse(dueAt as string) !== clock.dueAt)
      sim.break('LAW', `${facts.id} was breached at ${now}: due ${clock.dueAt}, ${JSON.stringify(clock)}`);
    clock.breached = true;
    checkBreach(seen, plan, deadline.onBreach);
  }
  if (told('application.deemedApproved').length > 0 && told('sla.breached').length === 0)
    sim.break('LAW', `${facts.id} was approved by law without a breach`);
  const paused = (after.clock?.paused ?? null) !== null;
  const pauses: string[] = deadline.pauses;
  const stands = pauses.includes(PAUSES[after.state] ?? '');
  if (!FINAL.has(after.state) && paused !== stands)
    sim.break('LAW', `${facts.id} is ${after.state}: its clock ${paused ? 'stands' : 'runs'}`);
  if (paused && !clock.paused) sim.coverage.saw('deadline: stood still');
  if (after.clock!.dueAt < clock.dueAt) sim.break('LAW', `${facts.id} is due sooner than it was`);
  facts.clock = { ...clock, dueAt: after.clock!.dueAt, paused };
}

function checkBreach(seen: Seen, plan: Map<string, Planned>, onBreach: string): void {
  const { sim, facts, change, before, told } = seen;
  const items = (change.open ?? []).filter(({ kind }) => kind === 'overdue');
  const [deemed] = told('application.deemedApproved');
  const mayBe = onBreach === 'deemedApproval' && !facts.ending ? maySilence(seen, plan) : false;
  if (Boolean(deemed) !== mayBe)
    sim.break('LAW', `${facts.id} was ${deemed ? '' : 'not '}approved by law, which says otherwise`);
  if (deemed) sim.coverage.saw('deadline: silence was consent');
  const late = [...plan.keys()].some(
    (name) => !ENDED.has(before(name).state) && before(name).state !== 'pending',
  );
  const wanted = onBreach !== 'none' && !deemed && late;
  if (onBreach === 'none' && items.length > 0)
    sim.break('LAW', `${facts.id}: somebody is told of what nobody is to hear`);
  if (wanted && items.length === 0 && !facts.ending)
    sim.break('LAW', `${facts.id} is overdue, and nobody is told`);
}

const ENDED = new Set(['succeeded', 'rejected', 'skipped', 'cancelled', 'compensated', 'compensationFailed']);

/** Whether the step that decides counts as approved: it is open, all before it went well, and there is a way back. */
function maySilence({ sim, facts, before }: Seen, plan: Map<string, Planned>): boolean {
  const { deadline } = sim.mall.routes.get(facts.service)!;
  const decides = deadline!.decides === undefined ? undefined : plan.get(deadline!.decides);
  if (!decides || ENDED.has(before(decides.name).state)) return false;
  const was = before(decides.name);
  const inFlight = was.leased || was.state === 'unknown' || was.state === 'compensating';
  const settled = decides.after.every(({ name }) => ['succeeded', 'skipped'].includes(before(name).state));
  const pivot = [...plan.values()].find(({ step }) => step.pivot);
  const past = pivot && ['waiting', 'unknown', 'succeeded'].includes(plain(before(pivot.name).state));
  return !inFlight && settled && !past;
}

export function clockOf({ clock }: Born): Facts['clock'] {
  return clock && { dueAt: clock.dueAt, paused: clock.paused !== null, breached: false };
}
