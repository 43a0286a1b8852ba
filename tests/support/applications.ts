/** Synthetic applications (province 99, serial 9999), sent and looked at through the API. */
import { hash } from 'node:crypto';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { SERVICE } from './catalogues.ts';
import type { World } from './world.ts';

export const NIK = '9901011405019999';
export const NAME = 'Contoh Pelamar';

let references = 0;

export function application(fields: JsonObject = {}): JsonObject {
  references += 1;
  return {
    schemaVersion: '1.0.0',
    clientReference: `TEST-${references}`,
    serviceCode: SERVICE,
    mppSiteCode: 'MPP-9901-01',
    jurisdictionCode: '99.01',
    channel: 'self',
    channelDetail: 'kiosk',
    applicant: {
      partyType: 'person',
      roles: ['applicant'],
      fullName: NAME,
      nik: NIK,
      birthDate: '2001-05-14',
      birthPlace: 'Contoh Raya',
      sex: 'male',
      nationality: 'ID',
      phone: '+6280000000007',
      address: {
        street: 'Jalan Contoh Nomor 1',
        rt: '001',
        rw: '002',
        regionCode: '99.01',
        postalCode: '99999',
      },
    },
    formData: {},
    ...fields,
  };
}

/** A JPEG by its first bytes, as large as wanted. */
export function photo(size = 400): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at % 251);
}

/** Uploads a document and returns its entry for `documents`. */
export async function upload(world: World, bytes: Uint8Array, fields: JsonObject): Promise<JsonObject> {
  const sha256 = hash('sha256', bytes, 'hex');
  const response = await world.call(`/v1/documents/${sha256}`, { method: 'PUT', bytes });
  if (response.status !== 201) throw new Error(`The upload was refused: ${await response.text()}`);
  const { mediaType, sizeBytes } = (await response.json()) as JsonObject;
  return {
    fileName: 'scan.jpg',
    mediaType: mediaType!,
    sizeBytes: sizeBytes!,
    sha256,
    source: 'scanned',
    ...fields,
  };
}

/** A police record certificate application of the shipped mall, its photo uploaded. */
export async function certificateApplication(
  world: World,
  fields: JsonObject = {},
  bytes = photo(),
): Promise<JsonObject> {
  const document = await upload(world, bytes, {
    documentId: 'photo-1',
    documentTypeCode: 'PHOTO',
    requirementCode: 'PHOTO',
  });
  return application({
    serviceCode: 'POLRES.SKCK',
    formData: { purpose: 'Melamar pekerjaan' },
    documents: [document],
    ...fields,
  });
}

let keys = 0;

/** Submits; throws unless it was accepted. Returns the application's id. */
export async function submit(world: World, body: JsonObject = application()): Promise<string> {
  const response = await post(world, body);
  if (response.status !== 202) throw new Error(`The application was refused: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

/** Submits as it is. */
export function post(
  world: World,
  body: JsonObject,
  { key = `key-${(keys += 1)}`, platform = '' } = {},
): Promise<Response> {
  const headers = { 'idempotency-key': key };
  return world.call('/v1/applications', { body, headers, ...(platform !== '' && { platform }) });
}

export interface ShownStep {
  name: string;
  state: string;
  code: string | null;
  round: number;
  attempts: number;
  agency: string;
  output?: JsonObject;
  shown?: JsonObject;
  history: {
    round: number;
    number: number;
    kind: string;
    outcome: string | null;
    code: string | null;
    at: string;
  }[];
}
export interface ShownApplication {
  id: string;
  state: string;
  steps: ShownStep[];
  items: { step: string; kind: string; code: string }[];
  documents: { documentId: string; mediaType: string; sizeBytes: number }[];
  result: JsonObject | null;
}

export async function look(world: World, id: string): Promise<ShownApplication> {
  const response = await world.call(`/v1/applications/${id}`);
  if (response.status !== 200) throw new Error(`The application cannot be seen: ${await response.text()}`);
  return (await response.json()) as ShownApplication;
}

export async function stepOf(world: World, id: string, name: string): Promise<ShownStep> {
  return (await look(world, id)).steps.find((step) => step.name === name)!;
}

/** `state` of every step, in the route's order. */
export async function states(world: World, id: string): Promise<Record<string, string>> {
  return Object.fromEntries((await look(world, id)).steps.map(({ name, state }) => [name, state]));
}

/** Items that wait for a person: `step kind code`. */
export async function items(world: World, id: string): Promise<string[]> {
  return (await look(world, id)).items.map(({ step, kind, code }) => `${step} ${kind} ${code}`);
}

/** A person's act; returns the status. */
export async function act(world: World, path: string, body: JsonObject = {}): Promise<number> {
  return (await world.call(`/v1/${path}`, { body: { reason: 'asked for by a test', ...body } })).status;
}
