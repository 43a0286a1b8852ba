/** One interpreter with one connector in it: loaded once, and put back to that moment before every call. */
import { posix } from 'node:path';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  RELEASE_SYNC,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten';
import { makeInside, type Inside } from './inside/calls.ts';
import { closeDoors } from './inside/doors.ts';
import { makeTools } from './inside/tools.ts';
import type { SandboxLimits } from './limits.ts';
import { keep, PAGE_BYTES, unusedStack, type LinearMemory } from './memory.ts';
import type { Program } from './program.ts';
import { toolHost, toolNames } from './tool-host.ts';

export interface Machine {
  /** The adapter's static parts as JSON. @throws Failure */
  load(): string;
  /** What the function at a path gives, as JSON. @throws Failure */
  call(path: string, args: string, body: Uint8Array | undefined): string;
}

export class Failure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Named by the browser's types only. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (pages: { initial: number; maximum: number }) => LinearMemory };
};

/** What this build of QuickJS begins with. */
const FIRST_BYTES = 16_777_216;
/** The module that is not there as a file, and imports the adapter. */
const ENTRY = 'connector';

/** `isStopped` is asked every few thousand instructions. */
export async function openMachine(
  program: Program,
  limits: SandboxLimits,
  isStopped: () => boolean,
): Promise<Machine> {
  // The interpreter's own limit counts no bytes in this build: what holds is a memory that cannot grow.
  const memory = new WebAssembly.Memory({
    initial: FIRST_BYTES / PAGE_BYTES,
    maximum: limits.memoryBytes / PAGE_BYTES,
  });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory: memory }));
  const runtime = quickjs.newRuntime({ maxStackSizeBytes: limits.stackBytes, interruptHandler: isStopped });
  const context = runtime.newContext();
  const refusedImport = ownFilesOnly(runtime, program);
  const inside = begin(context, limits);
  const stack = unusedStack(memory);
  let restore = (): void => undefined;

  /** Its own end catches whatever can be caught: what comes out is the end of time or memory. */
  const ask = (name: keyof Inside, ...args: QuickJSHandle[]): string => {
    const result = context.callFunction(inside[name], context.undefined, args);
    for (const one of args) one.dispose();
    if (result.error) throw new Failure(isStopped() ? 'sandbox_time' : 'sandbox_memory', '');
    const answer = result.value.consume((value) => context.getString(value));
    if (answer.startsWith('=')) return answer.slice(1);
    const [, code = '', message = ''] = /^!(\w+) (.*)$/s.exec(answer) ?? [];
    throw new Failure(code, message);
  };

  return {
    load() {
      const loaded = context.evalCode("export { default } from './adapter.ts';", ENTRY, { type: 'module' });
      if (loaded.error && isStopped()) throw new Failure('sandbox_time', '');
      if (loaded.error) throw refusedImport() ?? thrown(() => ask('explain', loaded.error));
      const state = context.getPromiseState(loaded.value);
      if (state.type !== 'fulfilled' || state.notAPromise !== true)
        throw new Failure('sandbox_error', 'it awaits at its top level');
      const shape = ask('take', context.getProp(loaded.value, 'default'));
      restore = keep(memory, stack);
      return shape;
    },
    call(path, args, body) {
      restore();
      const bytes = body ? context.newArrayBuffer(new Uint8Array(body).buffer) : context.undefined.dup();
      return ask('call', context.newString(path), context.newString(args), bytes);
    },
  };
}

/** Closes every door, and gives the functions by which a connector is spoken to from then on. */
function begin(context: QuickJSContext, { outputBytes }: SandboxLimits): Record<keyof Inside, QuickJSHandle> {
  const run = (work: (...args: never[]) => unknown, ...args: QuickJSHandle[]): QuickJSHandle => {
    const made = context.unwrapResult(context.evalCode(`(${work.toString()})`, work.name));
    return context.unwrapResult(context.callFunction(made, context.undefined, args));
  };
  run(closeDoors);
  const tools = run(makeTools, toolHost(context), context.newString(JSON.stringify(toolNames)));
  const inside = run(makeInside, tools, context.newNumber(outputBytes));
  const named = (name: keyof Inside): QuickJSHandle => context.getProp(inside, name);
  return { take: named('take'), call: named('call'), explain: named('explain') };
}

/** An import may only name a file of the folder; the function says which one did not. */
function ownFilesOnly(runtime: QuickJSRuntime, program: Program): () => Failure | null {
  let refused: Failure | null = null;
  runtime.setModuleLoader(
    (path) => program.get(path)!,
    (from, wanted) => {
      const path = posix.join(posix.dirname(from), wanted);
      if (/^\.\.?\//.test(wanted) && program.has(path)) return path;
      refused ??= new Failure('connector_import', `${from} imports ${wanted.slice(0, 200)}`);
      return { error: refused };
    },
  );
  return () => refused;
}

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
