/** Runs in the interpreter: stands between a connector's functions and the bus. */

/** Each answers `=` and JSON, or `!`, a code, a blank and a message. */
export interface Inside {
  /** The adapter as JSON, with `[function]` where one stands. */
  take(adapter: unknown): string;
  /** What the function at a path gives, as JSON. The last of its arguments is the contract's `call`. */
  call(path: string, args: string, body: ArrayBuffer | undefined): string;
  explain(error: unknown): string;
}

/** Its text is handed over as it stands here, so it uses nothing from outside itself but types. */
export function makeInside(tools: object, mostOutput: number): Inside {
  const { parse, stringify } = JSON;
  const { apply } = Reflect;
  const { create, keys } = Object;
  const { isArray } = Array;
  const [Bytes, Thrown, Later] = [Uint8Array, Error, Promise];
  const MOST_DEPTH = 64;
  const MOST_MESSAGE = 200;

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
        if (value instanceof Later) return '!sandbox_error It gives a promise: it must answer at once';
        const made = stringify(value) ?? 'null';
        return made.length > mostOutput ? '!sandbox_output ' : `=${made}`;
      } catch (error) {
        return explain(error);
      }
    },
    explain,
  };
}
