/** Looking up a participant of JKN, by NIK or by card (VClaim Peserta): is the membership active? */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { envelopeOf, opened, succeeded, UNOPENED, wordsOf } from './envelope.ts';
import { BAD_DECRYPT, failureOf, NOT_FOUND, says } from './outcomes.ts';
import inputSchema from './schemas/findParticipant.input.json' with { type: 'json' };
import outputSchema from './schemas/findParticipant.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, pathOf, text } from './values.ts';

interface Wanted {
  nik?: string;
  jknNumber?: string;
  serviceDate?: string;
  mustBeActive?: boolean;
}

const ACTIVE = '0';

function participantRequest(input: Wanted, call: Call): WireRequest {
  const zone = text(call.settings['zone']) || 'Asia/Jakarta';
  const date = input.serviceDate ?? call.tools.zoned(call.now, zone, 'yyyy-MM-dd');
  const who = input.nik === undefined ? `nokartu/${input.jknNumber ?? ''}` : `nik/${input.nik}`;
  const path = `${pathOf('vclaim', call)}/Peserta/${who}/tglSEP/${date}`;
  return { method: 'GET', path, headers: { 'content-type': 'application/json; charset=utf-8' } };
}

function participantReply(wire: WireReply, input: Wanted, call: Call): Outcome {
  if (says(wire, NOT_FOUND) || succeeded(wire, '204')) {
    return { is: 'refused', code: 'PARTICIPANT_NOT_FOUND', text: wordsOf(envelopeOf(wire)) };
  }
  if (!succeeded(wire, '200')) return failureOf(wire, call);
  const answer = opened(envelopeOf(wire), call);
  if (answer === UNOPENED) return BAD_DECRYPT;
  const participant = object(object(answer)['peserta']);
  const status = object(participant['statusPeserta']);
  const output = outputOf(participant, status);
  if (!output || isSomebodyElse(participant, input)) return BAD_RESPONSE;
  if (output['active'] === false && input.mustBeActive === true) {
    const words = text(status['keterangan']);
    return { is: 'refused', code: 'JKN_INACTIVE', ...(words !== '' && { text: words }) };
  }
  return { is: 'ok', output };
}

/** Another's membership must never pass for the applicant's. */
function isSomebodyElse(participant: JsonObject, { nik, jknNumber }: Wanted): boolean {
  const shown = { nik: text(participant['nik']), card: text(participant['noKartu']) };
  if (nik !== undefined) return shown.nik !== '' && shown.nik !== nik;
  return shown.card !== jknNumber;
}

/** Null without a card, a name and a status. */
function outputOf(participant: JsonObject, status: JsonObject): JsonObject | null {
  const [jknNumber, fullName] = [text(participant['noKartu']), text(participant['nama'])];
  const code = text(status['kode']);
  if (!/^\d{13}$/.test(jknNumber) || fullName === '' || code === '') return null;
  const clinic = object(participant['provUmum']);
  const said: Record<string, string> = {
    status: text(status['keterangan']),
    membership: text(object(participant['jenisPeserta'])['keterangan']),
    careClass: text(object(participant['hakKelas'])['keterangan']),
    providerCode: text(clinic['kdProvider']),
    providerName: text(clinic['nmProvider']),
  };
  const birthDate = text(participant['tglLahir']);
  const sex = { L: 'male', P: 'female' }[text(participant['sex'])];
  return {
    active: code === ACTIVE,
    jknNumber,
    fullName,
    ...(sex !== undefined && { sex }),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(birthDate) && { birthDate }),
    ...Object.fromEntries(Object.entries(said).filter(([, words]) => words !== '')),
  };
}

export const findParticipant = {
  title: { id: 'Cek kepesertaan JKN', en: 'Check a JKN membership' },
  effect: 'read',
  input: inputSchema,
  output: outputSchema,
  drops: { '/mustBeActive': 'How the route takes an inactive card: decided on the answer.' },
  inUrl: { '/nik': 'VClaim asks for a participant by address alone.' },
  request: participantRequest,
  reply: participantReply,
} satisfies Operation<Wanted>;
