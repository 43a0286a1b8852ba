/** The virtual clock with real turns of this process's event loop. */
import { virtualClock as withTurns, type VirtualClock, type VirtualTime } from '../../src/virtual-clock.ts';

export { mulberry, type StoppableClock, type VirtualClock } from '../../src/virtual-clock.ts';

export function virtualClock(time: Omit<VirtualTime, 'turn'> = {}): VirtualClock {
  return withTurns({ ...time, turn: (fn) => void setImmediate(fn) });
}
