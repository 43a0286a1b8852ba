/** Which profile offers what, and how the connector's operations reach the one that the settings name. */
import type {
  Call,
  Compensation,
  Exchange,
  Inquiry,
  JsonObject,
  JsonSchema,
  Outcome,
  SignIn,
} from '../../src/adapter-kit/contract.ts';
import { asAct } from './codes.ts';
import type { OperationName, Payment, Profile, Question } from './profile.ts';
import { profiles } from './profiles/index.ts';

function profileOf(settings: JsonObject): Profile {
  const name = String(settings['profile']);
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!found) throw unsupported(`no profile "${name}"; there are ${Object.keys(profiles).join(', ')}`);
  return found;
}

function offering(operation: OperationName): string[] {
  return Object.keys(profiles).filter((name) => profiles[name]![operation] !== undefined);
}

/** What settings must be for an operation to be offered; `check` holds every route to it. */
export function demands(operation: OperationName): JsonSchema {
  return { type: 'object', properties: { profile: { enum: offering(operation) } } };
}

/** A fault of the route, not of the applicant: nothing is sent, the step is parked, and a person is told. */
function unsupported(why: string): Error {
  const error = new Error(`PROFILE_UNSUPPORTED: ${why}`);
  error.name = 'PROFILE_UNSUPPORTED';
  return error;
}

function offered<Name extends OperationName>(
  operation: Name,
  { settings }: Call,
): NonNullable<Profile[Name]> {
  const found: Profile[Name] = profileOf(settings)[operation];
  if (found !== undefined) return found;
  const others = offering(operation).join(', ');
  throw unsupported(
    `profile "${String(settings['profile'])}" offers no ${operation}; it is offered by ${others}`,
  );
}

type Asks = 'inquirePropertyTax' | 'checkTransferDuty' | 'notifyLandTransfer';
type Pays = 'payPropertyTax' | 'payTransferDuty';
type InputOf<Name extends OperationName> =
  NonNullable<Profile[Name]> extends Question<infer Input> ? Input : never;

export function asks<Name extends Asks>(name: Name): Exchange<InputOf<Name>> {
  const of = (call: Call): Question<InputOf<Name>> => offered(name, call) as Question<InputOf<Name>>;
  return {
    request: (input, call) => of(call).request(input, call),
    reply: (wire, input, call) => of(call).reply(wire, input, call),
  };
}

interface Paying<Input> extends Exchange<Input> {
  inquiry: Inquiry<Input>;
  compensation: Compensation<Input>;
}

export function pays<Name extends Pays>(name: Name): Paying<InputOf<Name> & { paidAt: string }> {
  type Input = InputOf<Name> & { paidAt: string };
  const of = (call: Call): Payment<Input> => offered(name, call) as unknown as Payment<Input>;
  return {
    request: (input, call) => of(call).request(input, call),
    reply: (wire, input, call) => of(call).reply(wire, input, call),
    inquiry: {
      notBefore: '60s',
      trustAfter: '10m',
      request: (input, call) => of(call).inquiry.request(input, call),
      reply: (wire, input, call) => of(call).inquiry.reply(wire, input, call),
    },
    compensation: {
      effect: 'keyed',
      // After the day of the payment no reversal is sent: what is sent asks, and does no harm.
      request: (input, call) => undoing(of(call), input, call).request(input, call),
      reply: (wire, input, call) => undoing(of(call), input, call).reply(wire, input, call),
    },
  };
}

function undoing<Input extends { paidAt: string }>(
  payment: Payment<Input>,
  { paidAt }: Input,
  { settings, now, tools }: Call,
): Question<Input> {
  const zone = typeof settings['zone'] === 'string' ? settings['zone'] : 'Asia/Jakarta';
  const dayOf = (instant: string): string => tools.zoned(instant, zone, 'yyyyMMdd');
  if (dayOf(paidAt) === dayOf(now)) return payment.reversal;
  return {
    request: payment.inquiry.request,
    reply: (wire, input, call) => tooLate(asAct(payment.inquiry.reply(wire, input, call), wire, call)),
  };
}

function tooLate(asked: Outcome): Outcome {
  // It was never booked: there is nothing to undo.
  if (asked.is === 'retry' && asked.code === 'NOT_RECEIVED') return { is: 'ok', output: {} };
  const isOpen =
    asked.is === 'away' || asked.is === 'retry' || (asked.is === 'unknown' && asked.code !== 'PAYER_UNKNOWN');
  return isOpen ? asked : { is: 'refused', code: 'OUT_OF_TIME' };
}

export const signIn: SignIn = {
  open: {
    request: (call) => profileOf(call.settings).signIn?.open?.request(call) ?? null,
    reply: (wire, call) =>
      profileOf(call.settings).signIn?.open?.reply(wire, call) ?? { is: 'away', code: 'AUTH_FAILED' },
  },
  sign: (message, call) => profileOf(call.settings).signIn?.sign?.(message, call) ?? {},
};
