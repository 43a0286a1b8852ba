/** What agencies call at our side: byte cap, verification on the raw bytes, then `flow/receive`, answered in their format. */
import { Hono, type Context } from 'hono';
import type { Adapter, Hosted, HostedCall, HostedRequest } from '../adapter-kit/contract.ts';
import { signInOf } from '../adapter-kit/sign-in/index.ts';
import { tools } from '../adapter-kit/tools.ts';
import { within } from '../clock.ts';
import type { Agency } from '../domain/catalogue.ts';
import { render, type Answer } from '../flow/inbox.ts';
import { receive } from '../flow/receive.ts';
import { WireError } from '../wire/error.ts';
import { MOST_MESSAGE_BYTES, parseMessage } from '../wire/message.ts';
import { bodyBytes } from './body.ts';
import type { Edge, Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';

const TOKEN_SECONDS = 900;

interface Door {
  agency: Agency;
  adapter: Adapter;
  name: string;
  hosted: Hosted;
}

export function hostedRoutes(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.all('/:agency/*', async (c) => {
    const door = find(edge, c);
    const bytes = await bodyBytes(c, MOST_MESSAGE_BYTES);
    const answer = await inTime(edge, door, answerOf(edge, door, c, bytes));
    return c.body(answer.body, answer.status as 200, answer.headers);
  });
  return app;
}

/** An agency waits no longer: it is told to come again, and hears then what was decided meanwhile. */
const ANSWER_MS = 3_000;

async function inTime(
  { desk }: Edge,
  { agency, name, hosted }: Door,
  answering: Promise<Answer>,
): Promise<Answer> {
  let answer: Answer | undefined;
  const work = answering.then((done) => void (answer = done));
  await within(desk.clock, ANSWER_MS, work);
  if (answer) return answer;
  desk.log.warn('hosted.late', { agency: agency.id, hosted: name });
  const call = { settings: agency.settings, now: new Date(desk.clock.now()).toISOString(), tools };
  return render(await hosted.answer({ is: 'busy' }, call));
}

function find({ desk }: Edge, c: Context): Door {
  const id = c.req.param('agency');
  const agency = desk.catalogue().agencies.find((one) => one.id === id);
  const adapter = agency && desk.registry.adapter(`${agency.adapter}@${agency.major}`);
  const path = pathOf(c);
  const entries = Object.entries(adapter?.hosted ?? {}).filter(([, hosted]) => hosted.path === path);
  if (!agency || !adapter || entries.length === 0) throw notFound('address');
  const [name, hosted] = entries.find(([, one]) => (one.method ?? 'POST') === c.req.method) ?? [];
  if (name === undefined || hosted === undefined) {
    const allow = entries.map(([, one]) => one.method ?? 'POST').join(', ');
    throw new HttpProblem(405, 'method_not_allowed', `Use ${allow}`, { headers: { allow } });
  }
  return { agency, adapter, name, hosted };
}

/** The path as the agency sees it and signs it: below its own root, not decoded. */
function pathOf(c: Context): string {
  return new URL(c.req.url).pathname.replace(/^\/hosted\/[^/]+/, '');
}

async function answerOf(edge: Edge, door: Door, c: Context, bytes: Uint8Array): Promise<Answer> {
  const { desk } = edge;
  const { agency, name, hosted } = door;
  const call: HostedCall = {
    settings: agency.settings,
    now: new Date(desk.clock.now()).toISOString(),
    tools,
  };
  try {
    const reason = await verify(edge, door, c, bytes);
    if (reason !== null) {
      desk.log.warn('hosted.refused', {
        agency: agency.id,
        hosted: name,
        reason,
        requestId: c.get('requestId') as string,
      });
      return render(await hosted.answer({ is: 'badSignature', reason }, call));
    }
    const body = await parseMessage(c.req.header('content-type') ?? '', bytes);
    const request = {
      method: c.req.method,
      path: pathOf(c),
      query: c.req.query(),
      headers: c.req.header(),
      body,
    };
    if ('grants' in hosted) return await grant(edge, agency, hosted, request, call);
    return await receive(desk, { agency, name, hosted, request, bytes });
  } catch (error) {
    if (error instanceof WireError)
      return render(await hosted.answer({ is: 'badForm', reason: error.code }, call));
    // Not stored: the agency must hear "not now", and will say it again.
    desk.log.error('hosted.failed', { agency: agency.id, hosted: name, error });
    return render(await hosted.answer({ is: 'busy' }, call));
  }
}

/** Why the message is not the agency's, or null when it is: judged by the very bytes that came. */
async function verify(
  { desk }: Edge,
  { agency, adapter, hosted }: Door,
  c: Context,
  body: Uint8Array,
): Promise<string | null> {
  const { verify: proves } = signInOf(adapter);
  if (!proves) return 'this agency has no way to prove itself';
  const message = {
    method: c.req.method,
    path: pathOf(c) + new URL(c.req.url).search,
    headers: c.req.header(),
    body,
  };
  const shown = /^Bearer +(\S+)$/i.exec(message.headers['authorization'] ?? '')?.[1];
  const lives =
    shown !== undefined && (await desk.ledger.tokenLives(agency.id, desk.vault.index('token', shown)));
  const now = new Date(desk.clock.now()).toISOString();
  const proof = hosted.proof ?? 'default';
  return proves(message, proof, {
    settings: agency.settings,
    now,
    tryKey: '',
    tools,
    ...(lives && { token: shown }),
  });
}

/** The agency signs in: the token is minted here and known again by its keyed hash. */
async function grant(
  { desk }: Edge,
  agency: Agency,
  hosted: Extract<Hosted, { grants: 'bearer' }>,
  request: HostedRequest,
  call: HostedCall,
): Promise<Answer> {
  try {
    await hosted.read(request, call);
  } catch (error) {
    return render(await hosted.answer({ is: 'badForm', reason: (error as Error).message }, call));
  }
  const token = desk.clock.random(32).toString('base64url');
  await desk.ledger.grantToken(
    agency.id,
    desk.vault.index('token', token),
    desk.clock.now() + TOKEN_SECONDS * 1000,
  );
  return render(await hosted.answer({ is: 'granted', token, expiresInSeconds: TOKEN_SECONDS }, call));
}
