/** Who does what when in a rehearsal, and the one who sees that it is done. */
import { holds, type Condition } from './conditions.ts';
import type { Act } from './acts.ts';
import { perform } from './perform.ts';
import type { Seen } from './look.ts';
import type { Watcher } from './play.ts';
import type { Stage } from './stage.ts';

export interface ScriptItem {
  act: Act;
  /** Neither: before the application is sent. */
  at?: number;
  when?: Condition;
  /** So long after `when` first held, ms. */
  after?: number;
  /** Code of the problem that the bus must answer it with; it must not refuse when absent. */
  refused?: string;
}

/** What was done. */
export interface Done {
  item: ScriptItem;
  at: number;
  /** What the bus or the agency said against it; null when nothing. */
  refused: string | null;
}

export interface Performance extends Watcher {
  done: Done[];
  /** Does what is to be done before the application is sent. */
  open(): Promise<void>;
  /** From when `at` counts. */
  begin(): void;
  /** What was never done, because its time never came. */
  left(): ScriptItem[];
}

interface Waiting {
  item: ScriptItem;
  /** When it is due, once that is known. */
  dueAt: number | null;
}

export function performance(stage: Stage, items: ScriptItem[]): Performance {
  const done: Done[] = [];
  let waiting: Waiting[] = items.map((item) => ({ item, dueAt: null }));
  const run = async (one: Waiting, seen: Seen[]): Promise<void> => {
    waiting = waiting.filter((other) => other !== one);
    const refused = await perform(stage, one.item.act, seen);
    done.push({ item: one.item, at: stage.clock.now(), refused });
  };
  return {
    done,
    left: () => waiting.map(({ item }) => item),
    async open() {
      for (const one of waiting.filter(({ item }) => item.at === undefined && !item.when)) await run(one, []);
    },
    begin() {
      for (const one of waiting) if (one.item.at !== undefined) one.dueAt = stage.clock.now() + one.item.at;
    },
    nextAt: () => waiting.reduce<number | null>((first, { dueAt }) => earlier(first, dueAt), null),
    /** One at a time: what it brings about may be what the next one waits for. */
    async look(seen) {
      arm(waiting, seen, stage.clock.now());
      const due = waiting.find(({ dueAt }) => dueAt !== null && dueAt <= stage.clock.now());
      if (due) await run(due, seen);
      return due !== undefined;
    },
  };
}

/** Of several that wait for the same, the second waits until it comes again after the first was done. */
function arm(waiting: Waiting[], seen: Seen[], now: number): void {
  const taken = new Set<string>();
  for (const one of waiting) {
    const { when, after = 0 } = one.item;
    if (!when) continue;
    const name = JSON.stringify(when);
    if (one.dueAt === null && !taken.has(name) && holds(when, seen)) one.dueAt = now + after;
    taken.add(name);
  }
}

function earlier(first: number | null, at: number | null): number | null {
  if (at === null) return first;
  return first === null ? at : Math.min(first, at);
}
