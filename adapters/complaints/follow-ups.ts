/** What has become of a complaint: LAPOR's follow-ups, page by page. */
import type {
  Call,
  JsonObject,
  JsonValue,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { failureOf } from './answers.ts';
import inputSchema from './schemas/listFollowUps.input.json' with { type: 'json' };
import outputSchema from './schemas/listFollowUps.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, objects, text } from './values.ts';

interface Question {
  ticket: string;
  fromPage?: number;
}

/** Longer words are cut: they are read at LAPOR. */
const MOST_CHARACTERS = 10_000;
/** The bus follows ten exchanges of one operation; what is left is named by `nextPage`. */
const MOST_PAGES = 10;

function page({ ticket }: Question, number: number): WireRequest {
  const path = `/complaints/${encodeURIComponent(ticket)}/followups`;
  return { method: 'GET', path, query: { page: String(number) } };
}

function followUpsReply(wire: WireReply, input: Question, call: Call): Outcome {
  const results = object(object(wire.body)['results']);
  const next = results['next_page_url'];
  const isPage = wire.status === 200 && Array.isArray(results['data']) && isLink(next);
  if (!isPage) return wire.status === 200 ? BAD_RESPONSE : failureOf(wire, call, 'TICKET_NOT_FOUND');
  const first = input.fromPage ?? 1;
  const number = Number(call.carry?.['page'] ?? first);
  const followUps = [...objects(call.carry?.['followUps']), ...objects(results['data']).map(followUpOf)];
  if (next === null) return { is: 'ok', output: { followUps, nextPage: null } };
  // Its address is not followed: it may lead past the gateway. Pages are counted.
  const nextPage = number + 1;
  if (nextPage - first >= MOST_PAGES) return { is: 'ok', output: { followUps, nextPage } };
  return { is: 'more', request: page(input, nextPage), carry: { page: nextPage, followUps } };
}

const isLink = (value: JsonValue | undefined): boolean => value === null || typeof value === 'string';

/** The fields of a follow-up are published nowhere: the first of the likely names that holds something counts. */
function followUpOf(record: JsonObject): JsonObject {
  const first = (...names: string[]): string =>
    names.map((name) => text(record[name])).find((value) => value !== '') ?? '';
  const kept = {
    followUpId: first('id', 'followup_id'),
    at: first('created_at', 'date', 'tanggal'),
    by: first('institution_name', 'instansi', 'created_by'),
    text: first('content', 'description', 'message', 'isi').slice(0, MOST_CHARACTERS),
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== ''));
}

export const listFollowUps = {
  title: { id: 'Lihat tindak lanjut pengaduan', en: 'List the follow-ups of a complaint' },
  effect: 'read',
  input: inputSchema,
  output: outputSchema,
  request: (input) => page(input, input.fromPage ?? 1),
  reply: followUpsReply,
} satisfies Operation<Question>;
