/**
 * An interpreter's memory, put back as it was. Everything that it knows lies there, so that no call learns of an earlier
 * one, whatever either did, and what a broken call left behind is gone.
 */

/** The part of a WebAssembly memory that is needed here. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
}

export const PAGE_BYTES = 65_536;

/** From one page to before another. */
interface Pages {
  from: number;
  to: number;
}

/**
 * Where no call within a call has reached yet. This build's memory begins with its data, then 5 MiB of stack, then the
 * heap; before a connector is loaded, no other stretch is empty for so long. What a stack holds is dead between two calls.
 */
export function unusedStack(memory: LinearMemory): Pages {
  const { to } = used(memory);
  let longest: Pages = { from: 0, to: 0 };
  let from = 0;
  for (let page = 0; page <= to; page += 1) {
    if (page < to && isEmpty(memory, page)) continue;
    if (page - from > longest.to - longest.from) longest = { from, to: page };
    from = page + 1;
  }
  return longest;
}

/**
 * Remembers all but the stack, and gives the function that puts it back. A new context for each call would do the same
 * for milliseconds; this takes some ten microseconds. Above it are free places, which nobody reads before writing.
 */
export function keep(memory: LinearMemory, stack: Pages): () => void {
  const now = new Uint8Array(memory.buffer);
  const { from, to } = used(memory);
  const kept = [
    { from, to: stack.from },
    { from: stack.to, to },
  ].map((pages) => ({
    at: pages.from * PAGE_BYTES,
    bytes: now.slice(pages.from * PAGE_BYTES, pages.to * PAGE_BYTES),
  }));
  return () => {
    const all = new Uint8Array(memory.buffer);
    for (const { at, bytes } of kept) all.set(bytes, at);
  };
}

function used(memory: LinearMemory): Pages {
  let [from, to] = [0, memory.buffer.byteLength / PAGE_BYTES];
  while (from < to && isEmpty(memory, from)) from += 1;
  while (to > from && isEmpty(memory, to - 1)) to -= 1;
  return { from, to };
}

const EMPTY = new Uint8Array(PAGE_BYTES);

function isEmpty({ buffer }: LinearMemory, page: number): boolean {
  return Buffer.compare(new Uint8Array(buffer, page * PAGE_BYTES, PAGE_BYTES), EMPTY) === 0;
}
