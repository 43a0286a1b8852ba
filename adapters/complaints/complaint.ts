/** Forwarding a complaint to SP4N-LAPOR, and handing one back that is not ours to answer. */
import type {
  Call,
  JsonObject,
  JsonValue,
  Operation,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { failureOfOnce, inner, isTaken } from './answers.ts';
import forwardInput from './schemas/forwardComplaint.input.json' with { type: 'json' };
import forwardOutput from './schemas/forwardComplaint.output.json' with { type: 'json' };
import rejectInput from './schemas/rejectComplaint.input.json' with { type: 'json' };
import rejectOutput from './schemas/rejectComplaint.output.json' with { type: 'json' };
import { object, objects, text } from './values.ts';

interface Complaint {
  title: string;
  content: string;
  classification: 'complaint' | 'aspiration' | 'informationRequest';
  regionCode?: string;
  incidentDate?: string;
  categoryId?: number;
  institutionId?: number;
  dispositionNote?: string;
  isAnonymous: boolean;
  isSecret: boolean;
  isPriority?: boolean;
  attachmentIds?: number[];
  dispositionAttachmentIds?: number[];
}

/** The whole country, where LAPOR's number of the region is not in the settings. */
const NATIONAL = 34;

/** The longest code in the settings that the region lies in. */
function locationOf(region: string | undefined, settings: JsonObject): number {
  const within = objects(settings['locations'])
    .filter(({ regionCode }) => `${region}.`.startsWith(`${text(regionCode)}.`))
    .toSorted((one, other) => text(other['regionCode']).length - text(one['regionCode']).length);
  return Number(within[0]?.['locationId'] ?? NATIONAL);
}

/** LAPOR wants its lists as text. */
const idList = (ids: number[] | undefined): string | null => (ids ? JSON.stringify(ids) : null);

/** Under the agency's own account: name, number and address of who complains are not sent. */
function complaintOf(input: Complaint, call: Call): JsonObject {
  const { settings } = call;
  const orNull = (value: JsonValue | undefined): JsonValue => value ?? null;
  const institution = orNull(input.institutionId ?? settings['institutionId']);
  return {
    title: input.title,
    content: input.content,
    channel: settings['channel']!,
    is_new_user_slider: false,
    user_id: settings['userId']!,
    is_disposisi_slider: institution !== null,
    classification_id: orNull(object(settings['classificationIds'])[input.classification]),
    disposition_id: institution,
    category_id: orNull(input.categoryId ?? settings['categoryId']),
    priority_program_id: null,
    location_id: locationOf(input.regionCode, settings),
    community_id: null,
    date_of_incident: input.incidentDate?.split('-').toReversed().join('/') ?? null,
    copy_externals: null,
    info_disposition: orNull(input.dispositionNote),
    info_attachments: idList(input.dispositionAttachmentIds),
    tags_raw: tagOf(call),
    is_approval: true,
    is_anonymous: input.isAnonymous,
    is_secret: input.isSecret,
    is_priority: input.isPriority ?? false,
    attachments: idList(input.attachmentIds),
  };
}

/** By this a person finds the complaint at LAPOR after a lost answer: no way to ask for it is published. */
const tagOf = ({ key }: Call): string => `#jembatan${key}`;

function forwardReply(wire: WireReply, _input: Complaint, call: Call): Outcome {
  const ticket = inner(wire)
    .map((one) => text(one['complaint_id']))
    .find((id) => /^[A-Za-z0-9-]{1,40}$/.test(id));
  if (ticket === undefined || !isTaken(wire)) return failureOfOnce(wire, call);
  return { is: 'ok', output: { ticket, tag: tagOf(call) } };
}

/** LAPOR takes no key of ours, and publishes no search: what may have been sent is for a person to look up. */
export const forwardComplaint = {
  title: { id: 'Teruskan pengaduan ke SP4N-LAPOR', en: 'Forward a complaint to SP4N-LAPOR' },
  effect: 'once',
  input: forwardInput,
  output: forwardOutput,
  request: (input, call) => ({
    method: 'POST',
    path: '/complaints/complaint',
    headers: { 'x-request-id': call.key },
    body: { json: complaintOf(input, call) },
  }),
  reply: forwardReply,
} satisfies Operation<Complaint>;

interface Rejection {
  ticket: string;
  reason: string;
  description: string;
  isOurs?: boolean;
}

export const rejectComplaint = {
  title: { id: 'Kembalikan pengaduan', en: 'Hand a complaint back' },
  effect: 'once',
  input: rejectInput,
  output: rejectOutput,
  request: ({ ticket, reason, description, isOurs }, call) => ({
    method: 'POST',
    path: `/complaints/process/${encodeURIComponent(ticket)}/reject`,
    headers: { 'x-request-id': call.key },
    body: {
      json: { is_request: 1, reason, reason_description: description, not_authority: isOurs ? 0 : 1 },
    },
  }),
  reply(wire, { ticket }, call): Outcome {
    // The form of a success is published nowhere: JSON that names no fault.
    const isDone = isTaken(wire) && Object.keys(object(wire.body)).length > 0;
    return isDone ? { is: 'ok', output: { ticket } } : failureOfOnce(wire, call, 'TICKET_NOT_FOUND');
  },
} satisfies Operation<Rejection>;
