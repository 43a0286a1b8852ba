/** The stand-in's registers: patients, newborns and practitioners by NIK, organizations, and searches page by page. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { SYSTEMS } from './r4.ts';
import { outcome } from './simulator-door.ts';

export const ROOT = '/fhir-r4/v1';
/** The host in its links is its own: who follows them may not need it. */
const HOST = 'https://api-satusehat.contoh.go.id';
const UNKNOWN_SERIAL = '9921';
const TWINS_SERIAL = '9922';
const DAY_MS = 86_400_000;
const WIB_MS = 7 * 3_600_000;
const NAKES = 'https://fhir.kemkes.go.id/id/nakes-his-number';
/** An organization that this client may not see. */
const CLOSED = '10000403';

export interface Register {
  /** Answers a search, some resources a page. */
  answer(c: Context, found: JsonObject[]): Response;
  pageSize(size: number): void;
  born(motherNik: string, child: JsonObject): void;
}

export function registers({ app }: Harness, { settings, now }: SimulatorOptions): Register {
  const children = new Map<string, JsonObject[]>();
  let size = 20;
  const register: Register = {
    answer: (c, found) => c.json(page(c, found, size)),
    pageSize: (next) => void (size = next),
    born: (motherNik, child) => void children.set(motherNik, [...(children.get(motherNik) ?? []), child]),
  };
  const dayOfBirth = (): string => new Date(now() + WIB_MS - 4 * DAY_MS).toISOString().slice(0, 10);

  app.get(`${ROOT}/Patient`, (c) => {
    const [system, value] = (c.req.query('identifier') ?? '').split('|');
    if (!value) return outcome(c, 400, 'required', 'identifier is required');
    const known = !value.endsWith(UNKNOWN_SERIAL);
    if (system === SYSTEMS.nik) return register.answer(c, known ? [patient(value)] : []);
    if (system !== SYSTEMS.motherNik) return outcome(c, 400, 'value', 'identifier system is not known');
    const told = children.get(value);
    const alone = known ? newborns(value, dayOfBirth()) : [];
    return register.answer(c, told ? told.map((child, n) => newborn(value, child, n, told.length)) : alone);
  });
  app.get(`${ROOT}/Practitioner`, (c) => {
    const [system, value = ''] = (c.req.query('identifier') ?? '').split('|');
    const known = system === SYSTEMS.nik && value !== '' && !value.endsWith(UNKNOWN_SERIAL);
    return register.answer(c, known ? [practitioner(value)] : []);
  });
  const organizations = [
    organization(settings['organizationId'] as string, 'Puskesmas Contoh'),
    organization('10000002', 'Puskesmas Contoh Dua'),
    organization('10000003', 'Klinik Kembar'),
    organization('10000004', 'Klinik Kembar'),
  ];
  app.get(`${ROOT}/Organization`, (c) => {
    const wanted = (c.req.query('name') ?? '').toLowerCase();
    return register.answer(
      c,
      organizations.filter((one) => (one['name'] as string).toLowerCase().includes(wanted)),
    );
  });
  app.get(`${ROOT}/Organization/:id`, (c) => {
    const id = c.req.param('id');
    if (id === CLOSED)
      return outcome(c, 403, 'forbidden', 'resource cannot be accessed due to business rule');
    const found = organizations.find((one) => one['id'] === id);
    return found ? c.json(found) : outcome(c, 404, 'not-found', `Organization/${id} not found`);
  });
  return register;
}

function page(c: Context, found: JsonObject[], size: number): JsonObject {
  const from = Number(c.req.query('page') ?? '1') - 1;
  const shown = found.slice(from * size, (from + 1) * size);
  const isLast = (from + 1) * size >= found.length;
  const query = { ...c.req.query(), page: String(from + 2) };
  const url = `${HOST}${c.req.path}?${new URLSearchParams(query).toString()}`;
  const entry = shown.map((resource) => ({
    fullUrl: `${HOST}${ROOT}/${resource['resourceType'] as string}/${resource['id'] as string}`,
    resource,
    search: { mode: 'match' },
  }));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    ...(!isLast && { link: [{ relation: 'next', url }] }),
    ...(entry.length > 0 && { entry }),
  };
}

/** Digits that follow from a text, so that a NIK leads to the same number at every start. */
function digits(text: string, count: number): string {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 15)}`);
  return String(number).padStart(count, '0').slice(-count);
}

/** `CONTOH IBU` as others see it: `CO**** IB*`. */
function masked(name: string): string {
  return name.replaceAll(/\S+/g, (word) => word.slice(0, 2) + '*'.repeat(Math.max(0, word.length - 2)));
}

function ihs(id: string): JsonObject {
  return { use: 'official', system: SYSTEMS.ihsNumber, value: id };
}

/** Of others' patients little is shown: number and masked name. */
function patient(nik: string): JsonObject {
  const id = `P${digits(nik, 11)}`;
  const name = Number(nik.slice(6, 8)) > 40 ? 'CONTOH IBU' : 'CONTOH BAPAK';
  return {
    resourceType: 'Patient',
    id,
    active: true,
    identifier: [ihs(id)],
    name: [{ use: 'official', text: masked(name) }],
  };
}

function newborns(motherNik: string, birthDate: string): JsonObject[] {
  const count = motherNik.endsWith(TWINS_SERIAL) ? 2 : 1;
  return [...Array(count).keys()].map((n) => newborn(motherNik, { birthDate }, n, count));
}

function newborn(motherNik: string, child: JsonObject, n: number, count: number): JsonObject {
  const id = `P${digits(`${motherNik}/${n}`, 11)}`;
  return {
    resourceType: 'Patient',
    id,
    active: true,
    identifier: [ihs(id), { use: 'official', system: SYSTEMS.motherNik, value: motherNik }],
    name: [{ use: 'official', text: masked('BY NY CONTOH IBU') }],
    gender: child['sex'] ?? 'female',
    birthDate: child['birthDate']!,
    ...(count > 1 && { multipleBirthInteger: n + 1 }),
  };
}

function practitioner(nik: string): JsonObject {
  const id = `N${digits(nik, 8)}`;
  return {
    resourceType: 'Practitioner',
    id,
    identifier: [
      { use: 'official', system: SYSTEMS.nik, value: nik },
      { use: 'official', system: NAKES, value: id },
    ],
    name: [{ use: 'official', text: 'dr. Contoh Nakes' }],
    gender: Number(nik.slice(6, 8)) > 40 ? 'female' : 'male',
  };
}

function organization(id: string, name: string): JsonObject {
  return { resourceType: 'Organization', id, active: true, name };
}
