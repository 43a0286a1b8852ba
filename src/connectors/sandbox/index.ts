/** An installed connector as an adapter: its data is read once, and each of its functions runs in an interpreter. */
import type { Adapter, Exchange, Hosted, Operation, SignIn } from '../../adapter-kit/contract.ts';
import { signIns } from '../../adapter-kit/sign-in/index.ts';
import type { Clock } from '../../clock.ts';
import { compileForOwner } from '../../schema/validate.ts';
import { AGENCY_LIMITS, parseJson } from '../../wire/json.ts';
import { ConnectorError, type ConnectorFinding } from '../error.ts';
import type { ConnectorFolder } from '../folder.ts';
import { schemaFindings } from '../schemas.ts';
import { loadError, callError } from './errors.ts';
import { makeInterpreter, type Interpreter } from './interpreter.ts';
import { SANDBOX_LIMITS, type SandboxLimits } from './limits.ts';
import { programOf } from './program.ts';
import { ADAPTER_SHAPE } from './shape.ts';
import { Refusal } from './thread.ts';

export type { SandboxLimits };
export type SandboxedAdapter = Adapter & { close(): Promise<void> };

/**
 * Reads the connector in its interpreter. @throws ConnectorError with every finding; its functions reject with one
 * whose message holds no value of what they were given.
 */
export async function sandboxedAdapter(
  folder: ConnectorFolder,
  parts: { clock: Clock; limits?: Partial<SandboxLimits> },
): Promise<SandboxedAdapter> {
  const limits = { ...SANDBOX_LIMITS, ...parts.limits };
  const interpreter = makeInterpreter(programOf(folder), limits, parts.clock);
  try {
    const shape = await shapeOf(interpreter, limits);
    const adapter = {
      ...adapterFrom(shape, asking(interpreter, shape.name, limits)),
      close: interpreter.close,
    };
    hold(schemaFindings(adapter, FILE));
    return adapter;
  } catch (error) {
    await interpreter.close();
    throw error;
  }
}

const FILE = 'adapter.ts';
const checkShape = compileForOwner(ADAPTER_SHAPE);

/** An adapter whose functions are still the words that stand for them. */
type Shape = Pick<
  Adapter,
  'name' | 'version' | 'title' | 'settings' | 'signIn' | 'operations' | 'hosted' | 'errors'
>;

async function shapeOf(interpreter: Interpreter, limits: SandboxLimits): Promise<Shape> {
  const shape = await interpreter
    .shape()
    .then((text) => read(text, limits))
    .catch((error: unknown) => {
      throw loadError(error, limits);
    });
  const findings = checkShape(shape).map(({ pointer, code, detail }): ConnectorFinding => {
    return {
      file: FILE,
      pointer,
      code,
      message: `${pointer || 'The default export'} ${detail}`,
      fix: 'See the contract',
    };
  });
  hold(findings);
  const { signIn } = shape as Shape;
  if ('scheme' in signIn && !Object.hasOwn(signIns, signIn.scheme)) {
    const message = `The kit has no sign-in scheme ${signIn.scheme}`;
    const fix = `Known: ${Object.keys(signIns).join(', ')}`;
    hold([{ file: FILE, pointer: '/signIn/scheme', code: 'unknown_scheme', message, fix }]);
  }
  return shape as Shape;
}

function read(text: string, { outputBytes }: SandboxLimits): unknown {
  try {
    return parseJson(Buffer.from(text), { ...AGENCY_LIMITS, maxBytes: outputBytes });
  } catch (error) {
    throw new Refusal('sandbox_output', (error as Error).message);
  }
}

function hold(findings: ConnectorFinding[]): void {
  if (findings.length === 0) return;
  const [{ code, message, fix }] = findings as [ConnectorFinding];
  throw new ConnectorError(code, `${FILE}: ${message}. ${fix}`, findings);
}

/** A function of the adapter by its path. */
type Ask = <Run>(path: string) => Run;

function asking(interpreter: Interpreter, name: string, limits: SandboxLimits): Ask {
  const ask = (path: string) => {
    return async (...given: unknown[]): Promise<unknown> => {
      const args: unknown[] = [...given.slice(0, -1), { ...(given.at(-1) as object), tools: undefined }];
      const message = given[0] as { body?: unknown };
      const body = message.body instanceof Uint8Array ? message.body : undefined;
      if (body) args[0] = { ...message, body: undefined };
      try {
        return read(await interpreter.call(path, JSON.stringify(args), body), limits);
      } catch (error) {
        throw callError(error, `${name} ${path}`, limits);
      }
    };
  };
  return ask as Ask;
}

function adapterFrom({ signIn, operations, hosted, ...data }: Shape, ask: Ask): Adapter {
  return {
    ...data,
    signIn: 'scheme' in signIn ? signIn : signInFrom(signIn, ask),
    operations: each(operations, (one, name) => operationFrom(one, `operations/${name}`, ask)),
    ...(hosted && { hosted: each(hosted, (one, name) => hostedFrom(one, `hosted/${name}`, ask)) }),
  };
}

function each<From, To>(
  all: Record<string, From>,
  make: (one: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one, name)]));
}

function operationFrom(shape: Operation, at: string, ask: Ask): Operation {
  const { inquiry, compensation } = shape;
  return {
    ...shape,
    ...exchangeFrom(at, ask),
    ...(inquiry && { inquiry: { ...inquiry, ...exchangeFrom(`${at}/inquiry`, ask) } }),
    ...(compensation && { compensation: { ...compensation, ...exchangeFrom(`${at}/compensation`, ask) } }),
  };
}

function exchangeFrom(at: string, ask: Ask): Exchange {
  return { request: ask(`${at}/request`), reply: ask(`${at}/reply`) };
}

function hostedFrom(shape: Hosted, at: string, ask: Ask): Hosted {
  return { ...shape, read: ask(`${at}/read`), answer: ask(`${at}/answer`) };
}

function signInFrom({ open, sign, verify }: SignIn, ask: Ask): SignIn {
  return {
    ...(open && { open: { request: ask('signIn/open/request'), reply: ask('signIn/open/reply') } }),
    ...(sign && { sign: ask('signIn/sign') }),
    ...(verify && { verify: ask('signIn/verify') }),
  };
}
