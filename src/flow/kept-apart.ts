/** Messages of agencies that change nothing: kept as proof beside the one of their id, answered, and told of once. */
import type { HostedCall, HostedMessage } from '../adapter-kit/contract.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Problem } from '../schema/problems.ts';
import type { Flow } from './flow.ts';
import { dayKey, inboxRow, render, type Answer, type Marks, type Received } from './inbox.ts';
import type { InboxRow } from './ports/ledger.ts';

interface Apart {
  /** It stands under an id of its own: another message of its id may come. */
  id: string;
  content: string;
  state: InboxRow['state'];
  answer: Answer;
  type: string;
  data: JsonObject;
}

async function keepApart(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  { id, content, state, answer, type, data }: Apart,
): Promise<void> {
  const { agency, name } = received;
  const { key, owner } = await dayKey(flow, agency);
  const marks = { id: flow.vault.index('message', id), content };
  const first = await flow.ledger.keepNews(
    inboxRow(flow, received, message, marks, { state, answer, key, owner }),
  );
  if (!first) return;
  await flow.ledger.appendEvents(`agency:${agency.id}`, [
    { type, data: { hosted: name, message: marks.id, ...data } },
  ]);
}

/** The same id with another content: both are kept, nothing is applied. */
export async function contradiction(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  { id, content }: Marks,
): Promise<Answer> {
  const answer = render(await received.hosted.answer({ is: 'conflict', message }, call));
  await keepApart(flow, received, message, {
    ...{ id: `${id} ${content}`, content, state: 'conflict', answer, data: {} },
    type: 'go.mpp.connector.contradiction.v1',
  });
  return answer;
}

/** More of them are in the answer to the agency; an event holds what a person reads at a glance. */
const MOST_TOLD = 20;

/** What it brings is no application of ours: the agency is told what is wrong, and the mended message may have its id. */
export async function notOpened(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  { id, content }: Marks,
  found: Problem[],
): Promise<Answer> {
  const problems = found.map(({ pointer, code }) => ({ pointer, code }));
  const answer = render(await received.hosted.answer({ is: 'notOpened', message, problems }, call));
  flow.log.warn('news.notOpened', {
    agency: received.agency.id,
    hosted: received.name,
    problems: problems.slice(0, MOST_TOLD).map(({ pointer, code }) => `${pointer} ${code}`),
  });
  await keepApart(flow, received, message, {
    ...{ id: `${id} ${content} not opened`, content, state: 'answered', answer },
    ...{ type: 'go.mpp.connector.notOpened.v1', data: { problems: problems.slice(0, MOST_TOLD) } },
  });
  return answer;
}
