/** Adapters that take a fault on the wire for an answer, or promise an effect that they do not keep. */
import type { JsonObject, Outcome, SignIn, WireReply } from '../../../src/adapter-kit/contract.ts';
import type { Examined } from '../../../src/adapter-kit/exam/index.ts';
import type { Leaves, SimulatorModule } from '../../../src/adapter-kit/simulator.ts';
import { amended, withAdapter, withOperation, withReply, withRequest, type Bad } from '../spoil.ts';

/** What `say` makes of a reply; what it leaves open is read soundly. */
const reading = (
  code: string,
  say: (wire: WireReply, body: JsonObject) => Outcome | null,
  exchange: 'send' | 'inquiry' | 'compensation' = 'send',
): Bad => ({
  ...{ part: 'effects', code, where: `registerPermit ${exchange}` },
  of: (sound) =>
    withReply(sound, exchange, (reply) => (wire, input, call) => {
      const body = typeof wire.body === 'object' && wire.body !== null ? (wire.body as JsonObject) : {};
      return say(wire, body) ?? reply(wire, input, call);
    }),
});

const taken: Outcome = { is: 'pending', reference: 'P-1', awaits: 'agency' };
const done: Outcome = { is: 'ok', output: { permitNumber: 'P-1' } };
const well = ({ status }: WireReply): boolean => status === 200 || status === 201;

export const effects: Record<string, Bad> = {
  'takes a page for an answer': reading('html_200_as_pending', (wire) =>
    well(wire) && wire.type === 'text/html' ? taken : null,
  ),
  'takes nothing for an answer': reading('empty_200_as_ok', (wire) =>
    well(wire) && wire.bytes === 0 ? done : null,
  ),
  'takes an empty object for an answer': reading('object_200_as_ok', (wire) =>
    well(wire) && wire.bytes === 2 ? done : null,
  ),
  'takes what nobody can read for an answer': reading('wrong_type_as_pending', (wire) =>
    wire.type === 'application/octet-stream' ? taken : null,
  ),
  'sends again after a 502': reading('http_502_as_retry', ({ status }) =>
    status === 502 ? { is: 'retry', code: 'GATEWAY' } : null,
  ),
  'refuses after a 500': reading('http_500_as_refused', ({ status }) =>
    status === 500 ? { is: 'refused', code: 'FAILED' } : null,
  ),
  'takes a 504 for done': reading('http_504_as_pending', ({ status }) => (status === 504 ? taken : null)),
  'refuses while the office is closed': reading('http_503_as_refused', ({ status }) =>
    status === 503 ? { is: 'refused', code: 'CLOSED' } : null,
  ),
  'refuses whom the office puts off': reading('rate_limit_as_refused', ({ status }) =>
    status === 429 ? { is: 'refused', code: 'TOO_MANY' } : null,
  ),
  'comes back at once when it is put off': reading('retry_after_ignored', ({ status }) =>
    status === 429 ? { is: 'retry', code: 'RATE_LIMITED' } : null,
  ),
  'refuses where its own key is refused': reading('unauthorized_as_refused', ({ status }) =>
    status === 401 ? { is: 'refused', code: 'NO_ENTRY' } : null,
  ),
  'takes a gateway’s 400 for a refusal': reading('gateway_400_as_refused', ({ status }) =>
    status === 400 ? { is: 'refused', code: 'BAD_REQUEST' } : null,
  ),
  'takes a firewall’s 403 for a refusal': reading('gateway_403_as_refused', ({ status }) =>
    status === 403 ? { is: 'refused', code: 'FORBIDDEN' } : null,
  ),
  'takes a gateway’s 404 for "it never arrived"': reading(
    'gateway_404_as_retry',
    ({ status }) => (status === 404 ? { is: 'retry', code: 'NOT_RECEIVED' } : null),
    'inquiry',
  ),
  'takes a gateway’s JSON for "it never arrived"': reading(
    'gateway_404_json_as_retry',
    ({ status }, body) =>
      status === 404 && 'message' in body ? { is: 'retry', code: 'NOT_RECEIVED' } : null,
    'inquiry',
  ),
  'takes a failed question for an answer': reading(
    'http_500_as_refused',
    ({ status }) => (status === 500 ? { is: 'refused', code: 'FAILED' } : null),
    'inquiry',
  ),
  'takes a page for an undoing': reading(
    'html_200_as_ok',
    (wire) => (well(wire) ? { is: 'ok', output: {} } : null),
    'compensation',
  ),
  'refuses by a code that nobody knows': reading('unknown_code_as_refused', ({ status }, { code }) =>
    well({ status } as WireReply) && code !== undefined && code !== 'OK'
      ? { is: 'refused', code: 'REFUSED' }
      : null,
  ),
  'never looks at the code': reading('code_ignored', (wire, { permitNo }) =>
    well(wire) && permitNo !== undefined ? taken : null,
  ),
  'reads a reply but once': {
    ...{ part: 'effects', code: 'duplicate_reply_as_refused', where: 'registerPermit send' },
    of: (sound) =>
      withReply(sound, 'send', (reply) => (wire, input, call) => {
        return call.tryKey.endsWith('0001') ? reply(wire, input, call) : { is: 'refused', code: 'DUPLICATE' };
      }),
  },
  'takes each attempt for a new intent': {
    ...{ part: 'effects', code: 'done_twice', where: 'registerPermit ', standIn: true },
    of: (sound) =>
      withRequest(sound, (request) => (input, call) => request(input, { ...call, key: call.tryKey })),
  },
  'cannot find out what it did': {
    ...{ part: 'effects', code: 'never_ends_well', where: 'registerPermit ', standIn: true },
    of: (sound) => withReply(sound, 'inquiry', () => () => ({ is: 'unknown', code: 'BAD_RESPONSE' })),
  },
  'takes a page for the deed itself': {
    ...{ part: 'effects', code: 'taken_for_done', where: 'registerPermit html_200', standIn: true },
    of: reading('', (wire) => (wire.type === 'text/html' && well(wire) ? done : null)).of,
  },
  'sends a letter again that may have arrived': {
    ...{ part: 'effects', code: 'http_504_as_retry', where: 'sendLetter send' },
    of: (sound) =>
      withOperation(sound, 'sendLetter', ({ reply }) => ({
        reply: (wire, input, call) =>
          wire.status === 504 ? { is: 'retry', code: 'GATEWAY' } : reply(wire, input, call),
      })),
  },
  'takes its own clock for the applicant’s fault': {
    ...{ part: 'effects', code: 'clock_skew_as_refused', where: 'registerPermit send', standIn: true },
    of: (sound) => {
      const timed = amended(sound, (_, call) => ({ headers: { 'x-time': call.now } }));
      const read = reading('', ({ status }) => (status === 498 ? { is: 'refused', code: 'TIME' } : null)).of(
        timed,
      );
      return { ...read, simulator: async () => strictAboutTime((await sound.simulator())!) };
    },
  },
  'goes on under a token that was refused': {
    ...{ part: 'effects', code: 'token_never_renewed', where: 'registerPermit', standIn: true },
    of: (sound) => {
      const kept = new Map<object, string>();
      const sign: SignIn['sign'] = (_, { settings, token }) => {
        if (!kept.has(settings)) kept.set(settings, token!);
        return { authorization: `Bearer ${kept.get(settings)}` };
      };
      return withAdapter(sound, { signIn: { ...(sound.adapter.signIn as SignIn), sign } });
    },
  },
  'takes a token for good': {
    ...{ part: 'effects', code: 'token_life_misread', where: 'registerPermit', standIn: true },
    of: (sound) => {
      const { open, ...rest } = sound.adapter.signIn as SignIn;
      const reply: NonNullable<SignIn['open']>['reply'] = async (...args) => {
        const got = await open!.reply(...args);
        return 'token' in got ? { ...got, expiresInSeconds: 1e9 } : got;
      };
      return withAdapter(sound, { signIn: { ...rest, open: { ...open!, reply } } });
    },
  },
  'does not get on with its own stand-in': {
    ...{ part: 'effects', code: 'stand_in_differs', where: 'checkPerson', standIn: true },
    of: (sound) =>
      withOperation(sound, 'checkPerson', ({ request }) => ({
        request: (...args) => ({ ...(request(...args) as object), path: '/people' }) as never,
      })),
  },
  'has a book for an operation that is not there': {
    ...{ part: 'effects', code: 'leaves_of_nothing', where: 'registerPermits', standIn: true },
    of: (sound) => leaving(sound, { registerPermits: 'permit' }),
  },
  'leaves something else in the book than it says': {
    ...{ part: 'effects', code: 'left_nothing', where: 'sendLetter', standIn: true },
    of: (sound) => leaving(sound, { registerPermit: 'permit', sendLetter: 'leter' }),
  },
  'has an effect that the contract does not know': {
    ...{ part: 'effects', code: 'effect_unknown', where: 'registerPermit', standIn: true },
    of: (sound) => withOperation(sound, 'registerPermit', () => ({ effect: 'idempotent' as never })),
  },
};

function leaving(sound: Examined, leaves: Leaves): Examined {
  return { ...sound, simulator: async () => ({ ...(await sound.simulator())!, leaves }) };
}

/** An office that answers 498 to whoever's clock is more than five minutes off. */
function strictAboutTime(module: SimulatorModule): SimulatorModule {
  return {
    ...module,
    makeSimulator(options) {
      const office = module.makeSimulator(options);
      return {
        ...office,
        fetch(request, env) {
          const said = request.headers.get('x-time');
          const isOff = said !== null && Math.abs(Date.parse(said) - options.now()) > 300_000;
          return isOff ? Response.json({ code: 'TIME' }, { status: 498 }) : office.fetch(request, env);
        },
      };
    },
  };
}
