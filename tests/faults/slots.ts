/** So many at once, the others in line. */

export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

export function slots(most: number): Slots {
  const line: (() => void)[] = [];
  let taken = 0;
  return async (work) => {
    if (taken >= most) await new Promise<void>((resolve) => void line.push(resolve));
    taken += 1;
    try {
      return await work();
    } finally {
      taken -= 1;
      line.shift()?.();
    }
  };
}
