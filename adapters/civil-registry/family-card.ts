/** Having the Dinas reissue a family card (form F-1.02). */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/reissueFamilyCard.input.json' with { type: 'json' };
import outputSchema from './schemas/reissueFamilyCard.output.json' with { type: 'json' };
import { text } from './values.ts';
import { queued, type Kind } from './work-queue.ts';

interface FamilyCard {
  nik: string;
  fullName: string;
  familyCardNumber?: string;
  reason: string;
  members?: JsonObject[];
}

export const familyCard: Kind = {
  title: { id: 'Terbitkan ulang kartu keluarga', en: 'Reissue a family card' },
  form: 'F-1.02',
  document: 'familyCard',
  lists: ['members'],
  issued(record) {
    const documentNumber = text(record['number']);
    return documentNumber === '' ? null : { documentNumber };
  },
};

export const reissueFamilyCard = queued<FamilyCard>(familyCard, inputSchema, outputSchema);
