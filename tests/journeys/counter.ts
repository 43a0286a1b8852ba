/** A mall's counter: synthetic people, their applications, and a client that asks again under the same key. */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { vi } from 'vitest';
import { ROOT } from './bus-process.ts';
import { STAMP_SERVICE } from './stamp-office.ts';
import type { Mall } from './mall.ts';

const PATIENCE_MS = 60_000;
const EXAMPLES = ['02-kk-hilang-kios.json', '07-skck-loket.json', '12-siap-kerja-loket.json'];

export interface Ask {
  clientReference: string;
  application: Record<string, unknown>;
  documents: Buffer[];
  /** Personal values that must never leave the sealed world. */
  canaries: string[];
}

export interface Shown {
  id: string;
  state: string;
  clientReference: string;
  steps: {
    name: string;
    operation: string;
    state: string;
    code: string | null;
    attempts: number;
    output?: Record<string, unknown>;
    history: { kind: string; outcome: string | null; code: string | null; endedAt: string | null }[];
  }[];
  items: { step: string; kind: string; code: string }[];
}

/** An application for the stamp office. */
export async function stampAsk(n: number): Promise<Ask> {
  const { application, ...ask } = await askOf(n, 1);
  return {
    ...ask,
    application: { ...application, serviceCode: STAMP_SERVICE, formData: {}, documents: [] },
    documents: [],
  };
}

interface Example {
  applicant: Record<string, unknown>;
  documents: { fileName: string; sizeBytes: number; sha256: string }[];
}

/** The n-th application: the three services in turn, each of a person of its own. */
export async function askOf(n: number, service = n % 3): Promise<Ask> {
  const example = JSON.parse(await readFile(`${ROOT}examples/${EXAMPLES[service]}`, 'utf8')) as Example;
  const person = personOf(n);
  const clientReference = `JOURNEY-${String(n).padStart(6, '0')}`;
  const documents: Buffer[] = [];
  for (const document of example.documents) {
    // A tail after the picture's end makes each file one of its own.
    const bytes = Buffer.concat([
      await readFile(`${ROOT}examples/${document.fileName}`),
      Buffer.from(`${clientReference} ${document.fileName}`),
    ]);
    Object.assign(document, { sizeBytes: bytes.length, sha256: hash('sha256', bytes, 'hex') });
    documents.push(bytes);
  }
  const applicant = { ...example.applicant, ...person };
  const canaries = [person.nik, person.fullName, person.phone, clientReference];
  return { clientReference, application: { ...example, applicant, clientReference }, documents, canaries };
}

/** Province 99 and serial 9999 are nobody's; birth dates tell the people apart. */
function personOf(n: number): { nik: string; fullName: string; phone: string; birthDate: string } {
  const [day, month, year] = [1 + (n % 28), 1 + (Math.floor(n / 28) % 12), 90].map((part) =>
    String(part).padStart(2, '0'),
  );
  const letters = String(n)
    .padStart(3, '0')
    .replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
  return {
    nik: `990101${day}${month}${year}9999`,
    fullName: `Kanari K${letters}`,
    phone: `+62800000${String(10_000 + n)}`,
    birthDate: `19${year}-${month}-${day}`,
  };
}

export interface Counter {
  /** Every 2xx to a submission: reference → ids. */
  acknowledged: Map<string, string[]>;
  /** Uploads and submits, again and again until the bus takes it; the id. */
  submit(ask: Ask): Promise<string>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  all(ids: Iterable<string>): Promise<Shown[]>;
}

export function counterOf(mall: Mall): Counter {
  const acknowledged = new Map<string, string[]>();
  const patiently = (path: string, init: RequestInit): Promise<Response> =>
    vi.waitUntil(() => attempt(mall, path, init), { timeout: PATIENCE_MS, interval: 50 });
  const json = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await patiently(path, init);
    const body = (await response.json()) as T;
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  const post = <T>(path: string, body: unknown, headers = {}): Promise<T> =>
    json(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return {
    acknowledged,
    get: (path) => json(path, {}),
    post,
    all: (ids) => Promise.all([...ids].map((id) => json<Shown>(`/v1/applications/${id}`, {}))),
    async submit({ clientReference, application, documents }) {
      for (const bytes of documents) {
        await json(`/v1/documents/${hash('sha256', bytes, 'hex')}`, {
          method: 'PUT',
          body: new Uint8Array(bytes),
        });
      }
      const { id } = await post<{ id: string }>('/v1/applications', application, {
        'idempotency-key': `key-${clientReference}`,
      });
      acknowledged.set(clientReference, [...(acknowledged.get(clientReference) ?? []), id]);
      return id;
    },
  };
}

/** False when nobody answers or the bus says "not now": the same request may be sent again. */
async function attempt({ bus, key }: Mall, path: string, init: RequestInit): Promise<Response | false> {
  try {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` };
    const response = await fetch(bus.url + path, { ...init, headers, signal: AbortSignal.timeout(10_000) });
    if (response.status >= 500) return false;
    // Read whole here: a bus that dies in the middle of its answer has not answered.
    return new Response(await response.arrayBuffer(), { status: response.status });
  } catch {
    return false;
  }
}

const FINAL = new Set(['completed', 'partiallyCompleted', 'rejected', 'withdrawn', 'cancelled', 'expired']);

/** Ended, or waiting for a person by name. */
export const isSettled = ({ state, items }: Pick<Shown, 'state' | 'items'>): boolean =>
  FINAL.has(state) || items.length > 0;
