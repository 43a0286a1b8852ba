/** Checks the publishers: a key that two of them had would not say whose a connector is. */
import type { World } from './world.ts';

export function checkPublishers(world: World): void {
  const file = world.only('publishers');
  if (!file) return;
  const first = new Map<string, string>();
  for (const [name, entry] of Object.entries(file.value)) {
    const { keys = [] } = entry as { keys?: string[] };
    keys.forEach((key, place) => {
      const earlier = first.get(key);
      first.set(key, earlier ?? name);
      if (earlier === undefined || earlier === name) return;
      const spot = { file, path: [name, 'keys', place] };
      world.report(spot, 'publisher_key_shared', `${earlier} has the same key`, 'Leave it to one of them');
    });
  }
}
