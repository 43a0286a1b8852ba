/** Who is no bank, or cannot show it: 401 in the bank's own words, and no token. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedCatalogue } from '../support/catalogues.ts';
import { smallWorld, type Sent, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

describe('a bank at our side', () => {
  const DOOR = '/hosted/bank-kalbar/v1.0';
  const token = async (privateKey: string, fields: Record<string, string> = {}): Promise<Sent> => {
    const at = `${new Date(world.clock.now()).toISOString().slice(0, 19)}Z`;
    const proof = createSign('RSA-SHA256').update(`bank-kalbar|${at}`).sign(privateKey, 'base64');
    const headers = { 'x-timestamp': at, 'x-client-key': 'bank-kalbar', 'x-signature': proof, ...fields };
    return world.send(`${DOOR}/access-token/b2b`, {
      key: null,
      json: { grantType: 'client_credentials' },
      headers,
    });
  };
  const ask = (bearer: string): Promise<Sent> =>
    world.send(`${DOOR}/transfer-va/inquiry`, {
      key: null,
      json: {
        partnerServiceId: '   88112',
        customerNo: '1',
        virtualAccountNo: '   881121',
        inquiryRequestId: 'q-1',
      },
      headers: {
        authorization: `Bearer ${bearer}`,
        'x-timestamp': new Date(world.clock.now()).toISOString(),
        'x-signature': 'none',
      },
    });

  test('signs in with its own key, and with no other', async () => {
    const { bankPrivateKey } = await shippedCatalogue();
    expect((await token(bankPrivateKey)).body['responseCode']).toBe('2007300');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = await token(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const stranger = await token(bankPrivateKey, { 'x-client-key': 'bank-lain' });
    expect([forged.status, forged.body['accessToken'], stranger.status]).toEqual([401, undefined, 401]);
  });

  test('hears 401 in its own words: no token, an unknown one, a good one without a signature, one that expired', async () => {
    const { bankPrivateKey } = await shippedCatalogue();
    const good = String((await token(bankPrivateKey)).body['accessToken']);
    const heard = [await ask(''), await ask('x'.repeat(43)), await ask(good)];
    world.clock.skip(901_000);
    heard.push(await ask(good));
    expect(heard.map(({ status, body }) => [status, body['responseCode']])).toEqual([
      [401, '4012401'],
      [401, '4012401'],
      [401, '4012400'],
      [401, '4012401'],
    ]);
  });
});
