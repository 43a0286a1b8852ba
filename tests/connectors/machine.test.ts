/** The interpreter itself: its memory is put back whole, wherever in it something was left, and whatever it costs. */
import { expect, test } from 'vitest';
import { SANDBOX_LIMITS } from '../../src/connectors/sandbox/limits.ts';
import { openMachine, type Failure, type Machine } from '../../src/connectors/sandbox/machine.ts';

async function machineOf(source: string): Promise<Machine> {
  const machine = await openMachine(new Map([['adapter.ts', source]]), SANDBOX_LIMITS, () => false);
  machine.load();
  return machine;
}

const sizes = [1, 1000, 65_535, 65_536, 1_000_000, 4_194_304, 5_242_880, 9_000_001, 10_485_760, 12_582_912];

test.each(sizes)('%i empty bytes of a module are empty again at every call', async (size) => {
  const machine = await machineOf(`
    const bytes = new Uint8Array(${size});
    const at = [0, ${size} >> 1, ${size} - 1];
    export default { f: () => { const before = at.map((one) => bytes[one]); bytes.fill(7); return before; } };`);
  for (let call = 0; call < 3; call += 1) expect(machine.call('f', '[{}]', undefined)).toBe('[0,0,0]');
});

test('so is what a call left after it had used up all memory, or all stack', async () => {
  const machine = await machineOf(`
    const kept = [];
    export default {
      fill: () => { for (;;) kept.push(new Uint8Array(100_000).fill(kept.length)); },
      sink: () => { const deep = (n) => { kept.push(n); return deep(n + 1) + 1; }; return deep(0); },
      count: () => kept.length,
    };`);
  for (const [path, code] of [
    ['fill', 'sandbox_memory'],
    ['sink', 'sandbox_stack'],
    ['fill', 'sandbox_memory'],
  ] as const) {
    const failed = expect.objectContaining({ code }) as Failure;
    expect(() => machine.call(path, '[{}]', undefined)).toThrow(failed);
    expect(machine.call('count', '[{}]', undefined)).toBe('0');
  }
});

test('ten thousand calls leave no more behind than one', async () => {
  const machine = await machineOf(
    'const all = []; export default { f: (call) => { all.push(call); throw new Error(String(all.length)); } };',
  );
  for (let call = 0; call < 10_000; call += 1)
    expect(() => machine.call('f', '[{}]', new Uint8Array(1000))).toThrow(/^1$/);
});
