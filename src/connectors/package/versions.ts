/** Versions of connectors and of the bus: three numbers, compared as numbers. */

/** Less than 0 when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const place = left.findIndex((part, at) => part !== right[at]);
  return place < 0 ? 0 : left[place]! - right[place]!;
}

/** `police@1`: what running applications pin. */
export function idOf({ name, version }: { name: string; version: string }): string {
  return `${name}@${version.split('.')[0]}`;
}
