/** Issuing an identity card: a first one, a child's (KIA), or one anew for another status or address. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/issueIdentityCard.input.json' with { type: 'json' };
import outputSchema from './schemas/issueIdentityCard.output.json' with { type: 'json' };
import { text } from './values.ts';
import { queued, type Kind } from './work-queue.ts';

interface IdentityCard {
  kind: string;
  nik: string;
  fullName: string;
  familyCardNumber?: string;
  maritalStatus?: string;
  address?: JsonObject;
}

export const identityCard: Kind = {
  title: { id: 'Terbitkan KTP-el atau KIA', en: 'Issue an identity card' },
  form: 'F-1.02',
  event: 'identityCard',
  document: 'identityCard',
  issued(record) {
    const documentNumber = text(record['number']);
    return documentNumber === '' ? null : { documentNumber };
  },
};

export const issueIdentityCard = queued<IdentityCard>(identityCard, inputSchema, outputSchema);
