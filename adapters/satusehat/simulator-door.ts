/** SATUSEHAT's front door in the stand-in: it grants tokens that end, and lets nobody in without one. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';

/** Seconds that a token lives. */
const LIFE_SECONDS = 3599;

export interface Door {
  /** Ends every token that was granted. */
  expire(): void;
}

/** Error answers are OperationOutcomes, whatever the status. */
export function outcome(c: Context, status: 400 | 401 | 403 | 404, code: string, words: string): Response {
  const issue = [{ severity: 'error', code, details: { text: words } }];
  return c.json({ resourceType: 'OperationOutcome', issue }, status);
}

export function frontDoor({ app }: Harness, { settings, now }: SimulatorOptions): Door {
  const ends = new Map<string, number>();
  app.post('/oauth2/v1/accesstoken', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const known =
      c.req.query('grant_type') === 'client_credentials' &&
      form.get('client_id') === settings['clientId'] &&
      form.get('client_secret') === settings['clientSecret'];
    if (!known) return outcome(c, 401, 'invalid', 'Invalid client credential');
    const token = `contoh-token-${ends.size + 1}`;
    ends.set(token, now() + LIFE_SECONDS * 1000);
    return c.json(granted(token, form.get('client_id')!, now()));
  });
  const guard = async (c: Context, next: () => Promise<void>): Promise<Response | void> => {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
    if (now() >= (ends.get(token) ?? 0))
      return outcome(c, 401, 'invalid-access-token', 'Invalid access token');
    return next();
  };
  app.use('/fhir-r4/*', guard);
  app.use('/consent/*', guard);
  return { expire: () => ends.clear() };
}

/** Every value is a string, as the gateway writes it. */
function granted(token: string, clientId: string, now: number): JsonObject {
  return {
    refresh_token_expires_in: '0',
    api_product_list: '[api-sandbox]',
    api_product_list_json: ['api-sandbox'],
    organization_name: 'ihs-contoh',
    'developer.email': 'contoh@example.go.id',
    token_type: 'BearerToken',
    issued_at: String(now),
    client_id: clientId,
    access_token: token,
    application_name: 'contoh',
    scope: '',
    expires_in: String(LIFE_SECONDS),
    refresh_count: '0',
    status: 'approved',
  };
}
