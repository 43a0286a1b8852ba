/** What the tests of connectors share: folders out of thin air, and an adapter small enough to be bent in every way. */
import { onTestFinished } from 'vitest';
import type { Adapter, Call } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { folderOf, type ConnectorFolder } from '../../src/connectors/folder.ts';
import {
  sandboxedAdapter,
  type SandboxedAdapter,
  type SandboxLimits,
} from '../../src/connectors/sandbox/index.ts';

export function folder(files: Record<string, string>): ConnectorFolder {
  const bytes = Object.entries(files).map(
    ([path, text]) => [path, new Uint8Array(Buffer.from(text))] as const,
  );
  return folderOf('/nowhere', new Map(bytes));
}

/** A library that issues cards; each part can be replaced by other source text. */
export function library(
  parts: { top?: string; request?: string; reply?: string; more?: string } = {},
): string {
  const {
    top = '',
    request = "{ method: 'POST', path: '/cards', body: { json: { ref: call.key, name: input.name } } }",
    reply = "{ is: 'ok', output: { card: String(wire.body.card) } }",
    more = '',
  } = parts;
  return `
    import type { Adapter } from 'jembatan/kit';
    ${top}
    const words = { type: 'object', additionalProperties: false, properties: { name: { type: 'string' }, card: { type: 'string' } } };
    export default {
      name: 'library', version: '1.0.0', title: { id: 'Perpustakaan', en: 'Library' },
      settings: { type: 'object', additionalProperties: false, properties: {} },
      signIn: { scheme: 'none' },
      operations: {
        issueCard: {
          title: { id: 'Terbitkan kartu', en: 'Issue a card' }, effect: 'keyed', input: words, output: words,
          request: (input, call) => (${request}),
          reply: (wire, input, call) => (${reply}),
        },
      },
      ${more}
    } satisfies Adapter;`;
}

export const CALL: Call = {
  ...{ settings: {}, key: '10000000000000000001', tryKey: '100000000000000000010001' },
  ...{ now: '2026-11-16T02:00:00.000Z', tools },
};

/** Reads a connector in the sandbox; its thread ends with the test. */
export async function sandboxed(
  source: string | Record<string, string>,
  limits: Partial<SandboxLimits> = {},
  clock: Clock = systemClock,
): Promise<SandboxedAdapter> {
  const files = typeof source === 'string' ? { 'adapter.ts': source } : source;
  const adapter = await sandboxedAdapter(folder(files), { clock, limits });
  onTestFinished(() => adapter.close());
  return adapter;
}

export function issue(adapter: Adapter, name = 'Budi', call: Call = CALL): Promise<unknown> {
  return Promise.resolve(adapter.operations['issueCard']!.request({ name }, call));
}

export function hear(adapter: Adapter, body: object): Promise<unknown> {
  const wire = { status: 200, headers: {}, body: body as never, bytes: 2, type: 'application/json' };
  return Promise.resolve(adapter.operations['issueCard']!.reply(wire, { name: 'Budi' }, CALL));
}
