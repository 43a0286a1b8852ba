/** The examples of a connector, each made whole: what one leaves out is as in the one before it. */
import type { Example, JsonObject } from '../../adapter-kit/contract.ts';
import type { ConnectorDocument, ExamplePlan } from './document.ts';

const FILE = 'connector.yaml';
const CALL = {
  key: '10000000000000000001',
  tryKey: '100000000000000000010001',
  now: '2026-01-15T02:30:05.000Z',
};

export function examplesOf({ examples, exampleSettings = {} }: ConnectorDocument): {
  file: string;
  example: Example;
}[] {
  const last = new Map<string, Example>();
  const inputs = new Map<string, JsonObject>();
  return examples.map((plan, at) => {
    const id = `${plan.operation} ${plan.exchange ?? 'send'}`;
    const before = last.get(id);
    const input = plan.input ?? before?.input ?? inputs.get(plan.operation) ?? {};
    if (!inputs.has(plan.operation)) inputs.set(plan.operation, input);
    const example = whole(plan, before, input, exampleSettings);
    last.set(id, example);
    return { file: `${FILE}#/examples/${at}`, example };
  });
}

function whole(
  plan: ExamplePlan,
  before: Example | undefined,
  input: JsonObject,
  settings: JsonObject,
): Example {
  const { title, operation, exchange, reply, outcome } = plan;
  const { status, headers, body = null, type = 'application/json' } = reply;
  return {
    ...{ title, operation, ...(exchange && { exchange }) },
    settings: plan.settings ?? before?.settings ?? settings,
    input,
    call: { ...(plan.call ? CALL : (before?.call ?? CALL)), ...plan.call },
    // One that is nowhere said fails its test with the request as it is made.
    request: plan.request ?? before?.request ?? { method: 'GET', path: '/' },
    reply: { status, headers: headers ?? { 'content-type': type }, body, type },
    outcome,
  };
}
