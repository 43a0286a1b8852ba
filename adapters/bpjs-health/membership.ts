/** Changing a membership: a newborn enrolled, one ended by death, one that lives again. The bus's own profile (see guide.md). */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/changeMembership.input.json' with { type: 'json' };
import outputSchema from './schemas/changeMembership.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, text } from './values.ts';

interface Change {
  nik: string;
  kind: string;
  fullName?: string;
  birthDate?: string;
  sex?: string;
  motherJknNumber?: string;
  date?: string;
  paymentReference?: string;
}

const MEMBERSHIPS = '/mpp/v1/memberships';
const REFUSALS = new Set(['PARTICIPANT_NOT_FOUND', 'INVALID_DATA']);

function changeRequest(input: Change, call: Call): WireRequest {
  return { method: 'POST', path: MEMBERSHIPS, body: { json: { requestId: call.key, ...input } } };
}

function changeReply(wire: WireReply, _input: Change, call: Call): Outcome {
  const body = object(wire.body);
  const code = text(body['code']);
  if (wire.status === 200) return doneOf(body);
  if ((wire.status === 404 || wire.status === 422) && REFUSALS.has(code)) return { is: 'refused', code };
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/** Whose membership it was in the end stands in the answer: the route sees whether it was the one that was meant. */
function doneOf(body: JsonObject): Outcome {
  const [jknNumber, nik, fullName] = [text(body['jknNumber']), text(body['nik']), text(body['fullName'])];
  const { status, active, contribution } = body;
  const isWhole = status === 'DONE' && /^\d{13}$/.test(jknNumber) && /^\d{16}$/.test(nik);
  if (!isWhole || typeof active !== 'boolean') return BAD_RESPONSE;
  const due = typeof contribution === 'number' && Number.isInteger(contribution) && contribution >= 0;
  const payBefore = /^\d{4}-\d{2}-\d{2}$/.exec(text(body['payBefore']))?.[0];
  const output: JsonObject = {
    ...{ jknNumber, nik, active },
    ...(fullName !== '' && { fullName }),
    ...(due && { contribution }),
    ...(payBefore !== undefined && { payBefore }),
  };
  return { is: 'ok', output };
}

export const changeMembership = {
  title: { id: 'Ubah kepesertaan JKN', en: 'Change a JKN membership' },
  effect: 'keyed',
  input: inputSchema,
  output: outputSchema,
  request: changeRequest,
  reply: changeReply,
} satisfies Operation<Change>;
