/** Correcting a clerical error of a certificate (form F-2.01): a note in its margin, and a new excerpt of the same number. */
import inputSchema from './schemas/correctCertificate.input.json' with { type: 'json' };
import outputSchema from './schemas/correctCertificate.output.json' with { type: 'json' };
import { text } from './values.ts';
import { queued, type Kind } from './work-queue.ts';

interface Correction {
  certificate: 'birth' | 'death';
  certificateNumber: string;
  nik: string;
  field: string;
  oldValue: string;
  newValue: string;
  courtDecisionNumber?: string;
  applicantNik: string;
  applicantName: string;
}

export const correction: Kind = {
  title: { id: 'Betulkan akta', en: 'Correct a certificate' },
  form: 'F-2.01',
  event: 'correction',
  document: 'certificate',
  isFinal: true,
  issued(record) {
    const [certificateNumber, noteNumber] = [text(record['number']), text(record['noteNumber'])];
    return certificateNumber !== '' && noteNumber !== '' ? { certificateNumber, noteNumber } : null;
  },
};

export const correctCertificate = queued<Correction>(correction, inputSchema, outputSchema);
