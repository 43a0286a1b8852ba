/** A connector in the interpreter: the same bytes as natively, nothing but its call, and no memory of other calls. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Adapter, Call, Example, WireReply } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { systemClock } from '../../src/clock.ts';
import { readFolder } from '../../src/connectors/folder.ts';
import { pack } from '../../src/connectors/package/pack.ts';
import { sandboxedAdapter } from '../../src/connectors/sandbox/index.ts';
import { adapters } from '../../adapters/index.ts';
import { CALL, hear, issue, library, sandboxed } from './support.ts';

const ROOT = new URL('../../adapters/', import.meta.url).pathname;

async function converted(adapter: Adapter, example: Example): Promise<string> {
  const operation = adapter.operations[example.operation]!;
  const kind = example.exchange ?? 'send';
  const { request, reply } = kind === 'send' ? operation : operation[kind]!;
  const call: Call = { ...example.call, settings: example.settings, tools };
  const wire: WireReply = { type: 'application/json', bytes: 2, ...example.reply };
  return JSON.stringify([await request(example.input, call), await reply(wire, example.input, call)]);
}

describe('shipped adapters', () => {
  const inCode = readdirSync(ROOT).filter((name) => existsSync(`${ROOT}${name}/adapter.ts`));
  test.each(inCode)(
    '%s may be packed, and gives the same bytes in the interpreter as natively',
    async (name) => {
      const native = adapters.find((one) => one.name === name)!;
      const folder = await readFolder(`${ROOT}${name}`);
      expect(() => pack(folder, { name, version: native.version, grade: 'A', bus: '0.2.0' })).not.toThrow();
      const inside = await sandboxedAdapter(folder, { clock: systemClock });
      let seen = 0;
      for (const [path, bytes] of folder.files) {
        if (!path.startsWith('examples/')) continue;
        const example = JSON.parse(Buffer.from(bytes).toString()) as Example;
        expect(await converted(inside, example), path).toBe(await converted(native, example));
        seen += 1;
      }
      await inside.close();
      expect(seen).toBeGreaterThan(10);
    },
  );

  test('their data comes out as it is natively', async () => {
    const native = adapters.find(({ name }) => name === 'police')!;
    const inside = await sandboxedAdapter(await readFolder(`${ROOT}police`), { clock: systemClock });
    await inside.close();
    const { close: _, ...adapter } = inside;
    const text = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(text(adapter)).toEqual(text(native));
    expect(Object.keys(adapter.signIn)).toEqual(['sign', 'verify']);
  });

  test('what the police sign and verify crosses as the bytes that it is', async () => {
    const inside = await sandboxedAdapter(await readFolder(`${ROOT}police`), { clock: systemClock });
    const { verify } = inside.signIn as { verify: (...args: unknown[]) => Promise<string | null> };
    const body = new Uint8Array([0, 255, 128, 10, 0xc3, 0x28]);
    const at = String(Date.parse(CALL.now) / 1000);
    const signature = tools.hmac('sha256', 'hush', tools.bytes(`${at}.`, body), 'hex');
    const call = { ...CALL, settings: { newsSecret: 'hush' } };
    const message = {
      method: 'POST',
      path: '/news',
      headers: { 'x-timestamp': at, 'x-signature': signature },
      body,
    };
    expect(await verify(message, '', call)).toBeNull();
    expect(await verify({ ...message, body: body.with(0, 1) }, '', call)).toBe('x-signature does not match');
    await inside.close();
  });
});

test('every tool of the kit gives inside what it gives outside, errors too', async () => {
  const adapter = await sandboxed(
    library({
      request: `(() => {
        const { tools } = call;
        const failed = (work) => { try { return work(); } catch (error) { return [error instanceof Error, error.message]; } };
        const bytes = tools.bytes('é', new Uint8Array([1, 2, 255]));
        return [
          Object.keys(tools), bytes instanceof Uint8Array, [...bytes], tools.utf8(tools.fromBase64('w6k=')),
          tools.sha256(bytes, 'hex'), tools.hmac('sha512', 'k', bytes, 'base64'), tools.same('a', 'a'), tools.base64(bytes),
          tools.zoned('2026-01-01T00:00:00Z', 'Asia/Jakarta', "yyyy-MM-ddTHH:mm:ssXXX"), tools.json('{"a":1}'), tools.json('{'),
          tools.minifyJson('{ "a" : 1 }'), tools.byStatus({ status: 429, headers: { 'retry-after': '7' } }), tools.byStatus({ status: 200 }),
          failed(() => tools.fromBase64('?')), failed(() => tools.lzDecompress('')),
        ];
      })()`,
    }),
  );
  const bytes = tools.bytes('é', new Uint8Array([1, 2, 255]));
  expect(await issue(adapter)).toEqual([
    ...[Object.keys(tools), true, [...bytes], 'é', tools.sha256(bytes, 'hex')],
    ...[tools.hmac('sha512', 'k', bytes, 'base64'), true, tools.base64(bytes), '2026-01-01T07:00:00+07:00'],
    ...[{ a: 1 }, null, '{"a":1}', { is: 'retry', code: 'RATE_LIMITED', afterSeconds: 7 }, null],
    ...[
      [true, 'The text is no base64'],
      [true, 'The text is no LZ-string'],
    ],
  ]);
});

describe('no call learns of an earlier one', () => {
  test('neither by variables, nor by prototypes, nor by globals, nor by what was thrown', async () => {
    const adapter = await sandboxed(
      library({
        top: 'let calls = 0; const seen = new Map();',
        request: `(() => {
          const before = [calls++, seen.size, typeof globalThis.kept, [].kept, ({}).kept, typeof call.tools.kept];
          seen.set(input.name, call); globalThis.kept = 1; Array.prototype.kept = 2; Object.prototype.kept = 3;
          JSON.stringify = () => '"mine"'; Array.prototype.map = null; Map.prototype.set = null;
          if (input.name === 'throw') throw new Error('no');
          return before;
        })()`,
      }),
    );
    const fresh = [0, 0, 'undefined', null, null, 'undefined'];
    expect(await issue(adapter)).toEqual(fresh);
    expect(await issue(adapter)).toEqual(fresh);
    await expect(issue(adapter, 'throw')).rejects.toThrow('threw an error');
    expect(await issue(adapter)).toEqual(fresh);
  });

  test('an input can be written to, and only the copy inside changes', async () => {
    const adapter = await sandboxed(library({ request: "(input.name = 'Ani', input)" }));
    const input = { name: 'Budi' };
    expect(await adapter.operations['issueCard']!.request(input, CALL)).toEqual({ name: 'Ani' });
    expect(input).toEqual({ name: 'Budi' });
  });
});

test('time is what is handed in: an instant can be read and counted with, in no zone', async () => {
  const adapter = await sandboxed(
    library({
      request: `[new Date(call.now).toISOString(), Date.parse(call.now), new Date(2026, 0, 1).toISOString(), Date.UTC(2026, 0),
        new Date('2026-06-01T00:00:00').getTimezoneOffset(), new Date(0) instanceof Date]`,
    }),
  );
  expect(await issue(adapter)).toEqual([
    ...[CALL.now, Date.parse(CALL.now), '2026-01-01T00:00:00.000Z', Date.UTC(2026, 0), 0, true],
  ]);
});

test('`this` is the operation, as it is natively', async () => {
  const adapter = await sandboxed(
    library()
      .replace('request: (input, call) => (', 'request(input, call) { return this.effect; }, unused: (')
      .replace(/unused: \(.*\),\n/, ''),
  );
  expect(await issue(adapter)).toBe('keyed');
});

test('a thread that was lost is begun again at the next call', async () => {
  const adapter = await sandboxed(library());
  await adapter.close();
  expect(await issue(adapter)).toMatchObject({ path: '/cards' });
  expect(await hear(adapter, { card: 7 })).toEqual({ is: 'ok', output: { card: '7' } });
});
