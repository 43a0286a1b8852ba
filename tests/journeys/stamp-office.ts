/** An agency that can be told once and never asked: its adapter, its entry in the configuration, and its stand-in. */
import type { Adapter, Operation } from '../../src/adapter-kit/contract.ts';
import { simulator, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';

/** A second POST makes a second stamp, and nobody can ask which there are. */
const grantStamp: Operation<{ file: string }> = {
  title: { id: 'Bubuhkan stempel', en: 'Stamp a file' },
  effect: 'once',
  input: {
    type: 'object',
    required: ['file'],
    additionalProperties: false,
    properties: { file: { type: 'string' } },
  },
  output: {
    type: 'object',
    required: ['stamp'],
    additionalProperties: false,
    properties: { stamp: { type: 'string' } },
  },
  request: ({ file }, { key }) => ({
    method: 'POST',
    path: '/stamps',
    body: { json: { file, requestId: key } },
  }),
  reply(wire) {
    const stamp = (wire.body as { stamp?: unknown } | null)?.stamp;
    return wire.status === 200 && typeof stamp === 'string'
      ? { is: 'ok', output: { stamp } }
      : { is: 'unknown', code: 'BAD_RESPONSE' };
  },
};

export const stampOffice: Adapter = {
  name: 'stamp-office',
  version: '1.0.0',
  title: { id: 'Kantor Stempel', en: 'Stamp office' },
  settings: {
    type: 'object',
    required: ['baseUrl', 'password'],
    additionalProperties: false,
    properties: { baseUrl: { type: 'string' }, password: { type: 'string', writeOnly: true } },
  },
  signIn: {
    open: {
      request: ({ settings }) => ({
        method: 'POST',
        path: '/sign-in',
        body: { json: { password: settings['password']! } },
      }),
      reply: ({ body }) => ({
        token: String((body as { token?: unknown } | null)?.token),
        expiresInSeconds: 3600,
      }),
    },
    sign: (_message, { token }) => ({ authorization: `Bearer ${token}` }),
  },
  operations: { grantStamp },
};

export const STAMP_SERVICE = 'STEMPEL.BERKAS';

/** Its files for the configuration folder; the agency entry is added to `agencies.yaml`. */
export const stampConfig = {
  agency: {
    role: 'stamps',
    title: { id: 'Kantor Stempel', en: 'Stamp office' },
    regions: ['99.01'],
    adapter: 'stamp-office',
    major: 1,
    settings: { baseUrl: 'http://127.0.0.1:9804', password: 'secret://file/stamps-9901-password' },
    limits: { timeout: '8s' },
  },
  service: {
    code: STAMP_SERVICE,
    version: '1.0.0',
    title: { id: 'Stempel berkas', en: 'A stamp on a file' },
    agency: 'stamps',
    status: 'published',
    channels: ['direct'],
    regions: ['99.01'],
    form: { type: 'object', additionalProperties: false, properties: {} },
    legalBasis: 'publicTask',
  },
  route: {
    service: STAMP_SERVICE,
    version: '1.0.0',
    steps: { stamp: { call: 'stamps.grantStamp', pivot: true, with: { file: 'application.number' } } },
    result: { stamp: 'steps.stamp.output.stamp' },
  },
};

/** Its book counts each stamp by the request that it was made for. */
export const stampSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    let stamps = 0;
    const { app } = harness;
    app.post('/sign-in', (c) => c.json({ token: 'stamp-office-token' }));
    app.post('/stamps', async (c) => {
      const { requestId } = await c.req.json<{ requestId: string }>();
      stamps += 1;
      harness.enter('stamp', requestId);
      return c.json({ stamp: `STAMP-${stamps}` });
    });
    return {};
  });
