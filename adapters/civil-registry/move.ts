/** Moving between regencies (form F-1.03): the letter at the origin, and taking people in at the destination. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import moveInInput from './schemas/acceptMoveIn.input.json' with { type: 'json' };
import moveInOutput from './schemas/acceptMoveIn.output.json' with { type: 'json' };
import letterInput from './schemas/issueMoveLetter.input.json' with { type: 'json' };
import letterOutput from './schemas/issueMoveLetter.output.json' with { type: 'json' };
import { text } from './values.ts';
import { named, queued, type Kind } from './work-queue.ts';

interface Move {
  nik: string;
  fullName: string;
  familyCardNumber?: string;
  address: JsonObject;
  movers?: JsonObject[];
}

/** Its cancelling also undoes the card of those who stay; possible until the destination has used it. */
export const moveLetter: Kind = {
  title: { id: 'Terbitkan surat pindah (SKPWNI)', en: 'Issue a move letter (SKPWNI)' },
  form: 'F-1.03',
  event: 'moveOut',
  document: 'moveLetter',
  issued(record) {
    const letterNumber = text(record['number']);
    const validUntil = /^\d{4}-\d{2}-\d{2}$/.exec(text(record['validUntil']))?.[0] ?? '';
    const card = text(record['familyCardNumber']);
    if (letterNumber === '') return null;
    return { letterNumber, ...named('validUntil', validUntil), ...named('familyCardNumber', card) };
  },
};

export const moveIn: Kind = {
  title: { id: 'Terima penduduk pindah datang', en: 'Take in people who move' },
  form: 'F-1.03',
  event: 'moveIn',
  document: 'moveInLetter',
  issued(record) {
    const acceptanceNumber = text(record['number']);
    return acceptanceNumber === '' ? null : { acceptanceNumber };
  },
};

export const issueMoveLetter = queued<Move & { reason: string; stayingHead?: JsonObject }>(
  moveLetter,
  letterInput,
  letterOutput,
);
export const acceptMoveIn = queued<Move & { letterNumber: string }>(moveIn, moveInInput, moveInOutput);
