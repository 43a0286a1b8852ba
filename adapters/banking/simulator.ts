/** A SNAP BI bank's stand-in: virtual accounts over its real wire format, and customers who pay them. */
import { generateKeyPairSync } from 'node:crypto';
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import {
  simulator,
  type Harness,
  type Leaves,
  type MakeSimulator,
  type SimulatorOptions,
} from '../../src/adapter-kit/simulator.ts';
import { responseCases } from './response-codes.ts';
import { accountBook, type Account, type Accounts } from './simulator-accounts.ts';
import { frontDoor } from './simulator-door.ts';
import { customers } from './simulator-payments.ts';
import { wordOf } from './virtual-account.ts';

/** HTTP status / case, and the account to show. */
type Answer = readonly [key: string, data?: JsonObject];

/**
 * Beside the agency entry's settings it wants `settings.simulator = { privateKey }`: the bank's own RSA key (PEM) to
 * `bankPublicKey`, by which it signs in at our side.
 * Acts: `pay {virtualAccountNo | trxId, amount?, insist?}` asks for the bill, takes the money and tells it, and returns
 * our answers (`insist`: takes it whatever the bill's state); `autoPay {enabled, delayMs}` lets every new account pay
 * itself; `answer504AfterCreate {times}` creates the account and answers 5042700.
 * News faults: `duplicateNews` and `lateNews` match `/v1.0/transfer-va/payment`, `newsFirst` matches `create-va`.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => bank(harness, options));

export const leaves: Leaves = { collectPayment: 'payment' };

/** Both sides' RSA keys (PEM). */
export function makeSecrets(): JsonObject {
  const [ours, banks] = [keyPair(), keyPair()];
  const simulator = { privateKey: banks.privateKey };
  return { privateKey: ours.privateKey, bankPublicKey: banks.publicKey, simulator };
}

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function bank(
  harness: Harness,
  options: SimulatorOptions,
): Record<string, (detail: JsonObject) => Promise<JsonObject>> {
  const accounts = accountBook(() => options.now());
  const paying = customers(accounts, harness, options);
  const door = frontDoor(options);
  let autoPayMs: number | null = null;
  let times504 = 0;

  grantTokens(harness, door);
  const serve = transactions(harness, door);

  serve('27', 'POST', 'create-va', async (body) => {
    const known = accounts.byTrxId(wordOf(body['trxId']));
    if (known) return repeated(accounts, known, body);
    const wrong = wrongField(body);
    if (wrong) return wrong;
    const holder = accounts.byNumber(wordOf(body['virtualAccountNo']));
    if (holder && accounts.stateOf(holder) === 'unpaid') return ['409/01'];
    const account = accounts.add(body);
    harness.enter('virtualAccount', account.trxId, {
      virtualAccountNo: wordOf(body['virtualAccountNo']).trim(),
    });
    if (harness.take('newsFirst', '/v1.0/transfer-va/create-va')) await paying.pay(account, {});
    if (autoPayMs !== null) options.after(autoPayMs, () => void paying.pay(account, {}));
    if (times504 > 0) {
      times504 -= 1;
      return ['504/00'];
    }
    return ['200/00', account.data];
  });
  serve('30', 'POST', 'inquiry-va', (body) => inquired(accounts, body));
  serve('26', 'POST', 'status', (body) => paymentStatus(accounts, body));
  serve('31', 'DELETE', 'delete-va', (body) => deleted(accounts, body));

  return {
    async pay(detail) {
      const { trxId, virtualAccountNo } = detail;
      const account =
        trxId === undefined ? accounts.byNumber(wordOf(virtualAccountNo)) : accounts.byTrxId(wordOf(trxId));
      if (!account) throw new Error('The bank has no such virtual account');
      return paying.pay(account, detail);
    },
    autoPay: async ({ enabled, delayMs }) => {
      autoPayMs = enabled === true ? Number(delayMs ?? 0) : null;
      return {};
    },
    answer504AfterCreate: async ({ times }) => {
      times504 = Number(times ?? 1);
      return {};
    },
  };
}

type Door = ReturnType<typeof frontDoor>;
type Serve = (
  service: string,
  method: string,
  path: string,
  answer: (body: JsonObject) => Answer | Promise<Answer>,
) => void;

/** A transaction: through the door, parsed, answered. */
function transactions(harness: Harness, door: Door): Serve {
  return (service, method, path, answer) => {
    harness.app.on(method, `/v1.0/transfer-va/${path}`, async (c) => {
      const raw = await c.req.text();
      const refusal = door.refusal(c, raw);
      if (refusal) return reply(c, service, [refusal[0]], {}, refusal[1]);
      try {
        return reply(c, service, await answer(JSON.parse(raw)));
      } catch {
        return reply(c, service, ['400/00']);
      }
    });
  };
}

function grantTokens(harness: Harness, door: Door): void {
  harness.app.post('/v1.0/access-token/b2b', async (c) => {
    const { grantType, grant_type: snake } = await c.req.json<JsonObject>().catch((): JsonObject => ({}));
    if ((grantType ?? snake) !== 'client_credentials') return reply(c, '73', ['400/00']);
    const granted = door.grant(c);
    if ('refusal' in granted) return reply(c, '73', [granted.refusal[0]], {}, granted.refusal[1]);
    const { token: accessToken, expiresIn } = granted;
    return reply(c, '73', ['200/00'], { accessToken, tokenType: 'Bearer', expiresIn });
  });
}

/** `{responseCode, responseMessage, virtualAccountData?}` (ASPI SNAP BI 1.8), with the HTTP status of the code. */
function reply(
  c: Context,
  service: string,
  [key, data]: Answer | readonly [string, string],
  more: JsonObject = {},
  detail = '',
): Response {
  const responseMessage = responseCases[key]![2] + (detail && ` [${detail}]`);
  const body = {
    responseCode: key.replace('/', service),
    responseMessage,
    ...(data && { virtualAccountData: data }),
    ...more,
  };
  return c.json(body, Number(key.slice(0, 3)) as 200);
}

function wrongField(body: JsonObject): Answer | null {
  const mandatory = [
    'partnerServiceId',
    'customerNo',
    'virtualAccountNo',
    'virtualAccountName',
    'trxId',
    'totalAmount',
  ];
  if (mandatory.some((name) => body[name] === undefined || body[name] === '')) return ['400/02'];
  const { partnerServiceId, customerNo, virtualAccountNo, totalAmount, expiredDate } = body;
  const amount = wordOf((totalAmount as JsonObject)['value']);
  const isWellFormed =
    wordOf(partnerServiceId).length === 8 &&
    virtualAccountNo === `${wordOf(partnerServiceId)}${wordOf(customerNo)}` &&
    /^\d{1,16}\.\d\d$/.test(amount) &&
    wordOf(expiredDate).length === 25;
  return isWellFormed ? null : ['400/01'];
}

/** A trxId seen before: the same content gets the stored account, another is inconsistent. */
function repeated(accounts: Accounts, known: Account, body: JsonObject): Answer {
  if (known.content !== JSON.stringify(body)) return ['404/18'];
  const state = accounts.stateOf(known);
  if (state === 'paid') return ['404/14'];
  if (state === 'deleted') return ['404/04'];
  return state === 'expired' ? ['404/19'] : ['200/00', known.data];
}

function inquired(accounts: Accounts, body: JsonObject): Answer {
  const account = accounts.byNumber(wordOf(body['virtualAccountNo']));
  const state = account && accounts.stateOf(account);
  if (!account || state === 'deleted') return ['404/12'];
  return state === 'expired' ? ['404/19', account.data] : ['200/00', account.data];
}

function paymentStatus(accounts: Accounts, body: JsonObject): Answer {
  const account = accounts.byNumber(wordOf(body['virtualAccountNo']));
  if (!account) return ['404/01'];
  const { partnerServiceId, customerNo, virtualAccountNo, totalAmount } = account.data;
  const same = { partnerServiceId, customerNo, virtualAccountNo, totalAmount } as JsonObject;
  if (!account.payment) return ['200/00', { ...same, paymentFlagStatus: '01' }];
  return ['200/00', { ...same, paymentFlagStatus: '00', ...account.payment }];
}

function deleted(accounts: Accounts, body: JsonObject): Answer {
  const account = accounts.byNumber(wordOf(body['virtualAccountNo']));
  const state = account && accounts.stateOf(account);
  if (!account || state === 'deleted') return ['404/12'];
  if (state === 'paid') return ['404/14'];
  if (state === 'expired') return ['404/19'];
  account.deleted = true;
  return ['200/00', account.data];
}
