/** Connectors that mean harm, or are written badly: each costs its own call and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { ConnectorError } from '../../src/connectors/error.ts';
import { sandboxedAdapter, type SandboxedAdapter } from '../../src/connectors/sandbox/index.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { CALL, folder, hear, issue, library, sandboxed } from './support.ts';

const SECRET = 'Budi Rahasia 9901014508909999';
const QUICK = { callMs: 100, loadMs: 500 };

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await work.then(
    (value) => new Error(`it gave ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  const { code, message } = error as ConnectorError;
  return { code, message };
}

const BOMB = 'const all = []; for (;;) all.push("x".repeat(100_000) + all.length)';

describe('a call that takes what it may not have', () => {
  const all: [name: string, source: string, code: string][] = [
    ['loops for ever', 'for (;;) {}', 'sandbox_time'],
    [
      'loops and catches everything',
      'for (;;) { try { for (;;) {} } catch {} finally { continue } }',
      'sandbox_time',
    ],
    ['loops in a getter of what it gives', 'return { get path() { for (;;) {} } }', 'sandbox_time'],
    ['loops in toJSON', 'return { toJSON() { for (;;) {} } }', 'sandbox_time'],
    ['loops in a proxy', 'return new Proxy({}, { ownKeys() { for (;;) {} } })', 'sandbox_time'],
    ['loops in a message', 'throw { get message() { for (;;) {} } }', 'sandbox_error'],
    [
      'loops in the message of an error',
      'const e = new Error(); Object.defineProperty(e, "message", { get() { for (;;) {} } }); throw e',
      'sandbox_time',
    ],
    ['waits for a regex', 'return /^(a+)+$/.test("a".repeat(40) + "b")', 'sandbox_time'],
    ['fills the memory with texts', BOMB, 'sandbox_memory'],
    [
      'fills the memory with arrays',
      'let a = []; for (;;) a = [a, new Array(1000).fill(a)]',
      'sandbox_memory',
    ],
    ['fills the memory and catches it', `for (;;) { try { ${BOMB} } catch {} }`, 'sandbox_time'],
    ['asks for a buffer too large', 'return new ArrayBuffer(1 << 30)', 'sandbox_memory'],
    ['calls itself', '(function deep() { deep(); })()', 'sandbox_stack'],
    [
      'calls itself by way of JSON',
      'const o = { toJSON() { return JSON.stringify(o); } }; return JSON.stringify(o)',
      'sandbox_stack',
    ],
    ['calls itself by way of sort', 'const f = () => [1, 2].sort(f); f()', 'sandbox_stack'],
    ['gives too much', 'return "x".repeat(2_000_000)', 'sandbox_output'],
    ['gives too many things', 'return new Array(200_000).fill(0)', 'sandbox_output'],
    [
      'gives things nested too deeply',
      'let o = {}; for (let i = 0; i < 100; i++) o = { o }; return o',
      'sandbox_output',
    ],
    ['gives a __proto__', 'return JSON.parse(\'{"__proto__": {"polluted": true}}\')', 'sandbox_output'],
    ['gives a promise', 'return Promise.resolve({})', 'sandbox_error'],
    ['gives itself', 'const o = {}; o.o = o; return o', 'sandbox_error'],
    ['gives a bigint', 'return 1n', 'sandbox_error'],
    ['throws what it was given', 'throw new Error(input.name)', 'sandbox_error'],
    ['throws nothing', 'throw undefined', 'sandbox_error'],
  ];

  /** One connector with all of them, so that each also shows what the one before has left. */
  const source = library({
    request: `({ ${all.map(([name, body]) => `${JSON.stringify(name)}: () => { ${body} }`).join(',\n')} })[call.tryKey]()`,
  });
  let patient: SandboxedAdapter;
  let hasty: SandboxedAdapter;
  beforeAll(async () => {
    // Filling a memory takes its time.
    patient = await sandboxedAdapter(folder({ 'adapter.ts': source }), {
      clock: systemClock,
      limits: { callMs: 30_000 },
    });
    hasty = await sandboxedAdapter(folder({ 'adapter.ts': source }), { clock: systemClock, limits: QUICK });
  });
  afterAll(() => Promise.all([patient.close(), hasty.close()]));

  test.each(all)('%s', async (name, _, code) => {
    const adapter = code === 'sandbox_time' ? hasty : patient;
    const refused = await refusal(issue(adapter, SECRET, { ...CALL, tryKey: name }));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(/^library operations\/issueCard\/request /);
    expect(refused.message).not.toContain('Rahasia');
    // The next call finds all as it was.
    expect(await hear(adapter, { card: 7 })).toEqual({ is: 'ok', output: { card: '7' } });
  });

  test('what is too large is not taken in', async () => {
    const adapter = await sandboxed(library());
    expect((await refusal(hear(adapter, { card: 'x'.repeat(5_000_000) }))).code).toBe('sandbox_input');
  });

  test('large texts go through as long as they are within the limits', async () => {
    const adapter = await sandboxed(
      library({ reply: '{ is: "ok", output: { card: wire.body.card.slice(0, 400_000) } }' }),
    );
    const card = 'é'.repeat(1_900_000);
    expect(await hear(adapter, { card })).toMatchObject({ is: 'ok' });
  });
});

test('of two calls at once, one of which loops, the other is answered', async () => {
  const adapter = await sandboxed(library({ request: '(() => { for (;;) {} })()' }), QUICK);
  const looping = refusal(issue(adapter));
  expect(await hear(adapter, { card: 7 })).toEqual({ is: 'ok', output: { card: '7' } });
  expect((await looping).code).toBe('sandbox_time');
});

test('two connectors do not wait for each other', async () => {
  const looping = await sandboxed(
    library({ request: '(() => { for (;;) {} })()' }),
    { callMs: 600_000, wedgedMs: 0 },
    virtualClock(),
  );
  const other = await sandboxed(library());
  const lost = refusal(issue(looping));
  expect(await hear(other, { card: 7 })).toEqual({ is: 'ok', output: { card: '7' } });
  await looping.close();
  expect((await lost).code).toBe('sandbox_crashed');
});

test('what cannot be interrupted is ended with its thread, and the next call has a new one', async () => {
  const wedge = '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)';
  const adapter = await sandboxed(library({ request: wedge }), { ...QUICK, wedgedMs: 200 });
  expect((await refusal(issue(adapter))).code).toBe('sandbox_time');
  expect(await hear(adapter, { card: 7 })).toEqual({ is: 'ok', output: { card: '7' } });
});

test('every door is closed', async () => {
  const doors = {
    'the process': 'typeof process + typeof require + typeof module + typeof global',
    'a network': 'typeof fetch + typeof XMLHttpRequest + typeof WebSocket',
    'a terminal': 'typeof console + typeof print',
    timers: 'typeof setTimeout + typeof setInterval + typeof setImmediate + typeof queueMicrotask',
    'shared memory': 'typeof SharedArrayBuffer + typeof Atomics',
    'collected garbage': 'typeof WeakRef + typeof FinalizationRegistry',
    WebAssembly: 'typeof WebAssembly + typeof performance + typeof Intl + typeof Buffer',
    eval: 'typeof eval',
    'eval by another name': 'typeof globalThis["ev" + "al"]',
    'the time': 'Date.now()',
    'the time as a text': 'Date()',
    'the time as a date': 'new Date()',
    'the time by a subclass': 'new (class extends Date {})()',
    'the time by a prototype': 'new (Object.getPrototypeOf(new Date(0)).constructor)()',
    'the time by reflection': 'Reflect.construct(Date, [])',
    chance: 'Math.random()',
    'source text': 'new Function("return 1")()',
    'source text by a constructor': '({}).constructor.constructor("return 1")()',
    'source text by a function': '(() => 1).constructor("return 1")()',
    'source text by a generator': '(function* () {}).constructor("yield 1")().next()',
    'source text by an async function': '(async () => 1).constructor("return 1")()',
    'source text by an async generator': '(async function* () {}).constructor("yield 1")()',
    'source text by a subclass': 'new (class extends Function {})("return 1")()',
    'source text by a prototype':
      'Object.getPrototypeOf(Object.getPrototypeOf(async () => 1)).constructor("return 1")()',
    'source text by a tool': 'call.tools.sha256.constructor("return 1")()',
    "another tool in a tool's place": '(call.tools.sha256 = () => "mine")',
    'a tool more': '(call.tools.mine = () => "mine")',
    'a tool that is none': 'call.tools.constructor("return 1")()',
    'Date put back': '(globalThis.Date = 1)',
  };
  const tried = Object.values(doors).map((source) => `() => ${source}`);
  const adapter = await sandboxed(
    library({
      request: `[${tried.join(',')}].map((open) => {
        try { const got = open(); return typeof got === 'string' && /^(undefined)+$/.test(got) ? 'refused' : ['open', String(got)]; }
        catch (error) { return 'refused'; }
      })`,
    }),
  );
  const results = (await issue(adapter)) as unknown[];
  const open = Object.keys(doors).filter((_, at) => results[at] !== 'refused');
  expect(results).toHaveLength(Object.keys(doors).length);
  expect(open.map((name) => [name, results[Object.keys(doors).indexOf(name)]])).toEqual([]);
});

test('even behind the closed doors there is no time: it stands still in the thread itself', async () => {
  // `Date` is kept from before the prelude only by a mistake of ours; then it would say this.
  const adapter = await sandboxed(library({ request: 'new Date(2026, 5, 1, 7).toString()' }));
  expect(await issue(adapter)).toMatch(/^Mon Jun 01 2026 07:00:00 GMT\+0000/);
});

describe('a connector that cannot be read', () => {
  const node = 'import { readFileSync } from "node:fs";';
  test.each<[name: string, files: Record<string, string>, code: string, said: string]>([
    [
      'loops at its top level',
      { 'adapter.ts': library({ top: 'for (;;) {}' }) },
      'sandbox_time',
      'took longer than 500 ms',
    ],
    [
      'fills the memory at its top level',
      { 'adapter.ts': library({ top: 'new ArrayBuffer(2 ** 30)' }) },
      'sandbox_memory',
      '32 MiB',
    ],
    [
      'throws at its top level',
      { 'adapter.ts': library({ top: 'throw new Error("not today")' }) },
      'sandbox_error',
      'not today',
    ],
    [
      'waits at its top level',
      { 'adapter.ts': library({ top: 'await new Promise(() => {});' }) },
      'sandbox_error',
      'awaits at its top level',
    ],
    [
      'imports Node',
      { 'adapter.ts': library({ top: node }) },
      'connector_import',
      'adapter.ts imports node:fs',
    ],
    [
      'imports a package',
      { 'adapter.ts': library({ top: 'import x from "axios"' }) },
      'connector_import',
      'imports axios',
    ],
    [
      'imports from outside',
      { 'adapter.ts': library({ top: 'import "../../src/clock.ts"' }) },
      'connector_import',
      '../../src/clock.ts',
    ],
    [
      'imports an absolute path',
      { 'adapter.ts': library({ top: 'import "/etc/passwd"' }) },
      'connector_import',
      '/etc/passwd',
    ],
    [
      'imports a file that is not there',
      { 'adapter.ts': library({ top: 'import "./no.ts"' }) },
      'connector_import',
      './no.ts',
    ],
    [
      'imports its simulator',
      { 'adapter.ts': library({ top: 'import "./simulator.ts"' }), 'simulator.ts': '' },
      'connector_import',
      './simulator.ts',
    ],
    [
      'imports Node from another file',
      { 'adapter.ts': library({ top: 'import "./wire/a.ts"' }), 'wire/a.ts': node },
      'connector_import',
      'wire/a.ts imports node:fs',
    ],
    ['is no TypeScript', { 'adapter.ts': 'export default {' }, 'connector_syntax', 'adapter.ts'],
    ['uses an enum', { 'adapter.ts': '\nenum A { B } export default A' }, 'connector_syntax', 'adapter.ts:2'],
    [
      'is no JavaScript',
      { 'adapter.ts': 'export default 1; export default 2' },
      'sandbox_error',
      'adapter.ts',
    ],
    ['exports nothing', { 'adapter.ts': 'export const a = 1' }, 'sandbox_error', 'default'],
    [
      'exports a number',
      { 'adapter.ts': 'export default 1' },
      'schema_type',
      'The default export must be object',
    ],
    [
      'exports a loop',
      { 'adapter.ts': 'const a = {}; a.a = a; export default a' },
      'sandbox_error',
      'nested too deeply',
    ],
    ['exports too much', { 'adapter.ts': 'export default { a: "x".repeat(2e6) }' }, 'sandbox_output', ''],
    [
      'imports bad JSON',
      {
        'adapter.ts': library({ top: 'import a from "./a.json" with { type: "json" }' }),
        'a.json': '{"a":1,"a":2}',
      },
      'connector_json',
      'a.json',
    ],
  ])('%s', async (_, files, code, said) => {
    const refused = await refusal(sandboxed(files, QUICK));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(said);
  });

  test('a dynamic import brings nothing', async () => {
    const adapter = await sandboxed(library({ request: 'import("node:fs")' }));
    expect((await refusal(issue(adapter))).message).toContain('threw an error');
  });

  test.each<[name: string, from: string | RegExp, to: string, pointer: string]>([
    ['no effect', "effect: 'keyed',", '', '/operations/issueCard/effect'],
    ['an unknown effect', "'keyed'", "'twice'", '/operations/issueCard/effect'],
    ['an unknown field', "effect: 'keyed',", "effect: 'keyed', retries: 3,", '/operations/issueCard/retries'],
    ['an unknown field of its own', 'signIn:', 'network: true, signIn:', '/network'],
    ['a name that is none', "name: 'library'", "name: '../library'", '/name'],
    ['a version that is none', "'1.0.0'", "'1'", '/version'],
    ['an operation with a name that is none', 'issueCard:', "'issue/card':", '/operations/issue~1card'],
    ['no operation', /operations: \{[\s\S]*\},\n {6}\n/, 'operations: {},', '/operations'],
    ['no reply', 'reply:', 'answer:', '/operations/issueCard/reply'],
    ['text where a function belongs', /reply: \(wire.*\n/, "reply: 'ok',", '/operations/issueCard/reply'],
    ['an unknown sign-in scheme', "'none'", "'magic'", '/signIn/scheme'],
    [
      'a span that is none',
      "effect: 'keyed',",
      "effect: 'keyed', waits: 'long',",
      '/operations/issueCard/waits',
    ],
    ['a schema that is none', 'settings: {', 'settings: { tipe: 1,', '/settings'],
    [
      'a pattern that takes for ever',
      "name: { type: 'string' }",
      "name: { type: 'string', pattern: '^(a+)+$' }",
      '/operations/issueCard/input/properties/name/pattern',
    ],
  ])('%s is a finding with its place', async (_, from, to, pointer) => {
    const source = library();
    const bent = source.replace(from, () => to);
    expect(bent).not.toBe(source);
    const error = await sandboxed(bent).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectorError);
    expect((error as ConnectorError).findings.map((finding) => finding.pointer)).toContain(pointer);
  });
});

test('why a form is bad is what `read` says, at no great length; it goes back to who sent it', async () => {
  const hosted =
    "hosted: { news: { tells: 'issueCard', path: '/news', read: (request) => { throw new Error(request.body + 'x'.repeat(1000)); }, answer: () => ({ status: 200, body: null }) } },";
  const adapter = await sandboxed(library({ more: hosted }));
  const request = { method: 'POST', path: '/news', query: {}, headers: {}, body: 'no id' };
  const { read } = adapter.hosted!['news']!;
  await expect(
    Promise.resolve(read(request, { settings: {}, now: CALL.now, tools: CALL.tools })),
  ).rejects.toThrow(/^no idx{195}$/);
});
