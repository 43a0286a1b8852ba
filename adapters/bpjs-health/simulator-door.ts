/** BPJS's gateway in the stand-in: it checks signature, time and keys, and seals what it answers. */
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { Context } from 'hono';
import lz from 'lz-string';
import type { JsonObject, JsonValue } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { object, pathOf } from './values.ts';

/** BPJS publishes no window; this is ours, in seconds. */
const SKEW_SECONDS = 300;

export type Service = 'vclaim' | 'antrean' | 'pcare';

export interface Door {
  /** Where a service stands. */
  root(service: Service): string;
  /** Where the bus's own profile stands, behind the same check. */
  own: string;
  /** A good answer, sealed for the second at which its request was signed. */
  sealed(c: Context, service: Service, response: JsonValue, told?: Told): Response;
  /** Anything else comes in the clear. */
  plain(c: Context, service: Service, told: Told, response?: JsonValue): Response;
  body(c: Context): Promise<JsonObject>;
  /** From now on answers are sealed with another key. */
  breakSeal(): void;
}

export interface Told {
  code: number;
  message: string;
}

const OWN = '/mpp/v1';
const OK: Told = { code: 200, message: 'OK' };

export function frontDoor({ app }: Harness, options: SimulatorOptions): Door {
  const { settings, now } = options;
  let sealedWith = settings['secretKey'] as string;
  const root = (service: Service): string => pathOf(service, { settings });
  for (const service of ['vclaim', 'antrean', 'pcare'] as const) {
    app.use(`${root(service)}/*`, async (c, next) => {
      const refusal = refusalOf(c, service, options);
      if (refusal === null) return next();
      return c.json(envelope(service, { code: 401, message: refusal }, null), 401);
    });
  }
  app.use(`${OWN}/*`, async (c, next) => {
    const message = refusalOf(c, 'vclaim', options);
    return message === null ? next() : c.json({ code: 'UNAUTHORIZED', message }, 401);
  });
  return {
    root,
    own: OWN,
    sealed(c, service, response, told = OK) {
      const timestamp = c.req.header('x-timestamp')!;
      const key = createHash('sha256')
        .update(`${settings['consId'] as string}${sealedWith}${timestamp}`)
        .digest();
      const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
      const folded = lz.compressToEncodedURIComponent(JSON.stringify(response));
      const text = Buffer.concat([cipher.update(folded, 'utf8'), cipher.final()]).toString('base64');
      return c.json(envelope(service, told, text));
    },
    plain: (c, service, told, response = null) => c.json(envelope(service, told, response)),
    async body(c) {
      return object(await c.req.json<JsonValue>().catch(() => null));
    },
    breakSeal: () => void (sealedWith = `${sealedWith}${now()}`),
  };
}

/** Each service has its own casing and its own type of code. */
function envelope(service: Service, { code, message }: Told, response: JsonValue): JsonObject {
  if (service === 'antrean') return { ...(response !== null && { response }), metadata: { message, code } };
  if (service === 'pcare') return { response, metaData: { message, code } };
  return { metaData: { code: String(code), message }, response };
}

/** Why a request is not let in, or null. */
function refusalOf(c: Context, service: Service, { settings, now }: SimulatorOptions): string | null {
  const header = (name: string): string => c.req.header(name) ?? '';
  const { consId, secretKey } = settings as Record<string, string>;
  const timestamp = header('x-timestamp');
  if (header('x-cons-id') !== consId) return 'X-cons-id is not known';
  if (!/^\d{9,10}$/.test(timestamp)) return 'X-timestamp is not in seconds';
  if (Math.abs(now() / 1000 - Number(timestamp)) > SKEW_SECONDS) return 'X-timestamp has expired';
  const signature = createHmac('sha256', secretKey!).update(`${consId}&${timestamp}`).digest('base64');
  if (header('x-signature') !== signature) return 'X-signature is wrong';
  if (header('user_key') !== (settings[`${service}UserKey`] ?? settings['userKey']))
    return 'user_key is wrong';
  return service === 'pcare' && !isUser(header('x-authorization'), settings)
    ? 'X-authorization is wrong'
    : null;
}

function isUser(shown: string, settings: JsonObject): boolean {
  const { pcareUsername, pcarePassword, pcareAppCode = '095' } = settings as Record<string, string>;
  const user = Buffer.from(`${pcareUsername}:${pcarePassword}:${pcareAppCode}`).toString('base64');
  return pcareUsername !== undefined && shown === `Basic ${user}`;
}
