/** A SNAP BI bank's stand-in over its real wire format: virtual accounts, QRIS, direct debit, and customers who pay. */
import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import {
  simulator,
  type Harness,
  type Leaves,
  type MakeSimulator,
  type SimulatorOptions,
} from '../../src/adapter-kit/simulator.ts';
import { bankCaller } from './simulator-caller.ts';
import { debits } from './simulator-debit.ts';
import { frontDoor } from './simulator-door.ts';
import { bankNews } from './simulator-news.ts';
import { qrisCodes } from './simulator-qris.ts';
import { takingsOf } from './simulator-takings.ts';
import { counter } from './simulator-transactions.ts';
import { virtualAccounts, type Acts, type BankParts } from './simulator-virtual-accounts.ts';
import { moneyOf, wordOf } from './values.ts';

/**
 * Beside the agency entry's settings it wants `settings.simulator = { privateKey }`: the bank's own RSA key (PEM) to
 * `bankPublicKey`, by which it signs in at our side and signs its notifications. Its acts stand in guide.md.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => bank(harness, options));

export const leaves: Leaves = {
  collectPayment: 'payment',
  collectByQris: 'qrisPayment',
  chargeByDirectDebit: 'debit',
};

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

function bank(harness: Harness, options: SimulatorOptions): Acts {
  const caller = bankCaller(options);
  const { serve, answerInstead, grants } = counter(harness, frontDoor(options));
  const takings = takingsOf(serve, options);
  const news = bankNews({ harness, options, caller });
  let autoPayMs: number | null = null;
  const parts: BankParts = { harness, options, serve, caller, takings, autoPayMs: () => autoPayMs };

  const nothing = (work: (detail: JsonObject) => void): Acts[string] => {
    return async (detail) => {
      work(detail);
      return {};
    };
  };
  return {
    ...virtualAccounts(parts),
    ...qrisCodes({ ...parts, news }),
    ...debits({ ...parts, news }),
    autoPay: nothing(({ enabled, delayMs }) => {
      autoPayMs = enabled === true ? Number(delayMs ?? 0) : null;
    }),
    answer504AfterCreate: nothing(({ times }) => answerInstead('create-va', '504/00', Number(times ?? 1))),
    answerInstead: nothing(({ match, answer, times }) =>
      answerInstead(wordOf(match), wordOf(answer), Number(times ?? 1)),
    ),
    lateNotify: nothing(({ delayMs, times }) => news.delay(Number(delayMs ?? 60_000), Number(times ?? 1))),
    transfer: nothing((detail) => takings.transfer(detail)),
    takeOther: nothing(({ amount, partnerReferenceNo, times }) => {
      for (let n = 1; n <= Number(times ?? 1); n += 1) {
        const number = wordOf(partnerReferenceNo) || `OTHER-${n}`;
        takings.take({
          ...{ partnerReferenceNo: number, referenceNo: `TX${options.now()}${n}` },
          amount: moneyOf(Number(amount ?? 1000)),
        });
      }
    }),
    signIns: async () => grants(),
  };
}
