/** Connectors made in a test: the text of a connector.yaml as a folder, and one conversion of it. */
import type { Adapter, Call, JsonObject, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { ConnectorError } from '../../src/connectors/error.ts';
import type { ConnectorFolder } from '../../src/connectors/folder.ts';
import { yamlAdapter } from '../../src/connectors/yaml/index.ts';

export function folderOf(text: string): ConnectorFolder {
  return { path: '/nowhere', kind: 'yaml', files: new Map([['connector.yaml', Buffer.from(text)]]) };
}

/** What stands around an operation `act`; every part may be replaced. */
export interface Parts {
  effect: string;
  settings: string;
  signIn: string;
  input: string;
  output: string;
  request: string;
  reply: string;
  more: string;
  /** Whole top-level entries. */
  after: string;
  example: string;
}

const DEFAULTS: Parts = {
  effect: 'keyed',
  settings:
    '{ type: object, additionalProperties: false, properties: { baseUrl: { type: string }, apiKey: { type: string, writeOnly: true }, branch: { type: string } } }',
  signIn: '{ scheme: apiKey }',
  input:
    '{ type: object, additionalProperties: false, properties: { name: { type: string }, born: { type: string }, count: { type: integer }, flag: { type: boolean }, photo: { type: string }, list: { type: array, items: { type: string } } } }',
  output:
    '{ type: object, additionalProperties: false, required: [number], properties: { number: { type: string } } }',
  request: '{ method: POST, path: /things }',
  reply: '[{ when: { at: /number }, is: ok, output: { number: $text(reply.body.number) } }]',
  more: '',
  after: '',
  example: '{ title: One, operation: act, reply: { status: 500 }, outcome: { is: unknown, code: HTTP_500 } }',
};

/** Line 9 is the operation's request, line 10 its reply. */
export function connector(parts: Partial<Parts> = {}): string {
  const { effect, settings, signIn, input, output, request, reply, more, after, example } = {
    ...DEFAULTS,
    ...parts,
  };
  return `name: thing
version: 1.0.0
title: { id: Benda, en: Thing }
settings: ${settings}
signIn: ${signIn}
operations:
  act: { title: { id: Buat, en: Act }, effect: ${effect}, input: ${input},
    output: ${output},
    request: ${request},
    reply: ${reply}${more === '' ? '' : `,\n    ${more}`} }
${after}
examples: [${example}]
`;
}

export function adapterOf(parts: Partial<Parts> = {}): Promise<Adapter> {
  return yamlAdapter(folderOf(connector(parts)));
}

export const SETTINGS: JsonObject = {
  baseUrl: 'https://thing.example',
  apiKey: 'kunci-rahasia',
  branch: 'B 1',
};

export function callOf(fields: Partial<Call> = {}): Call {
  return {
    ...{ settings: SETTINGS, tools, now: '2026-01-15T17:30:05.000Z' },
    ...{ key: '10000000000000000001', tryKey: '100000000000000000010001' },
    ...fields,
  };
}

export function wireOf(status: number, body: WireReply['body'], more: Partial<WireReply> = {}): WireReply {
  const bytes = body === null ? 0 : JSON.stringify(body).length;
  return { status, headers: {}, body, bytes, type: 'application/json', ...more };
}

/** The outcome of one reply to `act`. */
export async function outcomeOf(
  parts: Partial<Parts>,
  wire: WireReply,
  kind: 'send' | 'inquiry' | 'compensation' = 'send',
  call: Partial<Call> = {},
): Promise<Outcome> {
  const { act } = (await adapterOf(parts)).operations;
  const exchange = kind === 'send' ? act! : act![kind]!;
  return exchange.reply(wire, {}, callOf(call));
}

/** `line pointer code` of everything that is wrong, and the whole of it. */
export async function findingsOf(text: string): Promise<{ short: string[]; error: ConnectorError }> {
  try {
    await yamlAdapter(folderOf(text));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { short: error.findings.map(({ line, pointer, code }) => `${line} ${pointer} ${code}`), error };
  }
  throw new Error('Nothing was found');
}
