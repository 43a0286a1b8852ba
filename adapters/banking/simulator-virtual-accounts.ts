/** The bank's side of virtual accounts: made (27), asked about (30, 26), taken away (31 by DELETE or POST), and paid. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { accountBook, type Account, type Accounts } from './simulator-accounts.ts';
import type { BankCaller } from './simulator-caller.ts';
import { customers } from './simulator-payments.ts';
import type { Takings } from './simulator-takings.ts';
import type { Answer, Serve } from './simulator-transactions.ts';
import { wordOf } from './values.ts';

export interface BankParts {
  harness: Harness;
  options: SimulatorOptions;
  serve: Serve;
  caller: BankCaller;
  takings: Takings;
  /** Milliseconds after which whatever is new pays itself; null: nothing does. */
  autoPayMs(): number | null;
}

export type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function virtualAccounts(parts: BankParts): Acts {
  const { harness, options, serve } = parts;
  const accounts = accountBook(() => options.now());
  const paying = customers(accounts, parts);

  serve('27', 'POST', 'transfer-va/create-va', async (body) => {
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
    const delayMs = parts.autoPayMs();
    if (delayMs !== null) options.after(delayMs, () => void paying.pay(account, {}));
    return shows(account.data);
  });
  serve('30', 'POST', 'transfer-va/inquiry-va', (body) => inquired(accounts, body));
  serve('26', 'POST', 'transfer-va/status', (body) => paymentStatus(accounts, body));
  for (const method of ['DELETE', 'POST'])
    serve('31', method, 'transfer-va/delete-va', (body) => deleted(accounts, body));

  return {
    async pay(detail) {
      const { trxId, virtualAccountNo } = detail;
      const account =
        trxId === undefined ? accounts.byNumber(wordOf(virtualAccountNo)) : accounts.byTrxId(wordOf(trxId));
      if (!account) throw new Error('The bank has no such virtual account');
      return paying.pay(account, detail);
    },
  };
}

const shows = (virtualAccountData: JsonObject): Answer => ['200/00', { virtualAccountData }];

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
  return state === 'expired' ? ['404/19'] : shows(known.data);
}

function inquired(accounts: Accounts, body: JsonObject): Answer {
  const account = accounts.byNumber(wordOf(body['virtualAccountNo']));
  const state = account && accounts.stateOf(account);
  if (!account || state === 'deleted') return ['404/12'];
  return state === 'expired' ? ['404/19', { virtualAccountData: account.data }] : shows(account.data);
}

function paymentStatus(accounts: Accounts, body: JsonObject): Answer {
  const account = accounts.byNumber(wordOf(body['virtualAccountNo']));
  if (!account) return ['404/01'];
  const { partnerServiceId, customerNo, virtualAccountNo, totalAmount } = account.data;
  const same = { partnerServiceId, customerNo, virtualAccountNo, totalAmount } as JsonObject;
  if (!account.payment) return shows({ ...same, paymentFlagStatus: '01' });
  return shows({ ...same, paymentFlagStatus: '00', ...account.payment });
}

function deleted(accounts: Accounts, body: JsonObject): Answer {
  const account = accounts.byNumber(wordOf(body['virtualAccountNo']));
  const state = account && accounts.stateOf(account);
  if (!account || state === 'deleted') return ['404/12'];
  if (state === 'paid') return ['404/14'];
  if (state === 'expired') return ['404/19'];
  account.deleted = true;
  return shows(account.data);
}
