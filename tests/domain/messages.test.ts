/** The catalogue of messages and codes: complete, in both languages, and without a place for anything personal. */
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { STATES, type Application } from '../../src/domain/application.ts';
import { messageNow, messageThen, type Standing } from '../../src/console/status.ts';
import { messageOfEvent } from '../../src/domain/messages/moments.ts';
import {
  amountText,
  dateText,
  render,
  same,
  TEMPLATES,
  VARIABLES,
  type MessageCode,
} from '../../src/domain/messages/templates.ts';
import {
  AGENCY_CODES,
  CITIZEN,
  citizenText,
  OWN_CODES,
  REASON_CODES,
  voicesOf,
} from '../../src/domain/messages/voices.ts';
import type { Step } from '../../src/domain/step.ts';
import { read, sources } from '../house/source.ts';

const CODES = Object.keys(TEMPLATES) as MessageCode[];
const named = (text: string): string[] => [...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!);
const outside = (text: string): string => text.replaceAll(/\[[^\]]*\]/g, '');

describe.each(CODES)('the message %s', (code) => {
  const { id, en } = TEMPLATES[code];

  test('names only what is not personal, the same in both languages', () => {
    const unknown = [...named(id), ...named(en)].filter((name) => !VARIABLES.includes(name as never));
    expect(unknown).toEqual([]);
    expect(named(id).toSorted()).toEqual(named(en).toSorted());
    expect(id).not.toBe(en);
  });

  test('is whole when nothing but number and service is known', () => {
    expect([...named(outside(id)), ...named(outside(en))].toSorted()).toEqual([
      'number',
      'number',
      'service',
      'service',
    ]);
    const text = render(code, {
      number: same('6112-01-26-000001-1'),
      service: { id: 'Layanan', en: 'Service' },
    });
    for (const one of [text.id, text.en]) expect(one).not.toMatch(/[[\]{}]|undefined|\s{2}|\s[.,]/);
  });
});

test('each state of an application and each of its ends has a message', () => {
  for (const state of STATES) {
    const moved = messageOfEvent('go.mpp.application.status.changed.v1', { state });
    expect([state, moved]).not.toContain(null);
  }
  expect(messageOfEvent('go.mpp.sla.atRisk.v1', {})).toBeNull();
  expect(messageOfEvent('go.mpp.step.succeeded.v1', { step: 'a' })).toBeNull();
  const refused = (code: string): unknown => messageOfEvent('go.mpp.step.rejected.v1', { step: 'a', code });
  expect(['APPOINTMENT_MISSED', 'NOT_ELIGIBLE'].map(refused)).toEqual(['appointmentMissed', null]);
});

test('amounts and days are written as each language writes them', () => {
  expect(amountText(1_250_000)).toEqual({ id: 'Rp1.250.000', en: 'Rp1,250,000' });
  expect(amountText(0)).toEqual({ id: 'Rp0', en: 'Rp0' });
  const { id, en } = dateText(Date.parse('2026-08-17T01:30:00Z'), 'Asia/Jakarta');
  expect(id).toMatch(/17 Agustus 2026.*08\.30.*WIB/);
  expect(en).toMatch(/17 August 2026.*08:30/);
});

describe('an application as it stands', () => {
  const NIK = '9901014508909999';
  const step = (fields: Partial<Step>): Step =>
    ({
      name: 'pay',
      agency: 'bank',
      state: 'waitingPayment',
      timeoutAt: Date.parse('2026-08-17T01:30:00Z'),
      secret: {},
      ...fields,
    }) as Step;
  const standing = (fields: Partial<Application>, ...steps: Step[]): Standing => ({
    application: {
      ...{ number: '6112-01-26-000001-1', state: 'accepted', ending: null, endedAt: null, clock: null },
      ...{ promisedAt: null, ...fields },
    } as Application,
    steps,
    service: { title: { id: 'Surat', en: 'Letter' }, fees: [] },
    zone: 'Asia/Jakarta',
    agencyTitle: () => ({ id: 'Bank Contoh', en: 'Example Bank' }),
    personal: new Set([NIK]),
  });

  test('a bill is told with its amount, its code and its end', () => {
    const shown = { virtualAccountNo: '88112000000017', amount: 30_000 };
    const { code, id } = messageNow(standing({ state: 'waitingPayment' }, step({ secret: { shown } })));
    expect(code).toBe('payment');
    expect(id).toMatch(/ Rp30\.000, kode 88112000000017, sebelum 17 Agustus 2026/);
  });

  test('a bill that is scanned is told as that', () => {
    const shown = { qrContent: '00020101021226…6304ED05', amount: 30_000 };
    const { id, en } = messageNow(standing({ state: 'waitingPayment' }, step({ secret: { shown } })));
    expect(id).toMatch(/ Rp30\.000, kode QRIS, sebelum 17 Agustus 2026/);
    expect(en).not.toContain('0002');
  });

  test('a bill that is to be paid after all is told with the reason', () => {
    const shown = { billingCode: '820260115000001', amount: 350_000, reasonCode: 'WAIVER_REFUSED' };
    const told = messageNow(standing({ state: 'waitingPayment' }, step({ secret: { shown } })));
    expect(told.id.endsWith(citizenText('WAIVER_REFUSED').id)).toBe(true);
    expect(told.en).toMatch(/Rp350,000.*Pay by this code only\. The fee is not waived\./);
  });

  test.each<[string, boolean | undefined, string]>([
    ['fees that everybody owes are summed', undefined, 'The official fee is Rp950,000.'],
    ['rates of which one is due are not', true, ''],
  ])('%s', (_, conditional, said) => {
    const rate = { title: { id: 'Tarif', en: 'Rate' }, kind: 'pnbp' };
    const fees = [
      { ...rate, code: 'A', amount: 350_000 },
      { ...rate, code: 'B', amount: 600_000, ...(conditional && { conditional }) },
    ];
    const now = standing({});
    const told = messageThen({ ...now, service: { ...now.service, fees } }, 'accepted', {});
    expect(/The official fee[^.]*\.|$/.exec(told.en)![0]).toBe(said);
  });

  test('who has missed his chance is told that it is over, and that he may apply again', () => {
    const ending = { as: 'expired', code: 'APPOINTMENT_MISSED' } as const;
    const told = messageNow(standing({ state: 'expired', endedAt: 1, ending }));
    expect(told.en).toMatch(/has expired\. You did not come to the appointment\. Apply again/);
  });

  test.each([[NIK], [`88112${NIK}`], ['x'], ['<b>1234</b>'], ['1'.repeat(60)]])(
    'a code that is personal or no code (%s) is told to nobody',
    (virtualAccountNo) => {
      const shown = { virtualAccountNo, amount: 30_000 };
      const { id, en } = messageNow(standing({ state: 'waitingPayment' }, step({ secret: { shown } })));
      for (const text of [id, en]) expect(text).not.toContain(virtualAccountNo);
      expect(id).not.toContain('kode 8');
    },
  );

  test.each<[string, Standing, MessageCode]>([
    ['new', standing({}), 'accepted'],
    [
      'being ended',
      standing({ state: 'inProgress', ending: { as: 'withdrawn', code: 'WITHDRAWN' } }),
      'ending',
    ],
    [
      'ended',
      standing({ state: 'withdrawn', endedAt: 1, ending: { as: 'withdrawn', code: 'WITHDRAWN' } }),
      'withdrawn',
    ],
    [
      'later than promised',
      standing({ state: 'inProgress', clock: { said: 'breached', dueAt: 1 } as never }),
      'late',
    ],
    ['at an officer', standing({ state: 'inProgress' }, step({ state: 'waitingOfficer' })), 'officerDecides'],
  ])('%s', (_, now, code) => {
    expect(messageNow(now).code).toBe(code);
  });

  test('why it was rejected is said in a citizen’s words, never by the code', () => {
    const now = standing({ state: 'rejected', endedAt: 1, ending: { as: 'rejected', code: 'PBB_ARREARS' } });
    expect(messageNow(now).id).toContain(citizenText('PBB_ARREARS').id);
    expect(messageNow(now).id).not.toContain('PBB_ARREARS');
  });

  test('a bill that ran out is told as that, never as paid', () => {
    expect(messageOfEvent('go.mpp.payment.expired.v1', { step: 'pay', state: 'expired' })).toBeNull();
    const code = messageOfEvent('go.mpp.application.expired.v1', { state: 'expired' })!;
    const told = messageThen(standing({ state: 'expired' }), code, { code: 'PAYMENT_EXPIRED' });
    expect([told.code, told.en]).toEqual(['expired', expect.stringContaining('Do not pay the old code')]);
  });

  test('a moment that has passed is told from its event', () => {
    const told = messageThen(standing({ state: 'completed' }), 'accepted', {
      promisedAt: '2026-08-17T01:30:00.000Z',
    });
    expect(told.en).toMatch(/The official fee is Rp0\. It is promised for 17 August 2026/);
  });
});

describe('codes', () => {
  const listed = new Set(adapters.flatMap(({ errors = [] }) => errors.map(({ code }) => code)));
  /** Words in the form of a code that are none. */
  const NONE = new Set([
    'DUPLICATE_KEY',
    'TAG_RESOLVE_FAILED',
    'UND_ERR_HEADERS_OVERFLOW',
    'ERR_ADDRESS_REFUSED',
    'api_key',
    'access_token',
  ]);
  const within = (...folders: string[]): string =>
    sources
      .filter(
        ({ path }) =>
          folders.some((folder) => path.startsWith(folder)) && !/exam\/|simulat|openapi\//.test(path),
      )
      .map(({ code }) => code)
      .join('\n');
  const all = (text: string, form: RegExp): string[] =>
    [...text.matchAll(form)].map(([, code]) => code!).filter((code) => !NONE.has(code));
  const bus = within(
    'src/flow/',
    'src/domain/',
    'src/desk/',
    'src/adapter-kit/',
    'src/outbound/',
    'src/connectors/yaml/',
  );
  const doors = within('src/http/', 'src/desk/', 'src/schema/', 'src/flow/intake.ts');
  const transport = read('src/flow/ports/caller.ts').matchAll(/(?:=|\|) '([a-z_]+)'/g);
  const produced = new Set([
    ...all(bus, /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g),
    ...all(doors, /'([a-z]+(?:_[a-z0-9]+)+)'/g),
    ...all(doors, /new HttpProblem\(\s*\d+,\s*'(\w+)'/g),
    ...all(doors, /\bcode: '([a-z]\w*)'/g),
    ...all(read('src/wire/error.ts'), /\| '((?!xml|form|multipart)\w+)'/g),
    ...all(bus, /(?:code: |as: '\w+', code: |\? )'([A-Z]{6,})'/g),
    ...[...transport].map(([, code]) => code!),
  ]);
  const family = (code: string): string =>
    code.startsWith('schema_') ? 'schema' : code.replace(/^HTTP_\d{3}$/, 'HTTP');

  test('every code of the bus, its doors and its wire stands in the catalogue', () => {
    expect(produced.size).toBeGreaterThan(120);
    const unknown = [...produced]
      .map(family)
      .filter((code) => !OWN_CODES.has(code) && !AGENCY_CODES.has(code));
    expect(unknown).toEqual([]);
  });

  test('every code that an adapter lists has its three voices', () => {
    const errors = adapters.flatMap(({ name, errors: rows = [] }) =>
      rows.map((row) => ({ adapter: name, ...row })),
    );
    const unknown = [...listed].map(family).filter((code) => !OWN_CODES.has(code) && !AGENCY_CODES.has(code));
    expect([listed.size > 100, unknown]).toEqual([true, []]);
    for (const code of listed) {
      const { citizen, officer, engineer } = voicesOf(code, errors)!;
      for (const text of [citizen.id, citizen.en, officer.id, officer.en, engineer])
        expect(text).toMatch(/\S{3}/);
    }
  });

  test('none is there that nobody uses', () => {
    const used = new Set([...produced, ...listed].map(family));
    expect([...OWN_CODES].filter((code) => !used.has(code) && !REASON_CODES.has(code))).toEqual([]);
    expect([...AGENCY_CODES].filter((code) => !used.has(code) || OWN_CODES.has(code))).toEqual([]);
  });

  test('each has its voices in both languages', () => {
    for (const code of OWN_CODES) {
      const { citizen, officer, engineer } = voicesOf(code)!;
      expect([code, citizen?.id === citizen?.en, officer.id === officer.en]).toEqual([code, false, false]);
      for (const text of [citizen.id, citizen.en, officer.id, officer.en, engineer])
        expect(text).toMatch(/\S{3}.*\.$/);
    }
    for (const code of AGENCY_CODES) expect([code, citizenText(code)]).not.toContain(undefined);
  });

  test('a citizen hears no code and no technical word', () => {
    const texts = [...OWN_CODES, ...AGENCY_CODES].flatMap((code) => Object.values(citizenText(code)));
    expect(texts.filter((text) => /[A-Z]{2,}_|HTTP|JSON|`|[45]\d\d\b/.test(text))).toEqual([]);
  });

  test('a code that a connector brings is told by its kind', () => {
    expect(voicesOf('SOMETHING_NEW')).toBeUndefined();
    const row = {
      adapter: 'theirs',
      signal: '17',
      is: 'unknown',
      code: 'SOMETHING_NEW',
      meaning: { id: 'a', en: 'b' },
    };
    expect(voicesOf('SOMETHING_NEW', [row])).toEqual({
      ...{ citizen: CITIZEN.unsure, officer: { id: 'a', en: 'b' }, engineer: 'theirs: 17 (unknown)' },
    });
  });
});
