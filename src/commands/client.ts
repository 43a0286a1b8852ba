/** The API as the commands use it: one door over fetch that asks again when the bus says "not now". */
import { sleep, type Clock } from '../clock.ts';

export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  body: T;
}

/** The API refused; `message` is fit to print. */
export class ApiRefused extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  constructor(status: number, body: Record<string, unknown>) {
    const problems = (body['problems'] ?? []) as { pointer: string; code: string; detail: string }[];
    const lines = problems.map(({ pointer, code, detail }) => `  ${pointer || '/'} ${code}: ${detail}`);
    super([`${status} ${String(body['code'] ?? '')}: ${String(body['detail'] ?? 'no detail')}`, ...lines].join('\n'));
    this.status = status;
    this.body = body;
  }
}

export interface Client {
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  post<T = Record<string, unknown>>(path: string, body: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>;
  putBytes(path: string, bytes: Uint8Array): Promise<void>;
  bytes(path: string): Promise<Uint8Array>;
}

/** Tries of one request: the same one each time, so that repeating is safe (intake by its Idempotency-Key). */
const MOST_TRIES = 5;

export function makeClient(url: string, key: string, clock: Clock): Client {
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    for (let tries = 1; ; tries += 1) {
      const response = await attempt(url + path, key, init);
      const again = response === null || response.status === 503 || response.status === 429;
      if (!again || tries === MOST_TRIES) {
        if (response === null) throw new Error(`No bus answers at ${url}: is it running? (jembatan start)`);
        return response;
      }
      await sleep(clock, Math.max(200 * 2 ** tries, Number(response?.headers.get('retry-after') ?? 0) * 1000));
    }
  };
  const json = async <T>(path: string, init: RequestInit): Promise<ApiAnswer<T>> => {
    const response = await call(path, init);
    const body = (await response.json().catch(() => ({}))) as T;
    if (!response.ok) throw new ApiRefused(response.status, body as Record<string, unknown>);
    return { status: response.status, body };
  };
  return {
    get: async <T>(path: string) => (await json<T>(path, {})).body,
    post: (path, body, headers = {}) =>
      json(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    async putBytes(path, bytes) {
      await json(path, { method: 'PUT', body: new Uint8Array(bytes) });
    },
    async bytes(path) {
      const response = await call(path, {});
      if (!response.ok) throw new ApiRefused(response.status, (await response.json()) as Record<string, unknown>);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

async function attempt(url: string, key: string, init: RequestInit): Promise<Response | null> {
  try {
    return await fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` } });
  } catch {
    return null;
  }
}
