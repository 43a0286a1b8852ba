/** Runs in the interpreter: the kit's tools as a connector sees them, each a call to the one door that leads out. */

/** The bus's end: a tool's name and its arguments in, JSON of `[result]` or bytes out. Throws what the tool throws. */
export type ToolHost = (name: string, args: string, ...bytes: ArrayBufferLike[]) => string | ArrayBuffer;

/** Its text is handed over as it stands here, so it uses nothing from outside itself but types. */
export function makeTools(host: ToolHost, names: string): object {
  const { parse, stringify } = JSON;
  const Bytes = Uint8Array;
  const tools = Object.create(null) as Record<string, unknown>;
  for (const name of parse(names) as string[]) {
    tools[name] = (...given: unknown[]): unknown => {
      const bytes: ArrayBufferLike[] = [];
      const args: unknown[] = [];
      for (let at = 0; at < given.length; at += 1) {
        const one = given[at];
        // `[0, value]` is a value, `[n]` the nth of the buffers.
        args[at] = one instanceof Bytes ? [bytes.push(new Bytes(one).buffer)] : [0, one];
      }
      const answer = host(name, stringify(args), ...bytes);
      return typeof answer === 'string' ? (parse(answer) as unknown[])[0] : new Bytes(answer);
    };
  }
  return Object.freeze(tools);
}
