/** The bank's counter: every transaction goes through the door, is parsed, answered, and sometimes answered otherwise. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness } from '../../src/adapter-kit/simulator.ts';
import { responseCases } from './response-codes.ts';
import type { Door } from './simulator-door.ts';

/** HTTP status / case, and what else the body holds. */
export type Answer = readonly [key: string, body?: JsonObject];

export type Serve = (
  service: string,
  method: string,
  path: string,
  answer: (body: JsonObject) => Answer | Promise<Answer>,
) => void;

export interface Counter {
  serve: Serve;
  /** The next `times` requests to a path that contains `match` are done as ever and answered with `key`. */
  answerInstead(match: string, key: string, times: number): void;
  /** How token requests named their grant. */
  grants(): JsonObject;
}

export function counter(harness: Harness, door: Door): Counter {
  const instead: { match: string; key: string; times: number }[] = [];
  const grants: Record<string, number> = { grantType: 0, grant_type: 0 };
  grantTokens(harness, door, grants);
  const overridden = (path: string): string | undefined => {
    const found = instead.find(({ match, times }) => times > 0 && path.includes(match));
    if (found) found.times -= 1;
    return found?.key;
  };
  return {
    answerInstead: (match, key, times) => void instead.push({ match, key, times }),
    grants: () => ({ ...grants }),
    serve(service, method, path, answer) {
      harness.app.on(method, `/v1.0/${path}`, async (c) => {
        const raw = await c.req.text();
        const refusal = door.refusal(c, raw);
        if (refusal) return reply(c, service, [refusal[0]], refusal[1]);
        try {
          const asked = method === 'GET' ? c.req.query() : (JSON.parse(raw) as JsonObject);
          const given = await answer(asked);
          const other = overridden(path);
          return reply(c, service, other === undefined ? given : [other]);
        } catch {
          return reply(c, service, ['400/00']);
        }
      });
    },
  };
}

function grantTokens(harness: Harness, door: Door, grants: Record<string, number>): void {
  harness.app.post('/v1.0/access-token/b2b', async (c) => {
    const body = await c.req.json<JsonObject>().catch((): JsonObject => ({}));
    const form = body['grantType'] === undefined ? 'grant_type' : 'grantType';
    if (body[form] !== 'client_credentials') return reply(c, '73', ['400/00']);
    grants[form]! += 1;
    const granted = door.grant(c);
    if ('refusal' in granted) return reply(c, '73', [granted.refusal[0]], granted.refusal[1]);
    const { token: accessToken, expiresIn } = granted;
    return reply(c, '73', ['200/00', { accessToken, tokenType: 'Bearer', expiresIn }]);
  });
}

/** `{responseCode, responseMessage, …}` (ASPI SNAP BI 1.8), with the HTTP status of the code. */
function reply(c: Context, service: string, [key, more]: Answer, detail = ''): Response {
  const responseMessage = responseCases[key]!.words + (detail && ` [${detail}]`);
  const body = { responseCode: key.replace('/', service), responseMessage, ...more };
  return c.json(body, Number(key.slice(0, 3)) as 200);
}
