/** The bank as the caller of our side: signs in with its own key, then asks (svc 24) and tells (svc 25). */
import { createHmac, createSign } from 'node:crypto';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { hashOf } from './simulator-door.ts';
import { wordOf } from './virtual-account.ts';

const TOKEN_PATH = '/v1.0/access-token/b2b';
const JAKARTA_MS = 7 * 3_600_000;

/** What our side answered; status 0 when nothing came back. */
export interface Answer {
  status: number;
  body: JsonObject;
}

export interface Caller {
  call(path: string, body: JsonObject): Promise<Answer>;
  /** The instant in Jakarta, 25 characters. */
  stamp(): string;
}

export function bankCaller(options: SimulatorOptions): Caller {
  const { settings } = options;
  const now = (): number => options.now();
  const secrets = settings['simulator'] as { privateKey?: string } | undefined;
  let token: { value: string; until: number } | null = null;
  let sent = 0;

  const stamp = (): string => `${new Date(now() + JAKARTA_MS).toISOString().slice(0, 19)}+07:00`;

  async function post(path: string, headers: Record<string, string>, body: string): Promise<Answer> {
    try {
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
      const response = await options.send(path, init);
      return { status: response.status, body: (await response.json()) as JsonObject };
    } catch {
      return { status: 0, body: {} };
    }
  }

  async function signIn(): Promise<Answer | null> {
    if (token && token.until > now()) return null;
    const client = wordOf(settings['bankClientId']);
    const at = stamp();
    if (!secrets?.privateKey) throw new Error('The bank needs settings.simulator.privateKey to call the bus');
    const signature = createSign('RSA-SHA256').update(`${client}|${at}`).sign(secrets.privateKey, 'base64');
    const headers = { 'X-TIMESTAMP': at, 'X-CLIENT-KEY': client, 'X-SIGNATURE': signature };
    const answer = await post(TOKEN_PATH, headers, JSON.stringify({ grantType: 'client_credentials' }));
    if (answer.body['responseCode'] !== '2007300') return answer;
    token = {
      value: wordOf(answer.body['accessToken']),
      until: now() + Number(answer.body['expiresIn']) * 1000,
    };
    return null;
  }

  async function once(path: string, content: JsonObject): Promise<Answer> {
    const refused = await signIn();
    if (refused) return refused;
    // Indented on purpose: our side has to minify what it received before it hashes.
    const body = JSON.stringify(content, null, 2);
    const at = stamp();
    const text = `POST:${path}:${token!.value}:${hashOf(body)}:${at}`;
    sent += 1;
    const headers = {
      Authorization: `Bearer ${token!.value}`,
      'X-TIMESTAMP': at,
      'X-SIGNATURE': createHmac('sha512', wordOf(settings['hostedSecret'])).update(text).digest('base64'),
      'X-PARTNER-ID': wordOf(settings['partnerServiceId']),
      'X-EXTERNAL-ID': `${now()}${String(sent).padStart(6, '0')}`,
      'CHANNEL-ID': '95231',
    };
    return post(path, headers, body);
  }

  return {
    stamp,
    async call(path, body) {
      const first = await once(path, body);
      if (first.status !== 401) return first;
      token = null;
      return once(path, body);
    },
  };
}
