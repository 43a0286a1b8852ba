/** What the record of an attempt would keep of one example: its request and its reply, as the caller masks them. */
import { makeCaller } from '../../outbound/http-call.ts';
import { makeMask } from '../../privacy/mask.ts';
import type { Example, JsonObject } from '../contract.ts';
import { tools } from '../tools.ts';
import { agencyOf, BASE_URL, DOCUMENT, secretsOf, TIMEOUT_MS } from './effects/stage.ts';
import { conversionOf, givenBy, type Subject } from './subject.ts';

/** None when there is no request, or it cannot be sent. */
export async function excerptsOf(
  { adapter, clock }: Subject,
  example: Example,
  settings: JsonObject,
): Promise<string[]> {
  const { input, call } = givenBy(example);
  const { body, status, headers } = example.reply;
  const isText = typeof body === 'string';
  const type = example.reply.type ?? (isText ? 'text/html' : 'application/json');
  const content = body === null ? Buffer.alloc(0) : Buffer.from(isText ? body : JSON.stringify(body));
  const caller = makeCaller({
    ...{ clock, tools, mask: makeMask(secretsOf(adapter, settings)) },
    // What a signature adds is not kept.
    signInOf: () => ({}),
    send: async () => ({
      is: 'response',
      status,
      headers: { ...headers, 'content-type': type },
      body: content,
    }),
  });
  try {
    const request = await conversionOf(adapter, example)!.request(input, { ...call, settings });
    if ('pending' in request) return [];
    const exchanged = await caller.exchange({
      ...{ agency: agencyOf(adapter, { ...settings, baseUrl: BASE_URL }), adapter, request },
      sign: { now: call.now, tryKey: call.tryKey },
      deadline: clock.now() + TIMEOUT_MS,
      documents: async () => DOCUMENT,
    });
    return 'got' in exchanged ? [exchanged.sent, exchanged.got] : [];
  } catch {
    return [];
  } finally {
    await caller.close();
  }
}
