/** The door of the stand-in: tokens for client credentials, maintenance, and the search for participants. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';

const TOKEN_SECONDS = 300;

export type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function door({ app }: Harness, options: SimulatorOptions): Acts {
  const { clientId, clientSecret } = options.settings as { clientId: string; clientSecret: string };
  const tokens = new Map<string, number>();
  let closed = false;
  app.post('/employment/v1/token', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const expected = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
    if (c.req.header('authorization') !== expected) return c.json({ error: 'invalid_client' }, 401);
    if (form.get('grant_type') !== 'client_credentials')
      return c.json({ error: 'unsupported_grant_type' }, 400);
    const token = `token-${options.now()}-${tokens.size + 1}`;
    tokens.set(token, options.now() + TOKEN_SECONDS * 1000);
    return c.json({ access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS });
  });
  app.use('/employment/*', async (c, next) => {
    const shown = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
    if ((tokens.get(shown) ?? 0) <= options.now()) return c.json({ code: '40' }, 401);
    if (closed) return c.json({ code: '90', message: 'Pemeliharaan' });
    return next();
  });
  app.post('/employment/v1/participants/search', async (c) => {
    const { nik, kpj } = await c.req.json<JsonObject>();
    if (typeof nik !== 'string') return c.json({ code: '20' }, 400);
    const serial = nik.slice(-4);
    if (serial === '9923') return c.json({ code: '21' });
    if (serial === '9926') return c.json({ code: '14', message: 'Data tidak ditemukan' });
    const number = kpj ?? numberOf(nik);
    const state = serial === '9927' ? 'N' : 'A';
    const data = { kpj: number, state, programmes: ['JKK', 'JKM'], paidUntil: '31-12-2026' };
    return c.json({ code: '00', data });
  });
  return {
    async maintenance({ enabled }) {
      closed = enabled === true;
      return {};
    },
    async expireTokens() {
      tokens.clear();
      return {};
    },
  };
}

/** KPJ: 11 digits, here of the NIK's last ones. */
export function numberOf(nik: string): string {
  return `99${nik.slice(-9)}`;
}
