/** Applications over HTTP: read, list, search, withdraw and cancel. */
import { Hono, type Context } from 'hono';
import { endEarly } from '../desk/act.ts';
import { idOf, show, type Desk, type Shown } from '../desk/look.ts';
import { STATES, type ApplicationState } from '../domain/application.ts';
import { searchIndex } from '../flow/search-index.ts';
import { normalisePhone } from '../schema/formats.ts';
import { acted, actorOf } from './acts.ts';
import { checkedBody } from './body.ts';
import { SEARCH, type Search } from './body-schemas.ts';
import { need, reach, type Edge, type Env } from './edge.ts';
import { notFound } from './problem.ts';
import { ID, LIMIT, limitOf, pageOf, queryOf } from './query.ts';
import { applicationView, summaryView } from './views.ts';

/** Applications that the event of a search names. */
const MOST_TOLD = 20;
/** Most rows of a page. */
const MOST_ROWS = 200;

const FILTERS = {
  limit: LIMIT,
  cursor: ID,
  state: new RegExp(`^(?:${STATES.join('|')})$`),
  service: /^[A-Z0-9][A-Z0-9._-]{1,63}$/,
  site: /^MPP-\d{4}-\d{2}$/,
  attention: /^(?:true|false)$/,
};

export function applications({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/', async (c) => {
    need(c, 'applications:read');
    const { limit, cursor, state, service, site, attention } = queryOf(c, FILTERS);
    const most = limitOf(limit, 50, MOST_ROWS);
    const platform = reach(c);
    const found = await desk.ledger.list({
      ...(platform !== null && { platform }),
      ...(state !== undefined && { state: state as ApplicationState }),
      ...(service !== undefined && { service }),
      ...(site !== undefined && { site }),
      ...(cursor !== undefined && { after: cursor }),
      attention: attention === 'true',
      most,
    });
    const { rows, nextCursor } = pageOf(found, most);
    return c.json({ applications: rows.map(summaryView), nextCursor });
  });

  app.post('/search', async (c) => {
    const { key, platform } = need(c, 'applications:read');
    const [kind, value] = Object.entries(await checkedBody<Search>(c, SEARCH))[0] as [
      'nik' | 'phone' | 'clientReference',
      string,
    ];
    const index = searchIndex(desk, platform.id, kind, kind === 'phone' ? normalisePhone(value) : value);
    const rows = await desk.ledger.search(kind, index, platform.id, MOST_ROWS);
    // Who looked for a person, and whose applications he was shown: what was looked for is not kept.
    const data = {
      by: key.id,
      platform: platform.id,
      kind,
      found: rows.length,
      applications: rows.slice(0, MOST_TOLD).map(({ id }) => id),
    };
    await desk.ledger.appendEvents('bus', [{ type: 'go.mpp.search.made.v1', data }]);
    return c.json({ applications: rows.map(summaryView) });
  });

  app.get('/:id', async (c) => {
    need(c, 'applications:read');
    return c.json(applicationView(await theirs(c, desk), desk));
  });

  for (const [path, as] of [
    ['withdraw', 'withdrawn'],
    ['cancel', 'cancelled'],
  ] as const) {
    app.post(`/:id/${path}`, async (c) => {
      need(c, as === 'withdrawn' ? 'applications:submit' : 'operate');
      const { id } = (await theirs(c, desk)).view.application;
      acted(await endEarly(desk, id, as, await actorOf(c)));
      return c.json(applicationView(await theirs(c, desk), desk));
    });
  }
  return app;
}

/** The application of the path, by id or number; what belongs to another platform does not exist. */
async function theirs(c: Context<Env>, desk: Desk): Promise<Shown> {
  const id = await idOf(desk, c.req.param('id')!);
  const shown = id === undefined ? undefined : await show(desk, id, reach(c));
  if (!shown) throw notFound('application');
  return shown;
}

/** As `theirs`, for those who need no more than its row. */
export async function rowOfTheirs(c: Context<Env>, desk: Desk): Promise<Shown['view']['row']> {
  const id = await idOf(desk, c.req.param('id')!);
  const stored = id === undefined ? undefined : await desk.ledger.read(id);
  const platform = reach(c);
  if (!stored || (platform !== null && stored.application.platform !== platform))
    throw notFound('application');
  return stored.application;
}
