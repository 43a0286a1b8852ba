/** The door to the configuration in force: read it anew. */
import { Hono, type Context } from 'hono';
import type { Configuration } from '../desk/configuration.ts';
import type { ConfigFinding } from '../flow/ports/config-source.ts';
import type { Problem } from '../schema/problems.ts';
import { actorOf } from './acts.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem } from './problem.ts';

export function configRoutes(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/reload', async (c) => {
    const configuration = administered(c, edge);
    const reloaded = await configuration.reload(await actorOf(c));
    if (reloaded.is === 'refused') throw wrong(reloaded.findings, 'configuration');
    return c.json(reloaded);
  });

  return app;
}

export function administered(c: Context<Env>, { configuration }: Edge): Configuration {
  need(c, 'admin');
  if (configuration) return configuration;
  throw new HttpProblem(
    409,
    'not_reloadable',
    'This bus was started on a configuration that it cannot read anew',
  );
}

/** Every finding, as `jembatan check` prints it. */
export function wrong(findings: ConfigFinding[], what: string): HttpProblem {
  const count = findings.length === 1 ? 'One thing is' : `${findings.length} things are`;
  const detail = `${count} wrong with the ${what}: what was in force stays in force`;
  return new HttpProblem(422, 'config_invalid', detail, { problems: findings.map(problemOf) });
}

function problemOf({ code, file, line, pointer, message, fix }: ConfigFinding): Problem {
  const place = line === 0 ? file : `${file}:${line}`;
  return { pointer, code, detail: `${place}: ${message}. ${fix}.` };
}
