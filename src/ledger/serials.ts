/** Serials in blocks: a number costs no write of its own. A restart skips what is left of a block. */

/** Reserved at once. */
export const SERIAL_BLOCK = 200;

/** `reserve` raises the next free serial of a site and year by a block, and gives the first of it. */
export function serialsOf(
  reserve: (site: string, year: number) => Promise<number>,
): (site: string, year: number) => Promise<number> {
  const blocks = new Map<string, { next: number; last: number }>();
  const reserving = new Map<string, Promise<void>>();
  const refill = async (id: string, site: string, year: number): Promise<void> => {
    const next = await reserve(site, year).finally(() => reserving.delete(id));
    blocks.set(id, { next, last: next + SERIAL_BLOCK - 1 });
  };
  return async (site, year) => {
    const id = `${site} ${year}`;
    for (;;) {
      const block = blocks.get(id);
      if (block && block.next <= block.last) return block.next++;
      // Those who wait for a block share one; who finds it used up asks for the next.
      if (!reserving.has(id)) reserving.set(id, refill(id, site, year));
      await reserving.get(id);
    }
  };
}
