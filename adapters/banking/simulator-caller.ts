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
  const now = (): number => options.now();
  const secrets = settings['simulator'] as { privateKey?: string } | undefined;
  let token: { value: string; until: number } | null = null;
  let sent = 0;

  const stamp = (): string => jakarta(now());

  function signedByKey(text: string): string {
    if (!secrets?.privateKey) throw new Error('The bank needs settings.simulator.privateKey to call the bus');
    return createSign('RSA-SHA256').update(text).sign(secrets.privateKey, 'base64');
  }

  function externalId(): string {
    sent += 1;
    return `${now()}${String(sent).padStart(6, '0')}`;
  }

  async function signIn(): Promise<Answer | null> {
    if (token && token.until > now()) return null;
    const client = wordOf(settings['bankClientId']);
    const at = stamp();
    const signature = signedByKey(`${client}|${at}`);
    const headers = { 'X-TIMESTAMP': at, 'X-CLIENT-KEY': client, 'X-SIGNATURE': signature };
    const answer = await post(
      options,
      TOKEN_PATH,
      headers,
      JSON.stringify({ grantType: 'client_credentials' }),
    );
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
    const headers = {
      Authorization: `Bearer ${token!.value}`,
      'X-TIMESTAMP': at,
      'X-SIGNATURE': createHmac('sha512', wordOf(settings['hostedSecret'])).update(text).digest('base64'),
      'X-PARTNER-ID': wordOf(settings['partnerServiceId']),
      'X-EXTERNAL-ID': externalId(),
      'CHANNEL-ID': '95231',
    };
    return post(options, path, headers, body);
  }

  async function call(path: string, body: JsonObject): Promise<Answer> {
    const first = await once(path, body);
    if (first.status !== 401) return first;
    token = null;
    return once(path, body);
  }

  async function notify(path: string, content: JsonObject): Promise<Answer> {
    if (settings['notificationProof'] === 'symmetric') return call(path, content);
    const body = JSON.stringify(content, null, 2);
    // Milliseconds and Z, as one gateway's client writes it.
    const at = new Date(now()).toISOString();
    const headers = {
      'X-TIMESTAMP': at,
      'X-SIGNATURE': signedByKey(`POST:${path}:${hashOf(body)}:${at}`),
      'X-PARTNER-ID': wordOf(settings['partnerId']),
      'X-EXTERNAL-ID': externalId(),
      'CHANNEL-ID': '95231',
    };
    return post(options, path, headers, body);
  }

  return { stamp, call, notify };
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
