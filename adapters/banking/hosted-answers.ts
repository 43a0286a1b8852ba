/** How we answer a bank that calls us: response codes of the service it called, and the fields it must bring. */
import type { HostedAnswer, HostedCase, JsonObject } from '../../src/adapter-kit/contract.ts';
import { responseCases } from './response-codes.ts';
import { textOf } from './values.ts';

/** An answer by its key in `responseCases`. */
export function say(service: string, key: string, extra: JsonObject = {}, detail = ''): HostedAnswer {
  const [http, number] = key.split('/') as [string, string];
  const responseMessage = responseCases[key]!.words + (detail && ` [${detail}]`);
  return { status: Number(http), body: { responseCode: http + service + number, responseMessage, ...extra } };
}

/** The answers that do not depend on a step. */
export function sayRefusal(service: string, hostedCase: HostedCase): HostedAnswer {
  if (hostedCase.is === 'busy') return say(service, '504/00');
  if (hostedCase.is === 'badSignature') {
    // The bank renews its token on 01 only.
    if (hostedCase.reason === 'Invalid token') return say(service, '401/01');
    return say(service, '401/00', {}, hostedCase.reason);
  }
  const reason = hostedCase.is === 'badForm' ? hostedCase.reason : '';
  const field = /^(missing|invalid) (\w+)$/.exec(reason);
  if (!field) return say(service, '400/00');
  return say(service, field[1] === 'missing' ? '400/02' : '400/01', {}, field[2]);
}

/** A field of the body; throws `missing x` or `invalid x`. */
export function fieldOf(body: JsonObject, name: string, form: RegExp): string {
  const text = textOf(body[name])?.trim();
  if (text === undefined) throw new Error(`missing ${name}`);
  if (!form.test(text)) throw new Error(`invalid ${name}`);
  return text;
}
