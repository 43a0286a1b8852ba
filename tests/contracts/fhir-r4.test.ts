/** What SATUSEHAT's adapter sends and its stand-in answers is FHIR R4: held by an independent validator, and by a closed schema. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Fhir } from 'fhir/fhir.js';
import { describe, expect, test } from 'vitest';
import type { Example, JsonObject, JsonValue, WireRequest } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import satusehat from '../../adapters/satusehat/adapter.ts';
import { makeSimulator } from '../../adapters/satusehat/simulator.ts';
import { exchange, handTime, type Drive } from './adapter-support.ts';

const FOLDER = join(import.meta.dirname, '../../adapters/satusehat');
const read = (path: string): JsonValue => JSON.parse(readFileSync(join(FOLDER, path), 'utf8')) as JsonValue;
const examples = readdirSync(join(FOLDER, 'examples')).map((file) => ({
  file,
  example: read(`examples/${file}`) as unknown as Example,
}));
const fhir = new Fhir();

/** What the validator holds against a resource; empty when it is valid. */
function faults(resource: JsonValue): string[] {
  const { valid, messages } = fhir.validate(resource as object, { errorOnUnexpected: true });
  const said = messages
    .filter(({ severity }) => /error|fatal/.test(severity ?? ''))
    .map(({ location, message }) => `${location ?? ''} ${message ?? ''}`);
  return valid ? [] : said.length > 0 ? said : ['invalid'];
}

function resourceIn(value: JsonValue | undefined): JsonObject | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && typeof value['resourceType'] === 'string' ? value : null;
}

function sentBy(request: Example['request'] | WireRequest): JsonObject | null {
  return 'body' in request && request.body && 'json' in request.body ? resourceIn(request.body.json) : null;
}

/** Resources that we send: in a request, or in the one that a reply leads to. */
const sent = examples.flatMap(({ file, example }) => {
  const next = example.outcome.is === 'more' ? sentBy(example.outcome.request) : null;
  return [sentBy(example.request), next].flatMap((resource) => (resource ? [{ file, resource }] : []));
});
const visit = (): JsonObject =>
  structuredClone(sent.find(({ file }) => file === 'submitEncounter-finished.json')!.resource);

describe('the independent validator', () => {
  test('finds every resource that the examples send valid', () => {
    expect(new Set(sent.map(({ resource }) => resource['resourceType']))).toEqual(
      new Set(['Bundle', 'Consent', 'QuestionnaireResponse']),
    );
    expect(sent.flatMap(({ file, resource }) => faults(resource).map((one) => `${file} ${one}`))).toEqual([]);
  });

  test('finds every resource that the examples are answered with valid, but for the gateway’s own code', () => {
    const answered = examples.flatMap(({ file, example }) => {
      const resource = resourceIn(example.reply.body);
      return resource ? [{ file, resource }] : [];
    });
    expect(answered.length).toBeGreaterThan(40);
    const said = answered.flatMap(({ file, resource }) => faults(resource).map((one) => `${file} ${one}`));
    const own = /OperationOutcome\.issue\[0\]\.code Code "invalid-access-token" not found in value set$/;
    expect(said.filter((one) => !own.test(one))).toEqual([]);
    expect(said.length).toBeGreaterThan(0);
  });

  const encounterIn = (bundle: JsonObject): JsonObject =>
    (bundle['entry'] as JsonObject[])[0]!['resource'] as JsonObject;
  test.each<[string, (encounter: JsonObject) => void, RegExp]>([
    ['a status that R4 does not know', (one) => (one['status'] = 'done'), /Encounter\.status Code "done"/],
    ['a mandatory element that is missing', (one) => delete one['class'], /Encounter\.class/],
    ['an element that R4 does not have', (one) => (one['visitor'] = 'x'), /Encounter\.visitor Unexpected/],
    ['one where a list is wanted', (one) => (one['identifier'] = {}), /Encounter\.identifier/],
  ])('catches %s', (_, spoil, said) => {
    const broken = visit();
    spoil(encounterIn(broken));
    expect(faults(broken).join('\n')).toMatch(said);
  });
});

describe('the closed schema of what is sent', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  const holds = ajv.compile(read('schemas/r4-sent.json') as object);

  test('holds for every resource of our own', () => {
    // A changed Consent is the platform's own, with our decision in it.
    const ours = sent.filter(({ resource }) => resource['resourceType'] !== 'Consent');
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter(({ resource }) => !holds(resource)).map(({ file }) => file)).toEqual([]);
  });

  test('catches local time, a foreign identifier and a name too many', () => {
    const text = JSON.stringify(visit());
    expect(holds(JSON.parse(text))).toBe(true);
    expect(holds(JSON.parse(text.replace('T02:00:00+00:00', 'T09:00:00+07:00')))).toBe(false);
    expect(holds(JSON.parse(text.replace('http://sys-ids', 'https://sys-ids')))).toBe(false);
    expect(holds(JSON.parse(text.replace('"status":"finished",', '"status":"finished","note":"x",')))).toBe(
      false,
    );
  });
});

describe('the stand-in', () => {
  test('answers in valid R4, and stores a transaction whose references are resolved', async () => {
    const { answers, stored } = await everyAnswer();
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.flatMap((one) => faults(one))).toEqual([]);
    const text = JSON.stringify(stored);
    expect(stored['total']).toBe(1);
    expect(text).not.toContain('urn:uuid:');
    expect(text).toMatch(/"condition":\{"reference":"Condition\/[0-9a-f-]{36}"/);
  });
});

/** Each operation's first good example sent to a stand-in: all that it answers, and what it then has of the visit. */
async function everyAnswer(): Promise<{ answers: JsonObject[]; stored: JsonObject }> {
  const settings = examples[0]!.example.settings;
  const time = handTime('2026-01-15T02:30:05Z');
  const send = (): Promise<Response> => Promise.resolve(Response.json({}));
  const simulator = makeSimulator({ settings, now: time.now, after: time.after, send });
  const drive: Drive = { adapter: satusehat, simulator, settings, now: time.now };
  await simulator.act('consent', { ihsNumber: 'P00000000017', action: 'OPTOUT' });
  await simulator.act('pages', { size: 1 });
  const answers: JsonObject[] = [];
  const wanted = examples.filter(({ file }) => !/^submitEncounter-(?!finished)/.test(file));
  for (const { example } of wanted) {
    if (example.exchange || example.call.carry) continue;
    const { replies } = await exchange(drive, example.operation, example.input, { key: example.call.key });
    answers.push(...replies.map(({ body }) => resourceIn(body)).filter((one) => one !== null));
  }
  const { inquiry } = satusehat.operations.submitEncounter;
  const input = examples.find(({ file }) => file === 'submitEncounter-finished.json')!.example.input;
  const now = '2026-01-15T02:30:05.000Z';
  const call = { settings, now, tools, key: '10000000000000000001', tryKey: '' };
  const { path, query } = inquiry.request(input as never, call);
  const url = `http://satusehat.test${path}?${new URLSearchParams(query).toString()}`;
  const token = await signedIn(simulator, settings);
  const response = await simulator.fetch(new Request(url, { headers: { authorization: `Bearer ${token}` } }));
  return { answers, stored: (await response.json()) as JsonObject };
}

async function signedIn(simulator: Drive['simulator'], settings: JsonObject): Promise<string> {
  const form = {
    client_id: settings['clientId'] as string,
    client_secret: settings['clientSecret'] as string,
  };
  const url = 'http://satusehat.test/oauth2/v1/accesstoken?grant_type=client_credentials';
  const request = new Request(url, { method: 'POST', body: new URLSearchParams(form) });
  return ((await (await simulator.fetch(request)).json()) as { access_token: string }).access_token;
}
