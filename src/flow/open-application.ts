/** An agency's message that brings a new application: taken in by `flow/intake`, message and answer committed with it. */
import type { HostedCall, HostedMessage } from '../adapter-kit/contract.ts';
import type { Agency } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Problem } from '../schema/problems.ts';
import type { Flow } from './flow.ts';
import { dayKey, inboxRow, render, type Answer, type Marks, type Received } from './inbox.ts';
import { intake, refuse, type Brought, type Intake, type Submission } from './intake.ts';
import { contradiction, notOpened } from './kept-apart.ts';
import { readApplication } from './submission.ts';

/** What the message is to open. */
export interface Opening {
  service: string;
  application: JsonObject;
}

/** Null when another message of its id came between reading and storing. */
export async function openApplication(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  marks: Marks,
  { service, application }: Opening,
): Promise<Answer | null> {
  const { agency, hosted } = received;
  const catalogue = flow.catalogue();
  const platform = catalogue.platforms.find(({ id }) => id === agency.opensFor);
  if (!platform)
    throw new Error(`${agency.id} brings an application, and no platform is named that it is for`);
  const clientReference = referenceOf(agency, message, marks);
  const submitted = { ...application, serviceCode: service, clientReference };
  const read = readApplication(catalogue, platform, submitted);
  if ('problems' in read) return notOpened(flow, received, message, call, marks, read.problems);
  const submission: Submission = {
    ...{ platform: platform.id, sandbox: platform.sandbox },
    body: read.body as unknown as JsonObject,
  };
  let answer: Answer | null = null;
  const brought: Brought = {
    agency: agency.id,
    async inbox({ id, number, key }) {
      answer = render(await hosted.answer({ is: 'opened', message, number }, call));
      const keep = { state: 'applied' as const, answer, key, owner: id, applicationId: id };
      return inboxRow(flow, received, message, marks, keep);
    },
  };
  const late = read.late.length > 0;
  const result = late ? await refuse(flow, submission, read.late) : await intake(flow, submission, brought);
  switch (result.is) {
    case 'accepted':
      flow.log.info('news.opened', { agency: agency.id, hosted: received.name, applicationId: result.id });
      return answer;
    case 'known':
      return null;
    case 'repeat':
      return again(flow, received, message, call, marks, result);
    case 'refused':
      return notOpened(flow, received, message, call, marks, result.problems);
    case 'duplicateOpen':
      return notOpened(flow, received, message, call, marks, [DUPLICATE]);
    default:
      return contradiction(flow, received, message, call, marks);
  }
}

const DUPLICATE: Problem = {
  pointer: '/applicant',
  code: 'duplicate_open',
  detail: 'Another application of this person for the same service is open',
};

/**
 * It was opened before. The message stands beside its application, for one commit stored both: then the answer that it
 * got is given again. Where it does not (the ledger's inbox was emptied), the application is named anew.
 */
async function again(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  marks: Marks,
  { id, number }: Extract<Intake, { is: 'repeat' | 'accepted' }>,
): Promise<Answer | null> {
  const answer = render(await received.hosted.answer({ is: 'opened', message, number }, call));
  const keep = { state: 'applied' as const, answer, ...(await dayKey(flow, received.agency)) };
  const row = inboxRow(flow, received, message, marks, { ...keep, applicationId: id });
  return (await flow.ledger.keepNews(row)) ? answer : null;
}

const REFERENCE = /^[A-Za-z0-9._:/-]{1,64}$/;
/** With a digest of 22 characters behind it, it is no longer than a reference may be. */
const MOST_OF_ID = 40;

/** The second lock, for life: the same message opens the same application, whatever else has been forgotten. */
function referenceOf({ id }: Agency, message: HostedMessage, marks: Marks): string {
  const plain = `${id}:${message.id}`;
  return REFERENCE.test(plain) ? plain : `${id.slice(0, MOST_OF_ID)}:${marks.id}`;
}
