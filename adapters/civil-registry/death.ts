/** Registering a death (form F-2.01): the certificate, and the NIK closed. */
import inputSchema from './schemas/registerDeath.input.json' with { type: 'json' };
import outputSchema from './schemas/registerDeath.output.json' with { type: 'json' };
import { text } from './values.ts';
import { queued, type Kind } from './work-queue.ts';

interface Death {
  nik: string;
  fullName: string;
  deathDate: string;
  deathPlace?: string;
  reporterNik: string;
  reporterName: string;
  relationship?: string;
  noticeNumber?: string;
}

export const death: Kind = {
  title: { id: 'Catat kematian', en: 'Register a death' },
  form: 'F-2.01',
  event: 'death',
  document: 'deathCertificate',
  isFinal: true,
  issued(record) {
    const certificateNumber = text(record['number']);
    return certificateNumber === '' ? null : { certificateNumber };
  },
};

export const registerDeath = queued<Death>(death, inputSchema, outputSchema);
