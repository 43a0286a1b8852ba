/** Telling how far a booking has come (Antrean RS updatewaktu): each task once, in order, its time later than the last. */
import type { Call, Operation, Outcome, WireReply, WireRequest } from '../../src/adapter-kit/contract.ts';
import { envelopeOf, opened, rowsOf, succeeded, UNOPENED } from './envelope.ts';
import { BAD_DECRYPT, failedQuestion, failureOf, isThereAlready, NOT_FOUND, says } from './outcomes.ts';
import { post } from './queue.ts';
import inputSchema from './schemas/updateQueue.input.json' with { type: 'json' };
import outputSchema from './schemas/updateQueue.output.json' with { type: 'json' };
import { BAD_RESPONSE, millis, text } from './values.ts';

interface Task {
  bookingCode: string;
  /** 1 to 7, or 99: absent or cancelled. */
  taskId: number;
  at: string;
  prescription?: keyof typeof PRESCRIPTIONS;
}

const PRESCRIPTIONS = { none: 'Tidak ada', compounded: 'Racikan', plain: 'Non racikan' } as const;

function taskRequest({ bookingCode, taskId, at, prescription }: Task, call: Call): WireRequest {
  const json = {
    kodebooking: bookingCode,
    taskid: taskId,
    waktu: millis(at),
    ...(prescription !== undefined && { jenisresep: PRESCRIPTIONS[prescription] }),
  };
  return post('updatewaktu', json, call);
}

function taskReply(wire: WireReply, { bookingCode, taskId }: Task, call: Call): Outcome {
  const told = succeeded(wire, '200', '1') || isThereAlready(wire, 'task');
  return told ? { is: 'ok', output: { bookingCode, taskId } } : failureOf(wire, call);
}

function tasksReply(wire: WireReply, { bookingCode, taskId }: Task, call: Call): Outcome {
  if (says(wire, NOT_FOUND)) return { is: 'retry', code: 'NOT_RECEIVED' };
  if (!succeeded(wire, '200', '1')) return failedQuestion(wire, call);
  const answer = opened(envelopeOf(wire), call);
  if (answer === UNOPENED) return BAD_DECRYPT;
  const rows = rowsOf(answer);
  if (!rows) return BAD_RESPONSE;
  const told = rows.some((one) => text(one['taskid']) === String(taskId));
  return told ? { is: 'ok', output: { bookingCode, taskId } } : { is: 'retry', code: 'NOT_RECEIVED' };
}

/** A task of a booking is its own key: told again, it is there already. */
export const updateQueue = {
  title: { id: 'Perbarui tahap antrean', en: 'Tell how far a queue has come' },
  effect: 'keyed',
  input: inputSchema,
  output: outputSchema,
  request: taskRequest,
  reply: taskReply,
  inquiry: {
    notBefore: '30s',
    trustAfter: '10m',
    request: ({ bookingCode }, call) => post('getlisttask', { kodebooking: bookingCode }, call),
    reply: tasksReply,
  },
} satisfies Operation<Task>;
