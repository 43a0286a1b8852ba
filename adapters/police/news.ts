/** How the bus and the police prove themselves to each other, and what the police hear back. */
import type { HostedAnswer, HostedCase, SignCall, SignedMessage } from '../../src/adapter-kit/contract.ts';

const ANSWERS: Record<HostedCase['is'], HostedAnswer> = {
  found: { status: 200, body: { status: 'ACCEPTED' } },
  none: { status: 202, body: { status: 'KEPT' } },
  conflict: { status: 409, body: { code: 'EVENT_ID_REUSED' } },
  badSignature: { status: 401, body: { code: 'BAD_SIGNATURE' } },
  badForm: { status: 400, body: { code: 'BAD_FORM' } },
  busy: { status: 503, headers: { 'retry-after': '5' }, body: { code: 'BUSY' } },
  opened: { status: 404, body: { code: 'NOT_FOUND' } },
  notOpened: { status: 404, body: { code: 'NOT_FOUND' } },
  granted: { status: 404, body: { code: 'NOT_FOUND' } },
};

/** The gateway delivers again on 5xx, and never on another status. */
export function answerNews(hostedCase: HostedCase): HostedAnswer {
  const answer = ANSWERS[hostedCase.is];
  if (hostedCase.is !== 'found' || !hostedCase.message.outcome) return answer;
  return { ...answer, apply: hostedCase.message.outcome };
}

const SKEW_SECONDS = 300;

/** HMAC-SHA256, hex, of `<x-timestamp>.<raw body>` under the news secret; the timestamp is in epoch seconds. */
export function verify(message: SignedMessage, _proof: string, call: SignCall): string | null {
  const timestamp = message.headers['x-timestamp'] ?? '';
  if (!/^\d{10}$/.test(timestamp)) return 'x-timestamp is not epoch seconds';
  const skew = Math.abs(Date.parse(call.now) / 1000 - Number(timestamp));
  if (skew > SKEW_SECONDS) return 'x-timestamp is too far from now';
  const bytes = call.tools.bytes(`${timestamp}.`, message.body);
  const expected = call.tools.hmac('sha256', call.settings['newsSecret'] as string, bytes, 'hex');
  return call.tools.same(expected, message.headers['x-signature'] ?? '')
    ? null
    : 'x-signature does not match';
}

/** The gateway's API key. */
export function sign(_message: SignedMessage, call: SignCall): Record<string, string> {
  return { 'x-api-key': call.settings['apiKey'] as string };
}
