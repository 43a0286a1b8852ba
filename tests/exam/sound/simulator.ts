/** The permit office's stand-in: its own tokens, one permit for each requestId, news of each. */
import { simulator, type Leaves, type MakeSimulator } from '../../../src/adapter-kit/simulator.ts';

const TOKEN_MS = 900_000;

interface Permit {
  permitNo: string;
  requestId: string;
  state: 'TAKEN' | 'ISSUED' | 'WITHDRAWN';
}

export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, ({ app, enter }) => {
    const permits = new Map<string, Permit>();
    let tokens = 0;
    let live = { value: '', until: 0 };
    let letters = 0;

    app.post('/token', async (c) => {
      const { secret } = await c.req.json<{ secret: string }>();
      if (secret !== options.settings['clientSecret']) return c.json({ code: 'NO_ENTRY' }, 401);
      // A new token ends the one before.
      live = { value: `office-token-${(tokens += 1)}`, until: options.now() + TOKEN_MS };
      return c.json({ token: live.value, expiresIn: TOKEN_MS / 1000 });
    });
    app.use('*', async (c, next) => {
      const shown = c.req.header('authorization');
      if (shown !== `Bearer ${live.value}` || live.until <= options.now())
        return c.json({ code: 'NO_ENTRY' }, 401);
      return next();
    });
    app.post('/permits', async (c) => {
      const { requestId, holder } = await c.req.json<{ requestId: string; holder: { nik: string } }>();
      if (holder.nik.endsWith('9913')) return c.json({ code: 'NIK_UNKNOWN' }, 422);
      const known = permits.get(requestId);
      if (known) return c.json({ code: 'OK', ...known });
      const permit: Permit = { permitNo: `P-${permits.size + 1}`, requestId, state: 'TAKEN' };
      permits.set(requestId, permit);
      enter('permit', requestId);
      options.after(200, () => {
        if (permit.state === 'TAKEN') permit.state = 'ISSUED';
        const headers = {
          'content-type': 'application/json',
          'x-office': options.settings['clientSecret'] as string,
        };
        const body = JSON.stringify({ eventId: `E-${permit.permitNo}`, ...permit });
        void options.send('/news', { method: 'POST', headers, body });
      });
      return c.json({ code: 'OK', ...permit }, 201);
    });
    app.get('/permits', (c) => {
      const known = permits.get(c.req.query('requestId') ?? '');
      return known ? c.json({ code: 'OK', ...known }) : c.json({ code: 'NO_SUCH_REQUEST' }, 404);
    });
    app.delete('/permits', (c) => {
      const known = permits.get(c.req.query('requestId') ?? '');
      if (!known) return c.json({ code: 'NO_SUCH_REQUEST' }, 404);
      if (known.state !== 'WITHDRAWN') enter('permitWithdrawn', known.requestId);
      known.state = 'WITHDRAWN';
      return c.json({ code: 'OK', ...known });
    });
    app.post('/persons', async (c) => {
      const { nik } = await c.req.json<{ nik: string }>();
      return c.json({ code: 'OK', known: !nik.endsWith('9913') });
    });
    app.post('/letters', async (c) => {
      const form = await c.req.parseBody();
      enter('letter', String(form['ours']));
      return c.json({ code: 'OK', letterNo: `L-${(letters += 1)}` });
    });
    return {};
  });

export const leaves: Leaves = { registerPermit: 'permit', sendLetter: 'letter' };
