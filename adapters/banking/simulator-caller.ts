/** The bank as the caller of our side: signs in with its own key and asks (svc 24) and tells (25), or notifies by that key alone (52, 56). */
import { createHmac, createSign } from 'node:crypto';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { hashOf } from './simulator-door.ts';
import { jakarta } from './simulator-takings.ts';
import { wordOf } from './values.ts';

const TOKEN_PATH = '/v1.0/access-token/b2b';

/** What our side answered; status 0 when nothing came back. */
export interface Answer {
  status: number;
  body: JsonObject;
}

export interface BankCaller {
  call(path: string, body: JsonObject): Promise<Answer>;
  /** Signed asymmetrically without a token, or like any call where the settings say so. */
  notify(path: string, body: JsonObject): Promise<Answer>;
  /** The instant in Jakarta, 25 characters. */
  stamp(): string;
}

export function bankCaller(options: SimulatorOptions): BankCaller {
  const { settings } = options;
  const stamp = (): string => jakarta(options.now());
  const session = signedIn(options);
  let sent = 0;

  function addressed(at: string, signature: string, partner: string): Record<string, string> {
    sent += 1;
    return {
      'X-TIMESTAMP': at,
      'X-SIGNATURE': signature,
      'X-PARTNER-ID': wordOf(settings[partner]),
      'X-EXTERNAL-ID': `${options.now()}${String(sent).padStart(6, '0')}`,
      'CHANNEL-ID': '95231',
    };
  }

  async function once(path: string, content: JsonObject): Promise<Answer> {
    const token = await session.token();
    if (typeof token !== 'string') return token;
    const body = indented(content);
    const at = stamp();
    const text = `POST:${path}:${token}:${hashOf(body)}:${at}`;
    const signature = createHmac('sha512', wordOf(settings['hostedSecret'])).update(text).digest('base64');
    const headers = { Authorization: `Bearer ${token}`, ...addressed(at, signature, 'partnerServiceId') };
    return post(options, path, headers, body);
  }

  async function call(path: string, body: JsonObject): Promise<Answer> {
    const first = await once(path, body);
    if (first.status !== 401) return first;
    session.drop();
    return once(path, body);
  }

  async function notify(path: string, content: JsonObject): Promise<Answer> {
    if (settings['notificationProof'] === 'symmetric') return call(path, content);
    const body = indented(content);
    // Milliseconds and Z, as one gateway's client writes it.
    const at = new Date(options.now()).toISOString();
    const signature = signedByKey(options, `POST:${path}:${hashOf(body)}:${at}`);
    return post(options, path, addressed(at, signature, 'partnerId'), body);
  }

  return { stamp, call, notify };
}

/** Indented on purpose: our side has to minify what it received before it hashes. */
const indented = (content: JsonObject): string => JSON.stringify(content, null, 2);

function signedByKey({ settings }: SimulatorOptions, text: string): string {
  const { privateKey } = (settings['simulator'] ?? {}) as { privateKey?: string };
  if (!privateKey) throw new Error('The bank needs settings.simulator.privateKey to call the bus');
  return createSign('RSA-SHA256').update(text).sign(privateKey, 'base64');
}

interface Session {
  /** A token of our side that lives, or why there is none. */
  token(): Promise<string | Answer>;
  drop(): void;
}

function signedIn(options: SimulatorOptions): Session {
  let token: { value: string; until: number } | null = null;
  return {
    drop: () => void (token = null),
    async token() {
      if (token && token.until > options.now()) return token.value;
      const client = wordOf(options.settings['bankClientId']);
      const at = jakarta(options.now());
      const signature = signedByKey(options, `${client}|${at}`);
      const headers = { 'X-TIMESTAMP': at, 'X-CLIENT-KEY': client, 'X-SIGNATURE': signature };
      const body = JSON.stringify({ grantType: 'client_credentials' });
      const answer = await post(options, TOKEN_PATH, headers, body);
      if (answer.body['responseCode'] !== '2007300') return answer;
      const value = wordOf(answer.body['accessToken']);
      token = { value, until: options.now() + Number(answer.body['expiresIn']) * 1000 };
      return value;
    },
  };
}

async function post(
  options: SimulatorOptions,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  try {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
    const response = await options.send(path, init);
    return { status: response.status, body: (await response.json()) as JsonObject };
  } catch {
    return { status: 0, body: {} };
  }
}
