/** Registering a birth (form F-2.01): the child's NIK and its certificate. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/registerBirth.input.json' with { type: 'json' };
import outputSchema from './schemas/registerBirth.output.json' with { type: 'json' };
import { text } from './values.ts';
import { queued, type Kind } from './work-queue.ts';

interface Birth {
  child: JsonObject;
  motherNik: string;
  motherName: string;
  fatherNik?: string;
  fatherName?: string;
  familyCardNumber: string;
  noticeNumber?: string;
  witnesses?: JsonObject[];
  approvalNumber?: string;
}

export const birth: Kind = {
  title: { id: 'Catat kelahiran', en: 'Register a birth' },
  form: 'F-2.01',
  event: 'birth',
  document: 'birthCertificate',
  isFinal: true,
  issued(record) {
    const [certificateNumber, nik] = [text(record['number']), text(record['nik'])];
    return certificateNumber !== '' && /^\d{16}$/.test(nik) ? { certificateNumber, nik } : null;
  },
};

export const registerBirth = queued<Birth>(birth, inputSchema, outputSchema);
