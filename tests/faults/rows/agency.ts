/** Rows about agencies: slow, silent, angry, unreadable, repeating themselves. */
import type { Fault } from '../link.ts';
import type { Answer } from '../office.ts';
import { inBoth, type Row, type Stage } from '../row.ts';

/** A while of something bad on the bureau's link, then a while of quiet; the annex must go on meanwhile. */
async function badWhiles(stage: Stage, fault: () => Fault, ms: [number, number]): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 800));
    const before = mall.offices.annex.book.length;
    stage.inject();
    mall.links.bureau.set(fault());
    const length = between(...ms);
    await pause(length);
    mall.links.bureau.set({});
    if (length > 3000 && mall.offices.annex.book.length === before)
      stage.problem('the annex was harmed by what befell the bureau');
    await stage.survive();
  }
}

const slow = (stage: Stage): Promise<void> =>
  badWhiles(
    stage,
    () =>
      stage.chance() < 0.5
        ? { delay: () => stage.between(500, 8000) }
        : stage.chance() < 0.5
          ? { rate: 60 }
          : { silent: 'both' },
    [2000, 8000],
  );

const halfOpen = async (stage: Stage): Promise<void> => {
  await badWhiles(stage, () => {
    const ways = ['toServer', 'toClient', 'both'] as const;
    stage.mall.links.bureau.reset();
    return stage.chance() < 0.3 ? { refuse: true } : { silent: ways[stage.between(0, 3)]! };
  }, [500, 6000]);
};

const cut = (stage: Stage): Promise<void> =>
  badWhiles(stage, () => ({ cutAfter: stage.between(0, 300), reset: stage.chance() < 0.5 }), [500, 1500]);

/** Replies of the counter's own mood, in whiles. */
async function moods(stage: Stage, answer: () => Answer | null, when: 'instead' | 'after'): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 800));
    stage.inject();
    mall.offices.bureau.mood = { [when]: answer };
    await pause(between(500, 1500));
    mall.offices.bureau.mood = {};
    await stage.survive();
  }
}

const REFUSALS: Answer[] = [
  { status: 500, body: 'no' },
  { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' },
  { status: 503, headers: { 'retry-after': '1' }, body: '{}' },
  { status: 503, headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() }, body: '{}' },
  { status: 429, headers: { 'retry-after': '1' }, body: '{}' },
  { status: 429, headers: { 'retry-after': 'soon' }, body: '' },
];

/** Most requests for each application, whose longest service has three steps: a storm of repeats would be far above. */
const BUDGET = 10;

async function refusals(stage: Stage): Promise<void> {
  const { mall, load } = stage;
  const refusal = (): Answer | null =>
    stage.chance() < 0.8 ? REFUSALS[stage.between(0, REFUSALS.length)]! : null;
  await moods(stage, refusal, 'instead');
  const requests = Object.values(mall.offices.bureau.seen).reduce((sum, count) => sum + count, 0);
  stage.note(`${requests} requests for ${load.taken.length} applications`);
  if (requests > BUDGET * load.taken.length) stage.problem(`${requests} requests are a storm`);
}

const JSON_TYPE = { 'content-type': 'application/json' };
/** What is no answer: each must be read as "unknown", never as a success, and crash nobody. */
const NONSENSE: Answer[] = [
  { status: 200, headers: JSON_TYPE, body: '{"receipt":"R-' },
  { status: 200, headers: JSON_TYPE, body: '' },
  { status: 200, headers: JSON_TYPE, body: '{"receipt":7}' },
  { status: 200, headers: JSON_TYPE, body: '[{"receipt":"R-1"}]' },
  { status: 200, headers: JSON_TYPE, body: '['.repeat(10_000) },
  { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Selamat datang</html>' },
  { status: 200, headers: { 'content-type': 'application/xml' }, body: '<receipt>R-1' },
  { status: 200, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: '{"receipt":"R-1"}' },
  { status: 200, headers: { ...JSON_TYPE, 'content-length': '4000' }, body: '{"receipt":"R-1"}' },
  { status: 204, body: '' },
  { status: 301, headers: { location: 'http://127.0.0.1:9/' }, body: '' },
  { status: 200, headers: { 'content-type': 'application/json; charset=utf-16' }, body: '\u0000{' },
];

const nonsense = (stage: Stage): Promise<void> =>
  moods(stage, () => (stage.chance() < 0.8 ? NONSENSE[stage.between(0, NONSENSE.length)]! : null), 'after');

/** Each piece of news three times, in the wrong order, and before the answer that it belongs to. */
async function gossip(stage: Stage): Promise<void> {
  const { mall, rounds, pause } = stage;
  const { bureau } = mall.offices;
  bureau.mood = { gossip: true, late: () => stage.between(0, 60) };
  const told = (): number => bureau.book.filter(({ effect }) => effect === 'slow').length;
  const before = told();
  while (told() < before + rounds) await pause(20);
  for (let n = told() - before; n > 0; n -= 1) stage.inject();
  await stage.survive({ effects: true });
  // One word for all: each is an application that must end well, which the books say.
  stage.survivedAll();
}

const row = (id: string, fault: string, full: number, smoke: number, run: Row['run']): Row[] =>
  inBoth({ id, fault, rounds: { full, smoke }, run }, {}, 'embedded');

export const agencyRows: Row[] = [
  ...row('F21', 'agency slow, dribbling, silent', 12, 2, slow),
  ...row('F22', 'agency answers 500, 502, 503, 429', 30, 2, refusals),
  ...row('F23', 'connections reset, refused, half open', 20, 2, halfOpen),
  ...row('F24', 'reply lost after the effect, whole or in part', 30, 3, cut),
  ...row('F25', 'reply that cannot be read', 30, 3, nonsense),
  ...row('F26', 'news repeated, early and out of order', 100, 20, gossip),
];
