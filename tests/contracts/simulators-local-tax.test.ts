/** The local tax connector against its stand-in, a walk for each profile: bill, payment, lost answers, reversal, duty. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { renderSoap } from '../../src/wire/soap.ts';
import localTax from '../../adapters/local-tax/adapter.ts';
import { profiles } from '../../adapters/local-tax/profiles/index.ts';
import { makeSimulator } from '../../adapters/local-tax/simulator.ts';
import { nopDigits, nopParts, printed } from '../../adapters/local-tax/values.ts';
import { exchange, handTime, type CallFields, type Drive, type ExchangeKind } from './adapter-support.ts';

const START = '2026-01-15T02:30:05.000Z';
const KEY = '10000000000000000001';
const OTHER_KEY = '10000000000000000002';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOP = '317401000100100010';
const withSequence = (sequence: string): string => NOP.slice(0, 13) + sequence + NOP.slice(17);

type Profile = 'bpn' | 'bandarLampung' | 'path' | 'soap' | 'soap12';
const login = { username: 'mpp', password: 'contoh-sandi' };
const baseUrl = 'http://pajak.test';
const SETTINGS: Record<Profile, JsonObject> = {
  bpn: { baseUrl, profile: 'bpn', ...login },
  bandarLampung: { baseUrl, profile: 'bandarLampung', ...login, areaCode: '9901' },
  path: { baseUrl, profile: 'path' },
  soap: { baseUrl, profile: 'soap', ...login },
  soap12: { baseUrl, profile: 'soap', ...login, soapVersion: '1.2' },
};
const PAYING: Profile[] = ['bandarLampung', 'path', 'soap', 'soap12'];
const NAMING: Profile[] = ['bandarLampung', 'soap', 'soap12'];

const bill = { nop: NOP, taxYear: '2026' };
const payment = { ...bill, amount: 154_500, penalty: 4_500, paidAt: '2026-01-15T09:29:00+07:00' };
const lost = { is: 'unknown', code: 'LOST' };
const undone = { is: 'ok', output: {} };

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;

function start(profile: Profile): void {
  time = handTime(START);
  const settings = SETTINGS[profile];
  const send = (): Promise<Response> => Promise.resolve(Response.json({}));
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send });
  drive = { adapter: localTax, simulator, settings, now: time.now };
}

async function run(
  operation: string,
  input: JsonObject,
  fields: CallFields = {},
  kind?: ExchangeKind,
): Promise<Outcome> {
  return (await exchange(drive, operation, input, { key: KEY, ...fields }, kind)).outcome;
}
/** Moves on, and has the token of then forgotten. */
async function later(ms: number): Promise<void> {
  await time.pass(ms);
  drive.simulator = { ...simulator };
}
const inquire = (over: JsonObject = {}): Promise<Outcome> => run('inquirePropertyTax', { ...bill, ...over });
const pay = (over: JsonObject = {}, fields: CallFields = {}): Promise<Outcome> =>
  run('payPropertyTax', { ...payment, ...over }, fields);
const ask = (fields: CallFields = {}): Promise<Outcome> => run('payPropertyTax', payment, fields, 'inquiry');
const undo = (output?: JsonObject): Promise<Outcome> =>
  run('payPropertyTax', payment, output ? { output } : {}, 'compensation');
const outputOf = (outcome: Outcome): JsonObject => (outcome as { output: JsonObject }).output;
const codeOf = (outcome: Outcome): unknown => (outcome as { code?: string }).code;
const fault = (kind: Fault['kind'], match: string, more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });
/** Where each profile's payments and questions go. */
const PATHS: Record<Profile, { pay: string; ask: string }> = {
  bpn: { pay: '/none', ask: '/getPBBService' },
  bandarLampung: { pay: '/PayPBB', ask: '/InqPBB' },
  path: { pay: '/bayar', ask: '/sppt' },
  soap: { pay: '/pajak-daerah', ask: '/pajak-daerah' },
  soap12: { pay: '/pajak-daerah', ask: '/pajak-daerah' },
};

describe('numbers', () => {
  test('a NOP has seven parts, printed or not (published vector)', () => {
    const parts = {
      ...{ province: '31', regency: '74', district: '010', village: '001' },
      ...{ block: '001', sequence: '0001', type: '0' },
    };
    expect(nopDigits('31.74.010.001.001-0001.0')).toBe(NOP);
    expect(nopParts('31.74.010.001.001-0001.0')).toEqual(parts);
    expect(nopParts(NOP)).toEqual(parts);
    expect(nopParts('3174010001001000')).toBeNull();
  });

  test('rupiah are printed in threes', () => {
    expect([0, 999, 1_000, 25_000_000].map(printed)).toEqual(['Rp0', 'Rp999', 'Rp1.000', 'Rp25.000.000']);
  });
});

describe.each(PAYING)('profile %s', (profile) => {
  beforeEach(() => start(profile));

  test('asks, pays exactly that, and finds it paid', async () => {
    const asked = outputOf(await inquire());
    expect(asked).toMatchObject({ paid: false, amount: 154_500, principal: 150_000, penalty: 4_500 });
    const paid = await pay({ amount: asked['amount']!, penalty: asked['penalty']! });
    expect(paid).toMatchObject({ is: 'ok', output: { nop: NOP, taxYear: '2026', amount: 154_500 } });
    expect(outputOf(paid)['ntpd']).toMatch(/^(SIM1\d{11}|260115\d{7})$/);
    expect(outputOf(await inquire())).toMatchObject({ paid: true });
    expect(await inquire({ mustBePaid: true })).toMatchObject({ is: 'ok' });
    expect(simulator.book()).toMatchObject([{ effect: 'propertyTaxPayment', times: 1 }]);
    expect(simulator.book()[0]!.key).toBe(profile === 'path' ? `${NOP}/2026` : KEY);
  });

  test('refuses what is not there, not due, not that much or not yet', async () => {
    expect(codeOf(await inquire({ nop: withSequence('9913') }))).toBe('TAX_OBJECT_NOT_FOUND');
    expect(codeOf(await pay({ nop: withSequence('9913') }))).toBe('TAX_OBJECT_NOT_FOUND');
    expect(codeOf(await pay({ amount: 150_000 }))).toBe('AMOUNT_MISMATCH');
    expect(codeOf(await pay({ paidAt: '2026-01-15T09:31:00+07:00' }))).toBe('PAYMENT_DATE_INVALID');
    expect(codeOf(await inquire({ mustBePaid: true }))).toBe('PBB_ARREARS');
    expect(simulator.book()).toEqual([]);
  });

  test('a payment that never arrived is found open', async () => {
    fault('hang', PATHS[profile].pay);
    expect(await pay()).toEqual(lost);
    expect(await ask()).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(simulator.book()).toEqual([]);
  });

  test('a question that fails says nothing of the payment', async () => {
    const asked = async (kind: Fault['kind'], value?: number): Promise<Outcome> => {
      fault(kind, PATHS[profile].ask, value === undefined ? {} : { value });
      return ask();
    };
    expect(await asked('status', 503)).toEqual({ is: 'unknown', code: 'AGENCY_UNAVAILABLE' });
    expect(await asked('tooMany', 5)).toEqual({ is: 'unknown', code: 'RATE_LIMITED' });
    expect(await asked('status', 404)).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await asked('malformed')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await asked('truncated')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
  });

  test('a reversal is for the day of the payment', async () => {
    const { output } = (await pay()) as { output: JsonObject };
    expect(await undo(output)).toEqual(undone);
    expect(outputOf(await inquire())).toMatchObject({ paid: false });
    const again = outputOf(await pay());
    // To 23:59:59 of the office's day, then past midnight.
    await time.pass(HOUR_MS * 14.5 - 6_000);
    expect(new Date(time.now()).toISOString()).toBe('2026-01-15T16:59:59.000Z');
    await later(1_000);
    expect(await undo(again)).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
    const reversals = simulator.book().filter(({ effect }) => effect === 'propertyTaxReversal');
    expect(reversals).toMatchObject([{ times: 1 }]);
    expect(outputOf(await inquire())).toMatchObject({ paid: true });
  });

  test('what was never paid needs no undoing, today or tomorrow', async () => {
    expect(await undo()).toEqual(undone);
    await later(DAY_MS);
    expect(await undo()).toEqual(undone);
    expect(simulator.book()).toEqual([]);
  });

  test('the office itself refuses a reversal on another day', async () => {
    const { output } = (await pay()) as { output: JsonObject };
    await later(DAY_MS);
    const late = { ...payment, paidAt: '2026-01-16T09:00:00+07:00' };
    const refused = await run('payPropertyTax', late, { output }, 'compensation');
    expect(refused.is).toBe('refused');
    expect(['OUT_OF_TIME', 'REFERENCE_MISMATCH']).toContain(codeOf(refused));
    expect(simulator.book().filter(({ effect }) => effect === 'propertyTaxReversal')).toEqual([]);
  });
});

describe.each(NAMING)('profile %s names the payer', (profile) => {
  beforeEach(() => start(profile));

  test('so a lost answer is found, and a repeat is known for one', async () => {
    fault('loseReply', PATHS[profile].pay);
    expect(await pay()).toEqual(lost);
    const found = await ask();
    expect(found).toMatchObject({ is: 'ok', output: { amount: 154_500 } });
    expect(await pay()).toEqual(found);
    expect(simulator.book()).toMatchObject([{ key: KEY, times: 1 }]);
    expect(await undo(outputOf(found))).toEqual(undone);
  });

  test('and somebody else’s payment is told from ours', async () => {
    expect(codeOf(await pay({ nop: withSequence('9988') }))).toBe('ALREADY_PAID');
    fault('hang', PATHS[profile].pay);
    await pay();
    await simulator.act('pay', bill);
    expect(await ask()).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
    expect(await ask({ key: OTHER_KEY })).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
    expect(codeOf(await undo())).toBe('REFERENCE_MISMATCH');
  });

  test('unless it says "already paid" and no more: then a person has to find out', async () => {
    await simulator.act('hideReferences', { enabled: true });
    await pay();
    expect(await ask()).toEqual({ is: 'unknown', code: 'PAYER_UNKNOWN' });
    expect(await pay()).toEqual({ is: 'unknown', code: 'PAYER_UNKNOWN' });
    await later(DAY_MS);
    expect(await undo()).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
  });
});

describe('profile path names nobody', () => {
  beforeEach(() => start('path'));

  test('so a bill found paid after a lost answer is a person’s matter', async () => {
    fault('loseReply', '/bayar');
    expect(await pay()).toEqual(lost);
    expect(await ask()).toEqual({ is: 'unknown', code: 'PAYER_UNKNOWN' });
    expect(await pay()).toEqual({ is: 'unknown', code: 'PAYER_UNKNOWN' });
    expect(await undo()).toEqual({ is: 'refused', code: 'REFERENCE_MISMATCH' });
    expect(simulator.book()).toMatchObject([{ times: 1 }]);
  });

  test('nothing due is a paid bill of Rp0, and no payment', async () => {
    const nothing = { nop: withSequence('9903') };
    expect(outputOf(await inquire(nothing))).toMatchObject({ paid: true, amount: 0 });
    expect(codeOf(await pay(nothing))).toBe('NOTHING_TO_PAY');
  });

  test('the time of payment is the office’s own', async () => {
    drive.settings = { ...SETTINGS.path, zone: 'Asia/Jayapura' };
    // Two hours ahead: to an office in Jakarta that is the future.
    expect(codeOf(await pay())).toBe('PAYMENT_DATE_INVALID');
  });
});

describe('profile bandarLampung signs in', () => {
  beforeEach(() => start('bandarLampung'));

  test('and a token lives five minutes', async () => {
    expect((await inquire()).is).toBe('ok');
    await time.pass(300_000);
    expect(await pay()).toEqual({ is: 'retry', code: 'TOKEN_EXPIRED' });
    expect(await ask()).toEqual({ is: 'unknown', code: 'TOKEN_EXPIRED' });
    expect(simulator.book()).toEqual([]);
  });

  test('with a wrong password it serves nobody', async () => {
    drive.settings = { ...SETTINGS.bandarLampung, password: 'lain' };
    await expect(inquire()).rejects.toThrow('AUTH_FAILED');
  });

  const duty = { nop: NOP, billingCode: '990100000000123', amount: 25_000_000, paidAt: payment.paidAt };
  const dutyRun = (kind?: ExchangeKind, fields: CallFields = {}): Promise<Outcome> =>
    run('payTransferDuty', duty, fields, kind);

  test('pays a duty by its code, asks and reverses it', async () => {
    fault('loseReply', '/PayBPHTB');
    expect(await dutyRun()).toEqual(lost);
    const found = await dutyRun('inquiry');
    expect(found).toMatchObject({ is: 'ok', output: { nop: NOP, amount: 25_000_000 } });
    expect(outputOf(found)['ntpd']).toBe(outputOf(found)['reference']);
    expect(await dutyRun('compensation', { output: outputOf(found) })).toEqual(undone);
    expect(await dutyRun('inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(await dutyRun('compensation')).toEqual(undone);
    await simulator.act('expire', { billingCode: duty.billingCode });
    expect(codeOf(await dutyRun())).toBe('TAX_OBJECT_NOT_FOUND');
    expect(await dutyRun('inquiry')).toEqual({ is: 'unknown', code: 'TAX_OBJECT_NOT_FOUND' });
  });
});

describe.each(['soap', 'soap12'] as const)('profile %s and transfer duty', (profile) => {
  const code = '990100000000123';
  const duty = { nop: NOP, billingCode: code, amount: 25_000_000, paidAt: payment.paidAt };
  const send = (over: JsonObject = {}, fields: CallFields = {}): Promise<Outcome> =>
    run('payTransferDuty', { ...duty, ...over }, fields);
  const status = (over: JsonObject = {}, fields: CallFields = {}): Promise<Outcome> =>
    run('payTransferDuty', { ...duty, ...over }, fields, 'inquiry');
  const waiting = { is: 'pending', reference: code, awaits: 'agency', shown: { billingCode: code } };
  beforeEach(() => start(profile));

  test('is paid, validated by an officer, and confirmed by its NTPD', async () => {
    expect(await send()).toEqual(waiting);
    expect(await status({}, { reference: code })).toEqual(waiting);
    await time.pass(1_000);
    const done = await status({}, { reference: code });
    expect(done).toMatchObject({ is: 'ok', output: { amount: 25_000_000, reference: KEY } });
    const { ntpd } = outputOf(done);
    const confirmed = await run('checkTransferDuty', { nop: NOP, ntpd: ntpd! });
    expect(confirmed).toMatchObject({ is: 'ok', output: { paid: true, ntpd, paidOn: '2026-01-15' } });
    expect(codeOf(await run('checkTransferDuty', { nop: NOP, ntpd: 'LAIN-1' }))).toBe('NTPD_NOT_FOUND');
    expect(simulator.book()).toMatchObject([{ effect: 'transferDutyPayment', key: KEY, times: 1 }]);
  });

  test('is underpaid, and the rest is paid in a new round', async () => {
    await simulator.act('duty', { billingCode: code, nop: NOP, amount: 25_000_000, assessed: 26_250_000 });
    expect(await send()).toEqual(waiting);
    await time.pass(1_000);
    const back = await status({}, { reference: code });
    expect(back).toMatchObject({ is: 'sendBack', corrections: [{ code: 'TAX_UNDERPAID' }] });
    expect(JSON.stringify(back)).toContain('Rp1.250.000');
    const rest = { amount: 1_250_000 };
    expect(codeOf(await send({ amount: 1_000_000 }, { key: OTHER_KEY }))).toBe('AMOUNT_MISMATCH');
    expect(await send(rest, { key: OTHER_KEY })).toEqual(waiting);
    await time.pass(1_000);
    expect(await status(rest, { key: OTHER_KEY })).toMatchObject({ is: 'ok', output: { amount: 1_250_000 } });
  });

  test('lost on its way is found or not, by our reference', async () => {
    fault('hang', '/pajak-daerah');
    expect(await send()).toEqual(lost);
    expect(await status()).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    fault('loseReply', '/pajak-daerah');
    expect(await send()).toEqual(lost);
    expect(await status()).toEqual(waiting);
    expect(await send({}, { key: OTHER_KEY })).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
    expect(await run('payTransferDuty', duty, {}, 'compensation')).toEqual(undone);
    expect(await status({}, { reference: code })).toEqual({ is: 'unknown', code: 'TAX_OBJECT_NOT_FOUND' });
  });

  test('a wrong password and a strange envelope are faults', async () => {
    drive.settings = { ...drive.settings, password: 'lain' };
    expect(await send()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    drive.settings = { ...SETTINGS[profile], soapVersion: profile === 'soap' ? '1.2' : '1.1' };
    expect(await send()).toMatchObject({ is: 'refused', code: 'BAD_REQUEST' });
    expect(simulator.book()).toEqual([]);
  });
});

describe('profile bpn', () => {
  beforeEach(() => start('bpn'));
  const transfer = {
    ...{ deedNumber: '12/2026', deedDate: '2026-01-14', ppatName: 'PPAT CONTOH', nop: NOP },
    ...{ ntpd: 'SIM000000000001', parcelNumber: '99010101.00001', nik: '3174014508909999' },
    ...{ fullName: 'Contoh Ibu', villageName: 'CONTOH', districtName: 'CONTOH', regencyName: 'CONTOH' },
    ...{ landArea: 120, rightType: 'Hak Milik' },
  };

  test('says whether property tax is paid, not how much it is', async () => {
    const open = outputOf(await inquire());
    expect(open).toMatchObject({ paid: false, statusText: 'Belum Lunas', landArea: 120 });
    expect(open).not.toHaveProperty('amount');
    expect(codeOf(await inquire({ mustBePaid: true }))).toBe('PBB_ARREARS');
    await simulator.act('pay', bill);
    expect(outputOf(await inquire({ mustBePaid: true }))).toMatchObject({ paid: true });
    expect(codeOf(await inquire({ nop: withSequence('9913') }))).toBe('TAX_RECORD_NOT_FOUND');
  });

  test('confirms a duty by NOP and NTPD, each on its own not found', async () => {
    await simulator.act('duty', {
      billingCode: '9901',
      nop: NOP,
      amount: 5_000_000,
      nik: '3174014508909999',
    });
    const { ntpd } = await simulator.act('pay', { billingCode: '9901' });
    const check = (over: JsonObject): Promise<Outcome> =>
      run('checkTransferDuty', { nop: NOP, ntpd: ntpd!, ...over });
    expect(await check({ nik: '3174014508909999' })).toMatchObject({
      is: 'ok',
      output: { amount: 5_000_000, paidOn: '2026-01-15', nikMatched: true },
    });
    expect(codeOf(await check({ nik: '3174010508909999' }))).toBe('DATA_MISMATCH');
    expect(codeOf(await check({ ntpd: 'LAIN-0001' }))).toBe('NTPD_NOT_FOUND');
    expect(codeOf(await check({ nop: withSequence('0002') }))).toBe('TAX_OBJECT_NOT_FOUND');
    expect(codeOf(await check({ nop: withSequence('0002'), ntpd: 'LAIN-0001' }))).toBe(
      'TAX_RECORD_NOT_FOUND',
    );
  });

  test('takes a land transfer, and each message is a record', async () => {
    expect(await run('notifyLandTransfer', transfer)).toEqual({ is: 'ok', output: { acknowledged: true } });
    fault('loseReply', '/postDataBPN');
    expect(await run('notifyLandTransfer', transfer)).toEqual(lost);
    const { all } = (await simulator.act('transfers', {})) as { all: JsonObject[] };
    expect(all).toHaveLength(2);
    expect(all[0]).toMatchObject({ NOMOR_AKTA: '12/2026', TANGGAL_AKTA: '14/01/2026', NOP });
    expect(all[0]).not.toHaveProperty('PASSWORD');
  });

  test('a wrong password sends the lane to sleep', async () => {
    drive.settings = { ...SETTINGS.bpn, password: 'lain' };
    expect(await inquire()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(await run('notifyLandTransfer', transfer)).toEqual({ is: 'away', code: 'AUTH_FAILED' });
  });
});

describe('what a profile does not offer', () => {
  const operations = Object.keys(localTax.operations) as (keyof typeof localTax.operations)[];
  const cases = Object.keys(profiles).flatMap((profile) =>
    operations.map((name) => [profile, name] as const),
  );

  test.each(cases)('%s and %s: settings demanded and conversions agree', (profile, name) => {
    const { settings, request } = localTax.operations[name];
    const { enum: offering } = (settings!['properties'] as { profile: { enum: string[] } }).profile;
    const { input } = { input: { ...payment, billingCode: '9901', ntpd: 'X', deedDate: '2026-01-14' } };
    const call = { settings: SETTINGS[profile as Profile], key: KEY, tryKey: KEY, now: START };
    const ask = (): unknown => request(input as never, { ...call, tools });
    if (offering.includes(profile)) expect(ask()).toMatchObject({ path: expect.any(String) });
    else expect(ask).toThrow(/^PROFILE_UNSUPPORTED: profile ".+" offers no .+; it is offered by \w/);
  });

  test('and a profile that nobody knows', () => {
    const call = { settings: { profile: 'iso8583' }, key: KEY, tryKey: KEY, now: START, tools };
    expect(() => localTax.operations.payPropertyTax.request(payment, call)).toThrow('no profile "iso8583"');
    expect(() => localTax.operations.payPropertyTax.request(payment, call)).toThrow(
      expect.objectContaining({ name: 'PROFILE_UNSUPPORTED' }),
    );
  });
});

test('an envelope names its service as its version wants it', () => {
  start('soap');
  const call = { settings: SETTINGS.soap12, key: KEY, tryKey: KEY, now: START, tools };
  const wire = localTax.operations.inquirePropertyTax.request(bill, call);
  const body = (wire as { body: { soap: Parameters<typeof renderSoap>[0] } }).body.soap;
  const { text, type } = renderSoap(body);
  expect(type).toBe('application/soap+xml; charset=utf-8; action="urn:jembatan:pajak-daerah:1#InquiryPBB"');
  expect(text).toContain('<wsse:UsernameToken><wsse:Username>mpp</wsse:Username>');
  expect(text).toContain(`<pd:InquiryPBB><pd:NOP>${NOP}</pd:NOP><pd:Tahun>2026</pd:Tahun></pd:InquiryPBB>`);
});
