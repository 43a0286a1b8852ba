/** The tools' end outside the interpreter: reads a connector's arguments, runs the tool, hands the result back in. */
import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten';
import { tools } from '../../adapter-kit/tools.ts';
import { AGENCY_LIMITS, parseJson } from '../../wire/json.ts';

const TOOLS = tools as unknown as Record<string, (...args: unknown[]) => unknown>;

export const toolNames: string[] = Object.keys(TOOLS);

/** A function of the interpreter; what a tool throws is thrown in there. */
export function toolHost(context: QuickJSContext): QuickJSHandle {
  return context.newFunction('tool', (name, text, ...buffers) => {
    const tool = Object.hasOwn(TOOLS, context.getString(name)) ? TOOLS[context.getString(name)] : undefined;
    if (!tool) throw new Error('There is no such tool');
    const result = tool(...argumentsOf(context, context.getString(text), buffers));
    if (result instanceof Uint8Array) return context.newArrayBuffer(new Uint8Array(result).buffer);
    return context.newString(JSON.stringify([result]));
  });
}

/** `[0, value]` is a value, `[n]` the nth of the buffers. */
function argumentsOf(context: QuickJSContext, text: string, buffers: QuickJSHandle[]): unknown[] {
  const marked = parseJson(Buffer.from(text), AGENCY_LIMITS) as [number, unknown][];
  return marked.map(([place, value]) => {
    return place === 0 ? value : context.getArrayBuffer(buffers[place - 1]!).consume(copied);
  });
}

/** Out of the interpreter's memory, which may move. */
const copied = ({ value }: { value: Uint8Array }): Uint8Array => new Uint8Array(value);
