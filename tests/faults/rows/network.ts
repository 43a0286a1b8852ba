/** Rows about the network between the bus and its servers: parted one way or both, late, thin, resetting. */
import type { Fault, Link } from '../link.ts';
import type { Row, Stage } from '../row.ts';

interface Named {
  name: string;
  link: Link;
}

function linksOf({ mall }: Stage): Named[] {
  const { postgresLinks, redisLinks } = mall;
  return (['api', 'worker'] as const).flatMap((side) => [
    { name: `${side}-postgres`, link: postgresLinks![side] },
    { name: `${side}-redis`, link: redisLinks![side] },
  ]);
}

/** Links are cut one by one, each its own way, and healed in another order. */
async function parted(stage: Stage): Promise<void> {
  const { rounds, between, pause, chance } = stage;
  const links = linksOf(stage);
  const ways: (() => Fault)[] = [
    () => ({ silent: 'toServer' }),
    () => ({ silent: 'toClient' }),
    () => ({ silent: 'both' }),
    () => ({ refuse: true }),
  ];
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(300, 1500));
    stage.inject();
    const cut = links.filter(() => chance() < 0.5);
    if (cut.length === 0) cut.push(links[between(0, links.length)]!);
    for (const { link } of cut) {
      const fault = ways[between(0, ways.length)]!();
      link.set(fault);
      if (fault.refuse) link.reset();
      await pause(between(0, 500));
    }
    await pause(between(1000, 8000));
    for (const { link } of cut.toSorted(() => chance() - 0.5)) {
      link.set({});
      await pause(between(0, 500));
    }
    await stage.survive({ withinMs: 60_000, effects: true });
  }
}

/** Late, uneven, thin, and now and then reset in the middle of an answer. */
async function bad(stage: Stage): Promise<void> {
  const { rounds, between, pause, chance } = stage;
  const links = linksOf(stage);
  const ways: (() => Fault)[] = [
    () => ({ delay: () => between(5, 40) }),
    () => ({ delay: () => (chance() < 0.05 ? between(200, 800) : 0) }),
    () => ({ rate: 200_000 }),
    () => ({ cutAfter: between(0, 20_000), reset: chance() < 0.5 }),
  ];
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(300, 1000));
    stage.inject();
    for (const { link } of links) if (chance() < 0.7) link.set(ways[between(0, ways.length)]!());
    await pause(between(1000, 4000));
    for (const { link } of links) {
      if (chance() < 0.3) link.reset();
      link.set({});
    }
    await stage.survive({ withinMs: 60_000, effects: true });
  }
}

export const networkRows: Row[] = [
  {
    id: 'F33',
    fault: 'servers out of reach, one way or both',
    mall: { edition: 'distributed' },
    rounds: { full: 15, smoke: 2 },
    run: parted,
  },
  {
    id: 'F34',
    fault: 'links late, thin, cut in the middle',
    mall: { edition: 'distributed' },
    rounds: { full: 20, smoke: 0 },
    run: bad,
  },
];
