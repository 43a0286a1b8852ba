/** What the stand-in stores: transactions with their urn:uuid made into references, and filled-in forms. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { JsonObject, JsonValue } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { outcome } from './simulator-door.ts';
import { ROOT, type Register } from './simulator-register.ts';
import { identifiers } from './search.ts';
import { list, object, text } from './values.ts';

const OWN = 'http://sys-ids.kemkes.go.id/';

/** What is wrong with something sent: an issue's code and words. */
type Fault = readonly [code: string, words: string];

interface Store {
  all: JsonObject[];
  of(type: string): JsonObject[];
  /** Stored under a new id. */
  add(resource: JsonObject): JsonObject;
  newId(type: string): string;
}

export function records(harness: Harness, options: SimulatorOptions, register: Register): void {
  const all: JsonObject[] = [];
  let made = 0;
  const store: Store = {
    all,
    of: (type) => all.filter((one) => one['resourceType'] === type),
    add(resource) {
      all.push(resource);
      return resource;
    },
    newId(type) {
      made += 1;
      const hex = createHash('sha256').update(`${type}/${made}`).digest('hex');
      const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
      return [...parts, hex.slice(20, 32)].join('-');
    },
  };
  transactions(harness, options, store);
  forms(harness, options, store, register);
  harness.app.get(`${ROOT}/Encounter`, (c) => {
    const [system, value] = (c.req.query('identifier') ?? '').split('|');
    const subject = c.req.query('subject');
    const found = store.of('Encounter').filter((one) => {
      const named = value === undefined || identifiers(one, system!).includes(value);
      return named && (subject === undefined || referenceOf(one['subject']) === `Patient/${subject}`);
    });
    return register.answer(c, found);
  });
}

function transactions({ app, enter }: Harness, options: SimulatorOptions, store: Store): void {
  app.post(ROOT, async (c) => {
    const bundle = await bodyOf(c);
    const fault = faultOfBundle(bundle) ?? faultOfEntries(bundle, options, store);
    if (fault) return outcome(c, 400, ...fault);
    const entries = list(bundle['entry']);
    const names = new Map<string, string>();
    for (const entry of entries) {
      const type = text(object(entry['resource'])['resourceType']);
      names.set(text(entry['fullUrl']), `${type}/${store.newId(type)}`);
    }
    const at = new Date(options.now()).toISOString();
    const entry = entries.map((one) => {
      const name = names.get(text(one['fullUrl']))!;
      const resource = resolved(one['resource']!, names) as JsonObject;
      store.add({ ...resource, id: name.split('/')[1]! });
      const location = `${ROOT}/${name}/_history/1`;
      return { response: { status: '201 Created', location, etag: 'W/"1"', lastModified: at } };
    });
    for (const one of store.of('Encounter').slice(-1)) {
      enter('encounter', ownName(one)!.value, { encounterId: one['id']! });
    }
    return c.json({ resourceType: 'Bundle', type: 'transaction-response', entry });
  });
}

function faultOfBundle(bundle: JsonObject): Fault | null {
  const entries = list(bundle['entry']);
  if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'transaction' || entries.length === 0)
    return ['structure', 'a transaction Bundle is expected'];
  const urls = entries.map((entry) => text(entry['fullUrl']));
  if (new Set(urls).size !== urls.length || urls.some((url) => !/^urn:uuid:[0-9a-f-]{36}$/.test(url)))
    return ['value', 'every entry needs a fullUrl of its own'];
  const unlike = entries.some((entry) => {
    const { method, url } = object(entry['request']);
    return method !== 'POST' || url !== object(entry['resource'])['resourceType'];
  });
  if (unlike) return ['value', 'request.url must be the type of the resource'];
  const known = new Set(urls);
  const lost = referencesIn(entries).find((one) => one.startsWith('urn:uuid:') && !known.has(one));
  return lost === undefined ? null : ['value', `${lost} leads to no entry`];
}

function faultOfEntries(bundle: JsonObject, options: SimulatorOptions, store: Store): Fault | null {
  const resources = list(bundle['entry']).map((entry) => object(entry['resource']));
  const encounter = resources.find((one) => one['resourceType'] === 'Encounter');
  if (!encounter || !ownName(encounter)) return ['required', 'Encounter.identifier is required'];
  const missing = ['status', 'class', 'subject', 'participant', 'period', 'location', 'statusHistory'].find(
    (name) => encounter[name] === undefined,
  );
  if (missing !== undefined) return ['required', `Encounter.${missing} is required`];
  for (const one of resources) {
    const fault = faultOfOwner(one, options) ?? faultOfRepeat(one, store);
    if (fault) return fault;
  }
  return null;
}

/** One client belongs to one organization. */
function faultOfOwner(resource: JsonObject, { settings }: SimulatorOptions): Fault | null {
  const own = ownName(resource);
  const foreign = own && own.system.split('/').at(-1) !== settings['organizationId'];
  const provider = referenceOf(resource['serviceProvider']);
  const elsewhere = provider !== '' && provider !== `Organization/${settings['organizationId'] as string}`;
  return foreign || elsewhere
    ? ['value', 'identifier.system has an invalid organization (RuleNumber: 10117)']
    : null;
}

function faultOfRepeat(resource: JsonObject, store: Store): Fault | null {
  const own = ownName(resource);
  const known = own && store.all.some((one) => identifiers(one, own.system).includes(own.value));
  return known ? ['duplicate', `${text(resource['resourceType'])} exists already`] : null;
}

function forms({ app, enter }: Harness, options: SimulatorOptions, store: Store, register: Register): void {
  const type = 'QuestionnaireResponse';
  app.post(`${ROOT}/${type}`, async (c) => {
    const form = await bodyOf(c);
    const missing = ['questionnaire', 'status', 'subject', 'authored', 'item'].find(
      (name) => form[name] === undefined,
    );
    if (form['resourceType'] !== type || missing !== undefined)
      return outcome(c, 400, 'required', `${type}.${missing ?? 'resourceType'} is required`);
    const own = ownName(form);
    const fault = faultOfOwner(form, options) ?? faultOfRepeat(form, store);
    if (fault) return outcome(c, 400, ...fault);
    const stored = store.add({ ...form, id: store.newId(type) });
    if (own) enter('questionnaireResponse', own.value, { id: stored['id']! });
    return c.json(stored, 201);
  });
  app.get(`${ROOT}/${type}`, (c) => {
    const subject = `Patient/${c.req.query('subject') ?? ''}`;
    return register.answer(
      c,
      store.of(type).filter((one) => referenceOf(one['subject']) === subject),
    );
  });
}

export async function bodyOf(c: Context): Promise<JsonObject> {
  return object(await c.req.json<JsonValue>().catch(() => null));
}

function referenceOf(value: JsonValue | undefined): string {
  return text(object(value)['reference']);
}

/** The identifier under sys-ids, if there is one. */
function ownName(resource: JsonObject): { system: string; value: string } | null {
  const value = resource['identifier'];
  const all = Array.isArray(value) ? list(value) : [object(value)];
  const own = all.find((one) => text(one['system']).startsWith(OWN));
  return own ? { system: text(own['system']), value: text(own['value']) } : null;
}

function referencesIn(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => referencesIn(one));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    name === 'reference' && typeof one === 'string' ? [one] : referencesIn(one),
  );
}

/** Every reference to an entry of the bundle becomes one to what was stored. */
function resolved(value: JsonValue, names: Map<string, string>): JsonValue {
  if (Array.isArray(value)) return value.map((one) => resolved(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([name, one]): [string, JsonValue] => {
    const stored = name === 'reference' && typeof one === 'string' ? names.get(one) : undefined;
    return [name, stored ?? resolved(one, names)];
  });
  return Object.fromEntries(pairs);
}
