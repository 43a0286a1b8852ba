/** BPJS Kesehatan's published and computed vectors: the signature, PCare's user, and a sealed answer opened end to end. */
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Call, JsonObject, SignCall, SignedMessage, WireReply } from '../../src/adapter-kit/contract.ts';
import { signIns } from '../../src/adapter-kit/sign-in/index.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import bpjs from '../../adapters/bpjs-health/adapter.ts';

/** 433223232 seconds: the documentation's own time. */
const NOW = '1983-09-24T03:47:12.000Z';
const settings: JsonObject = { consId: '1234', secretKey: 'pwd', userKey: 'kunci-vclaim' };
const sign = async (path: string, more: JsonObject = {}, now = NOW): Promise<Record<string, string>> => {
  const message: SignedMessage = { method: 'GET', path, headers: {}, body: new Uint8Array() };
  const call: SignCall = { settings: { ...settings, ...more }, now, tryKey: '', tools };
  return signIns['bpjs']!.sign!(message, call);
};
const VCLAIM = '/vclaim-rest/Peserta/nik/3174014508909999/tglSEP/2026-01-15';

describe('the signature', () => {
  test('is HMAC-SHA256 in base64, as published', () => {
    const published = '20BKS3PWnD3XU4JbSSZvVlGi2WWnDa8Sv9uHJ+wsELA=';
    expect(createHmac('sha256', 'bbb').update('aaa').digest('base64')).toBe(published);
    expect(tools.hmac('sha256', 'bbb', 'aaa', 'base64')).toBe(published);
  });

  test('signs the consumer and the second of the attempt, nothing else', async () => {
    const expected = {
      'X-cons-id': '1234',
      'X-timestamp': '433223232',
      'X-signature': 'eXMtvX2r7e7CLCIu3kpEpCrvciZgK8FuOhKv06NDAHk=',
      user_key: 'kunci-vclaim',
    };
    expect(await sign(VCLAIM)).toEqual(expected);
    expect(await sign('/vclaim-rest/Peserta/nokartu/0000000000017/tglSEP/2026-01-15')).toEqual(expected);
    expect(await sign(VCLAIM, {}, '1983-09-24T03:47:12.999Z')).toEqual(expected);
    expect((await sign(VCLAIM, {}, '1983-09-24T03:47:13.000Z'))['X-timestamp']).toBe('433223233');
  });

  test('each service has its key, and PCare its user', async () => {
    const user = { pcareUsername: 'userpcare', pcarePassword: 'passpcare' };
    const keys = { antreanUserKey: 'kunci-antrean', pcareUserKey: 'kunci-pcare', ...user };
    expect(await sign('/antreanrs/antrean/add', keys)).toMatchObject({ user_key: 'kunci-antrean' });
    expect(await sign('/antreanrs/antrean/add')).toMatchObject({ user_key: 'kunci-vclaim' });
    const pcare = await sign('/gerbang/pcare-rest/pendaftaran', keys);
    expect(pcare['X-authorization']).toBe('Basic dXNlcnBjYXJlOnBhc3NwY2FyZTowOTU=');
    expect(pcare['user_key']).toBe('kunci-pcare');
    expect(await sign('/pcare-rest-dev/pendaftaran', keys)).not.toHaveProperty('X-authorization');
    const dev = await sign('/pcare-rest-dev/pendaftaran', { ...keys, pcarePath: '/pcare-rest-dev' });
    expect(dev).toHaveProperty('X-authorization');
    expect(await sign(VCLAIM, keys)).not.toHaveProperty('X-authorization');
  });

  test.each(['consId', 'secretKey', 'userKey'])('does not sign without %s', async (name) => {
    await expect(sign(VCLAIM, { [name]: '' })).rejects.toThrow(`needs the setting "${name}"`);
  });

  test('does not sign for PCare without its user', async () => {
    await expect(sign('/pcare-rest/pendaftaran')).rejects.toThrow('needs the setting "pcareUsername"');
  });
});

describe('the sealed answer', () => {
  const KEY = 'f75bf2014da65c8f1c39a47de848ba383d051f4e218fa70774fcd3fb216c5f9b';
  const SEALED =
    'vBgfM7imABG5vvq2oOfc/7dnLb9R8C6P6HoienG86XHTUojAutsy3VJwqNvp5Gby1O/qmKRsgPwQ4sbCXqRxIvkHqqydu7/bEc2yt+mPTm6mUgaH5RcnWXNpUlJFvBo1JQ6SxToF21C3Y/6l8fRlQjrTbkmo/JCfVCBz3CuQAqiJA4yR+xfDjUf9cjy1npTjTP89197vHfxW95yJBlCnUAM0YkoqZ/g/k0NOw+aQ0fA=';
  const FOLDED =
    'N4IgDgpgzhBOAuBDEAuUA7RBbZKQCEBVAEQEkACAYQHkA5AFWoAkQAaEdASwGtUQBmAIwB2ACwAGQaICs4gBwBOcQpUK2HAPYBpRAgCufcUeMnJw9VCTw9UAArQ4SVKG4R4cROgDmnvgEEtelIAMXVuDQATCEMQAF94oA';
  const PLAIN =
    '{"peserta":{"nama":"BUDI CONTOH","nik":"3174014508909999","noKartu":"0000000000017","statusPeserta":{"keterangan":"AKTIF","kode":"0"}}}';
  const nik = '3174014508909999';
  const call: Call = { settings, key: '1', tryKey: '1', now: NOW, tools };
  const wire = (response: string): WireReply => {
    const body = { metaData: { code: '200', message: 'OK' }, response };
    return { status: 200, headers: {}, body, bytes: 1, type: 'application/json' };
  };
  const { reply } = bpjs.operations.findParticipant;

  test('opens step by step', () => {
    expect(tools.sha256('1234pwd433223232', 'hex')).toBe(KEY);
    expect(KEY.slice(0, 32)).toBe('f75bf2014da65c8f1c39a47de848ba38');
    expect(tools.aesDecrypt(KEY, KEY.slice(0, 32), SEALED)).toBe(FOLDED);
    expect(tools.lzDecompress(FOLDED)).toBe(PLAIN);
  });

  test('opens end to end through the adapter, within its own second only', () => {
    const member = { active: true, jknNumber: '0000000000017', fullName: 'BUDI CONTOH', status: 'AKTIF' };
    expect(reply(wire(SEALED), { nik }, call)).toEqual({ is: 'ok', output: member });
    const late = { ...call, now: '1983-09-24T03:47:12.999Z' };
    expect(reply(wire(SEALED), { nik }, late)).toEqual({ is: 'ok', output: member });
    for (const now of ['1983-09-24T03:47:11.999Z', '1983-09-24T03:47:13.000Z']) {
      expect(reply(wire(SEALED), { nik }, { ...call, now })).toEqual({
        is: 'unknown',
        code: 'BAD_DECRYPT',
      });
    }
  });

  test.each<[string, string]>([
    ['cut short', SEALED.slice(0, 64)],
    ['with a byte changed', `w${SEALED.slice(1)}`],
    ['that is no base64', 'tidak ada'],
    ['sealed, but not folded', tools.aesEncrypt(KEY, KEY.slice(0, 32), PLAIN)],
  ])('%s stays shut', (_, response) => {
    expect(reply(wire(response), { nik }, call)).toMatchObject({ is: 'unknown' });
  });
});
