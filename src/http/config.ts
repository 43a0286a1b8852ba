/** The door to the configuration in force: read it anew, see who goes by it; stage, activate and roll back versions of routes. */
import { Hono, type Context } from 'hono';
import type { Configuration } from '../desk/configuration.ts';
import type { Refused } from '../desk/route-acts.ts';
import { isoTime } from '../flow/flow.ts';
import type { ConfigFinding } from '../flow/ports/config-source.ts';
import type { Problem } from '../schema/problems.ts';
import { actorOf } from './acts.ts';
import { checkedBody } from './body.ts';
import { AT_SITES, STAGE, type AtSites, type Stage } from './body-schemas-config.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';

export function configRoutes(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/reload', async (c) => {
    const configuration = administered(c, edge);
    const reloaded = await configuration.reload(await actorOf(c));
    if (reloaded.is === 'refused') throw wrong(reloaded.findings, 'configuration');
    return c.json(reloaded);
  });

  app.get('/processes', async (c) => {
    const { asked, processes } = await administered(c, edge).processes();
    return c.json({
      asked: asked ? { ...asked, at: isoTime(asked.at) } : null,
      processes: processes.map((one) => ({
        ...one,
        startedAt: isoTime(one.startedAt),
        seenAt: isoTime(one.seenAt),
        since: isoTime(one.since),
      })),
    });
  });

  app.get('/routes', async (c) => c.json({ routes: await administered(c, edge).routes.list() }));

  app.post('/routes', async (c) => {
    const { routes } = administered(c, edge);
    const { route, reason } = await checkedBody<Stage>(c, STAGE);
    const staged = await routes.stage(route, { by: c.get('caller').key.id, reason });
    if (staged.is !== 'staged') throw refused(staged);
    const { service, version } = staged;
    return c.json({ service, version }, 201);
  });

  app.get('/routes/:code/:version', async (c, next) => {
    const { code: service, version } = c.req.param();
    // That address is only posted to.
    if (version === 'rollback') return next();
    const found = await administered(c, edge).routes.read({ service, version });
    if (!found) throw notFound('version of this route');
    return c.json({ ...found, service, version });
  });

  app.post('/routes/:code/:version/activate', async (c) => {
    const { code: service, version } = c.req.param();
    const { routes } = administered(c, edge);
    const { sites, actor } = await atSites(c);
    const activated = await routes.activate({ service, version }, sites, actor);
    if (activated.is !== 'done') throw refused(activated);
    return c.json({ service, version, ...(sites && { sites }) });
  });

  app.post('/routes/:code/rollback', async (c) => {
    const { code: service } = c.req.param();
    const { routes } = administered(c, edge);
    const { sites, actor } = await atSites(c);
    const back = await routes.rollBack(service, sites, actor);
    if (back.is !== 'done') throw refused(back);
    return c.json({ service, version: back.version, ...(sites && { sites }) });
  });

  return app;
}

function administered(c: Context<Env>, { configuration }: Edge): Configuration {
  need(c, 'admin');
  if (configuration) return configuration;
  const detail = 'This bus was started on a configuration that it cannot read anew';
  throw new HttpProblem(409, 'not_reloadable', detail);
}

async function atSites(
  c: Context<Env>,
): Promise<{ sites: string[] | null; actor: { by: string; reason: string } }> {
  const { sites = null, reason } = await checkedBody<AtSites>(c, AT_SITES);
  return { sites, actor: { by: c.get('caller').key.id, reason } };
}

const WHY_NOT: Record<string, string> = {
  version_exists: 'There is a route of this version: a changed one has a number of its own',
  four_eyes: 'You staged it: another person has to activate it',
  unknown_site: 'One of these sites is not configured',
  already_active: 'This version is in force there',
  nothing_to_roll_back:
    'Nothing that was activated is in force there: the version before is the one of the files',
};

function refused(result: Refused): HttpProblem {
  if (result.is === 'wrong') return wrong(result.findings, 'route, as it would stand among the files');
  if (result.code === 'unknown_version') return notFound('staged version');
  return new HttpProblem(409, result.code, WHY_NOT[result.code] ?? 'This cannot be done now');
}

/** Every finding, as `jembatan check` prints it. */
function wrong(findings: ConfigFinding[], what: string): HttpProblem {
  const count = findings.length === 1 ? 'One thing is' : `${findings.length} things are`;
  const detail = `${count} wrong with the ${what}: what was in force stays in force`;
  return new HttpProblem(422, 'config_invalid', detail, { problems: findings.map(problemOf) });
}

function problemOf({ code, file, line, pointer, message, fix }: ConfigFinding): Problem {
  const place = line === 0 ? file : `${file}:${line}`;
  return { pointer, code, detail: `${place}: ${message}. ${fix}.` };
}
