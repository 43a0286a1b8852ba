/** What must hold after every row, whatever was injected: the agencies' books and the load's log against the bus's word. */
import { setTimeout } from 'node:timers/promises';
import { OFFICES } from './bureau.ts';
import type { Load } from './load.ts';
import type { Mall } from './mall.ts';

export interface Verdict {
  /** Accepted ids that the bus does not know, and effects it believes in that stand in no book. */
  lost: number;
  /** Effects of one kind for one application beyond the first, and keys with two applications. */
  doubled: number;
  /** Applications that wait for a person, by name. */
  items: number;
  /** Whatever else does not hold. */
  problems: string[];
}

interface Shown {
  id: string;
  number: string;
  state: string;
  steps: { name: string; operation: string; state: string; output?: { receipt?: string } }[];
  items: { kind: string; step: string }[];
}

const FINAL = new Set(['completed', 'partiallyCompleted', 'rejected', 'withdrawn', 'cancelled', 'expired']);
const isSettled = ({ state, items }: Shown): boolean => FINAL.has(state) || items.length > 0;
const AT_ONCE = 8;

/** Waits until all is settled, or nothing has moved for so long, and holds everything against everything. */
export async function checkMall(mall: Mall, load: Load, stillMs: number): Promise<Verdict> {
  const ids = [...new Set(load.taken.map(({ id }) => id))];
  const problems: string[] = [];
  const { shown, missing } = await settled(mall, ids, stillMs);
  const open = shown.filter((one) => !isSettled(one));
  if (open.length > 0)
    problems.push(`${open.length} never settled, such as ${open.slice(0, 3).map(stateOf).join(', ')}`);
  const listed = await countListed(mall);
  if (listed !== ids.length) problems.push(`${listed} applications stand in the ledger for ${ids.length}`);
  const { lost, doubled } = againstBooks(mall, shown);
  const keys = new Set(load.taken.map(({ key }) => key));
  const twice = new Set(load.taken.map(({ key, id }) => `${key} ${id}`)).size - keys.size;
  for (const [office, { changed }] of Object.entries(mall.offices))
    if (changed.length > 0) problems.push(`${office}: ${changed.length} keys came again with another body`);
  problems.push(...(await callbackGaps(mall, shown, stillMs)));
  const audit = await mall.command('audit', 'verify');
  if (audit.code !== 0) problems.push(`audit verify: ${audit.output.trim().slice(-300)}`);
  return {
    lost: missing.length + lost,
    doubled: doubled + twice,
    items: shown.filter(({ items }) => items.length > 0).length,
    problems,
  };
}

const stateOf = ({ id, state, steps }: Shown): string =>
  `${id} ${state} (${steps.map(({ name, state: is }) => `${name} ${is}`).join(', ')})`;

/** Null when the bus does not know it. */
async function get<T>(mall: Mall, path: string): Promise<T | null> {
  for (let tries = 0; ; tries += 1) {
    try {
      const headers = { authorization: `Bearer ${mall.key}` };
      const response = await fetch(mall.api() + path, { headers, signal: AbortSignal.timeout(10_000) });
      if (response.status === 404) return null;
      if (response.ok) return (await response.json()) as T;
      throw new Error(`${path}: ${response.status}`);
    } catch (error) {
      if (tries >= 20) throw error;
      await setTimeout(250);
    }
  }
}

async function settled(
  mall: Mall,
  ids: string[],
  stillMs: number,
): Promise<{ shown: Shown[]; missing: string[] }> {
  const shown = new Map<string, Shown>();
  const missing = new Set<string>();
  const moved = movement(stillMs);
  for (let waiting = ids; ;) {
    const left: string[] = [];
    const queue = [...waiting];
    const look = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        const found = await get<Shown>(mall, `/v1/applications/${id}`);
        if (!found) missing.add(id);
        else shown.set(id, found);
        if (found && !isSettled(found)) left.push(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, look));
    waiting = left;
    if (waiting.length === 0 || !moved(waiting.length)) break;
    await setTimeout(500);
  }
  return { shown: [...shown.values()], missing: [...missing] };
}

/** Whether a count has changed within the last so many ms. */
function movement(stillMs: number): (count: number) => boolean {
  let [last, at] = [NaN, Date.now()];
  return (count) => {
    if (count !== last) [last, at] = [count, Date.now()];
    return Date.now() - at < stillMs;
  };
}

async function countListed(mall: Mall): Promise<number> {
  let count = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { applications: unknown[]; nextCursor: string | null } | null = await get(
      mall,
      `/v1/applications?limit=200${after}`,
    );
    count += page!.applications.length;
    cursor = page!.nextCursor;
  }
  return count;
}

/** Each effect at most once for each application, and every step that is said to be done stands in a book. */
function againstBooks(mall: Mall, shown: Shown[]): { lost: number; doubled: number } {
  const times = new Map<string, number>();
  const receipts = new Set<string>();
  for (const office of Object.keys(OFFICES) as (keyof typeof OFFICES)[]) {
    for (const { effect, file, receipt } of mall.offices[office].book) {
      times.set(`${effect} ${file}`, (times.get(`${effect} ${file}`) ?? 0) + 1);
      receipts.add(`${effect} ${file} ${receipt}`);
    }
  }
  let doubled = 0;
  for (const count of times.values()) doubled += count - 1;
  const believed = shown.flatMap(({ number, steps }) =>
    steps
      .filter(({ state, operation }) => state === 'succeeded' && operation !== 'look')
      .map(({ operation, output }) => `${operation} ${number} ${output?.receipt}`),
  );
  return { lost: believed.filter((one) => !receipts.has(one)).length, doubled };
}

/** Per application every event from the first to the last was told, none before those before it. */
async function callbackGaps(mall: Mall, shown: Shown[], stillMs: number): Promise<string[]> {
  const versions = await mall.look(async (ledger) => {
    const all = new Map<string, number>();
    for (const { id } of shown) all.set(id, (await ledger.read(id))?.application.version ?? 0);
    return all;
  });
  const wrong = (): string[] =>
    [...versions]
      .filter(([id, version]) => {
        const heard = mall.receiver.heard.get(id) ?? [];
        return heard.length !== version || heard.some((seq, at) => seq !== at + 1);
      })
      .map(([id, version]) => `${id} at ${version} heard ${(mall.receiver.heard.get(id) ?? []).join()}`);
  const moved = movement(stillMs);
  const heard = (): number => [...mall.receiver.heard.values()].reduce((sum, { length }) => sum + length, 0);
  while (wrong().length > 0 && moved(heard())) await setTimeout(500);
  const left = wrong();
  return left.length === 0 ? [] : [`${left.length} callbacks with gaps, such as ${left[0]}`];
}
