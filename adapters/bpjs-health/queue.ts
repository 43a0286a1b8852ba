/** Booking a place in a hospital's queue (Antrean RS) and giving it back; the booking code is the step's own key. */
import type { Call, Operation, Outcome, WireReply, WireRequest } from '../../src/adapter-kit/contract.ts';
import { envelopeOf, opened, rowsOf, succeeded, UNOPENED } from './envelope.ts';
import { BAD_DECRYPT, failedQuestion, failureOf, isThereAlready, NOT_FOUND, says } from './outcomes.ts';
import addInput from './schemas/addQueue.input.json' with { type: 'json' };
import addOutput from './schemas/addQueue.output.json' with { type: 'json' };
import cancelInput from './schemas/cancelQueue.input.json' with { type: 'json' };
import cancelOutput from './schemas/cancelQueue.output.json' with { type: 'json' };
import { BAD_RESPONSE, dialled, millis, pathOf, text } from './values.ts';

interface Booking {
  nik: string;
  phone: string;
  jknNumber?: string;
  newPatient: boolean;
  medicalRecordNumber?: string;
  clinicCode: string;
  clinicName: string;
  doctorCode: number;
  doctorName: string;
  visitDate: string;
  practiceHours: string;
  visitKind: keyof typeof VISIT_KINDS;
  referenceNumber?: string;
  queueNumber: string;
  queueOrder: number;
  estimatedAt: string;
  jknQuota: Quota;
  otherQuota: Quota;
  note?: string;
}
interface Quota {
  left: number;
  total: number;
}

const VISIT_KINDS = { referral: 1, internal: 2, control: 3, betweenHospitals: 4 } as const;

export function post(path: string, json: Record<string, string | number>, call: Call): WireRequest {
  return { method: 'POST', path: `${pathOf('antrean', call)}/antrean/${path}`, body: { json } };
}

function addRequest(input: Booking, call: Call): WireRequest {
  const { jknNumber, jknQuota, otherQuota } = input;
  const json = {
    kodebooking: call.key,
    jenispasien: jknNumber === undefined ? 'NON JKN' : 'JKN',
    nomorkartu: jknNumber ?? '',
    nik: input.nik,
    nohp: dialled(input.phone),
    kodepoli: input.clinicCode,
    namapoli: input.clinicName,
    pasienbaru: input.newPatient ? 1 : 0,
    norm: input.medicalRecordNumber ?? '',
    tanggalperiksa: input.visitDate,
    kodedokter: input.doctorCode,
    namadokter: input.doctorName,
    jampraktek: input.practiceHours,
    jeniskunjungan: VISIT_KINDS[input.visitKind],
    nomorreferensi: input.referenceNumber ?? '',
    nomorantrean: input.queueNumber,
    angkaantrean: input.queueOrder,
    estimasidilayani: millis(input.estimatedAt),
    sisakuotajkn: jknQuota.left,
    kuotajkn: jknQuota.total,
    sisakuotanonjkn: otherQuota.left,
    kuotanonjkn: otherQuota.total,
    keterangan: input.note ?? '',
  };
  return post('add', json, call);
}

/** A booking code that is taken is ours: nobody else makes our keys. */
function addReply(wire: WireReply, _input: Booking, call: Call): Outcome {
  const taken = succeeded(wire, '200', '1') || isThereAlready(wire, 'booking');
  return taken ? { is: 'ok', output: { bookingCode: call.key } } : failureOf(wire, call);
}

function askBooking(_input: Booking, call: Call): WireRequest {
  const path = `${pathOf('antrean', call)}/antrean/pendaftaran/kodebooking/${encodeURIComponent(call.key)}`;
  return { method: 'GET', path };
}

/** The booking itself: its tasks are none as long as nobody has begun. */
function bookingReply(wire: WireReply, _input: Booking, call: Call): Outcome {
  if (says(wire, NOT_FOUND)) return { is: 'retry', code: 'NOT_RECEIVED' };
  if (!succeeded(wire, '200', '1')) return failedQuestion(wire, call);
  const answer = opened(envelopeOf(wire), call);
  if (answer === UNOPENED) return BAD_DECRYPT;
  const rows = rowsOf(answer);
  if (rows?.length === 0) return { is: 'retry', code: 'NOT_RECEIVED' };
  const ours = rows?.some((one) => text(one['kodebooking']) === call.key);
  return ours === true ? { is: 'ok', output: { bookingCode: call.key } } : BAD_RESPONSE;
}

function undoReply(wire: WireReply, _input: Booking, call: Call): Outcome {
  const gone = succeeded(wire, '200', '1') || isThereAlready(wire, 'cancelled') || says(wire, NOT_FOUND);
  return gone ? { is: 'ok', output: {} } : failureOf(wire, call);
}

interface Cancelling {
  bookingCode: string;
  reason: string;
}

function cancelReply(wire: WireReply, { bookingCode }: Cancelling, call: Call): Outcome {
  const gone = succeeded(wire, '200', '1') || isThereAlready(wire, 'cancelled');
  return gone ? { is: 'ok', output: { bookingCode } } : failureOf(wire, call);
}

export const addQueue = {
  title: { id: 'Daftarkan antrean rumah sakit', en: 'Book a place in a hospital’s queue' },
  effect: 'keyed',
  input: addInput,
  output: addOutput,
  request: addRequest,
  reply: addReply,
  inquiry: { notBefore: '30s', trustAfter: '10m', request: askBooking, reply: bookingReply },
  compensation: {
    effect: 'keyed',
    request: (_input, call) =>
      post('batal', { kodebooking: call.key, keterangan: 'Permohonan dibatalkan' }, call),
    reply: undoReply,
  },
} satisfies Operation<Booking>;

/** Cancelled twice is cancelled once: the booking code is its key. */
export const cancelQueue = {
  title: { id: 'Batalkan antrean rumah sakit', en: 'Cancel a place in a hospital’s queue' },
  effect: 'keyed',
  input: cancelInput,
  output: cancelOutput,
  request: ({ bookingCode, reason }, call) =>
    post('batal', { kodebooking: bookingCode, keterangan: reason }, call),
  reply: cancelReply,
} satisfies Operation<Cancelling>;
