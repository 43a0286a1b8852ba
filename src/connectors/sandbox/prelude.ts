/**
 * What runs in the interpreter before a connector does, and stands between it and the bus from then on. Its text is
 * handed over as it is, so it may use nothing from outside itself but types.
 */

/** The bus's end: a tool's name and its arguments in, JSON of `[result]` or bytes out. Throws what the tool throws. */
export type ToolHost = (name: string, args: string, ...bytes: ArrayBufferLike[]) => string | ArrayBuffer;

/** Each answers `=` and JSON, or `!`, a code, a blank and a message. */
export interface Inside {
  /** The adapter as JSON, with `[function]` where one stands. */
  take(adapter: unknown): string;
  /** What the function at a path gives, as JSON. The last of its arguments is the contract's `call`. */
  call(path: string, args: string, body: ArrayBuffer | undefined): string;
  explain(error: unknown): string;
}

export function prelude(host: ToolHost, toolNames: string, mostOutput: number): Inside {
  const { parse, stringify } = JSON;
  const { apply, construct, defineProperty, deleteProperty, getPrototypeOf, ownKeys } = Reflect;
  const { create, freeze, keys } = Object;
  const { isArray } = Array;
  const Bytes = Uint8Array;
  const Thrown = Error;
  const Wrong = TypeError;
  const Own = Promise;
  const MOST_DEPTH = 64;
  const MOST_MESSAGE = 200;

  const refuse = (what: string) => (): never => {
    throw new Wrong(`${what} is not there for connectors: all that they know is handed in with the call`);
  };
  const put = (at: object, name: string, value: unknown): void => {
    defineProperty(at, name, { value, writable: false, enumerable: false, configurable: false });
  };

  /** ECMAScript's own and no more; collected garbage, shared memory and source text are no business of a conversion. */
  const KNOWN = `Object Array String Number Boolean Symbol BigInt Math JSON Reflect Proxy Promise Iterator RegExp Date
    Map Set WeakMap WeakSet ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array
    Uint8ClampedArray BigInt64Array BigUint64Array Float16Array Float32Array Float64Array Function
    Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError InternalError
    parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent
    globalThis undefined NaN Infinity`.split(/\s+/);
  for (const name of ownKeys(globalThis)) {
    if (typeof name === 'string' && !KNOWN.includes(name)) deleteProperty(globalThis, name);
  }

  const closed = function Function(): never {
    return refuse('Source text')();
  };
  const kinds = [function () {}, function* () {}, async function () {}, async function* () {}];
  closed.prototype = getPrototypeOf(kinds[0]!);
  for (const kind of kinds) put(getPrototypeOf(kind)!, 'constructor', closed);
  put(globalThis, 'Function', closed);

  const Kept = Date;
  const still = function Date(this: unknown, ...parts: unknown[]): unknown {
    if (new.target === undefined || parts.length === 0) return refuse('The time')();
    return construct(Kept, parts, new.target);
  };
  still.prototype = Kept.prototype;
  put(still, 'parse', Kept.parse);
  put(still, 'UTC', Kept.UTC);
  put(still, 'now', refuse('The time'));
  put(Kept.prototype, 'constructor', still);
  put(globalThis, 'Date', still);
  put(Math, 'random', refuse('Chance'));

  const tools = create(null) as Record<string, unknown>;
  for (const name of parse(toolNames) as string[]) {
    tools[name] = (...given: unknown[]): unknown => {
      const bytes: ArrayBufferLike[] = [];
      const args: unknown[] = [];
      for (let at = 0; at < given.length; at += 1) {
        const one = given[at];
        args[at] = one instanceof Bytes ? [bytes.push(new Bytes(one).buffer)] : [0, one];
      }
      const answer = host(name, stringify(args), ...bytes);
      return typeof answer === 'string' ? (parse(answer) as unknown[])[0] : new Bytes(answer);
    };
  }
  freeze(tools);

  const functions = create(null) as Record<string, { owner: unknown; run: (...args: never[]) => unknown }>;
  const plain = (value: unknown, owner: unknown, path: string, depth: number): unknown => {
    if (typeof value === 'function') {
      functions[path] = { owner, run: value as () => unknown };
      return '[function]';
    }
    if (typeof value !== 'object' || value === null) return value;
    if (depth === MOST_DEPTH) throw new Thrown(`the adapter is nested too deeply at ${path}`);
    const copy = (isArray(value) ? [] : create(null)) as Record<string, unknown>;
    for (const key of keys(value)) {
      const below = path === '' ? key : `${path}/${key}`;
      copy[key] = plain((value as Record<string, unknown>)[key], value, below, depth + 1);
    }
    return copy;
  };

  const explain = (error: unknown): string => {
    try {
      const text = error instanceof Thrown ? error.message : '';
      const message = typeof text === 'string' ? text.slice(0, MOST_MESSAGE) : '';
      if (message === 'out of memory') return '!sandbox_memory ';
      return message === 'stack overflow' ? '!sandbox_stack ' : `!sandbox_error ${message}`;
    } catch {
      return '!sandbox_error ';
    }
  };

  return {
    take(adapter) {
      try {
        return `=${stringify(plain(adapter, undefined, '', 0)) ?? 'null'}`;
      } catch (error) {
        return explain(error);
      }
    },
    call(path, text, body) {
      try {
        const args = parse(text) as Record<string, unknown>[];
        if (body !== undefined) args[0]!['body'] = new Bytes(body);
        args[args.length - 1]!['tools'] = tools;
        const { owner, run } = functions[path]!;
        const value = apply(run, owner, args);
        if (value instanceof Own) return '!sandbox_error It gives a promise: it must answer at once';
        const made = stringify(value) ?? 'null';
        return made.length > mostOutput ? '!sandbox_output ' : `=${made}`;
      } catch (error) {
        return explain(error);
      }
    },
    explain,
  };
}
