/** How alike two words are, as the register's fuzzy match has it. */

/** Percent of characters that need no edit (Levenshtein). */
export function likeness(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return Math.round(100 * (1 - row[b.length]! / Math.max(a.length, b.length, 1)));
}
