/** Recording a marriage that a KUA has registered: family card and both identity cards say "kawin". */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/recordMarriage.input.json' with { type: 'json' };
import outputSchema from './schemas/recordMarriage.output.json' with { type: 'json' };
import { text } from './values.ts';
import { queued, type Kind } from './work-queue.ts';

interface Marriage {
  husband: JsonObject;
  wife: JsonObject;
  marriageDate: string;
  marriageBookNumber: string;
}

export const marriage: Kind = {
  title: { id: 'Catat perkawinan', en: 'Record a marriage' },
  form: 'F-1.02',
  event: 'marriage',
  document: 'familyCard',
  issued(record) {
    const familyCardNumber = text(record['number']);
    return familyCardNumber === '' ? null : { familyCardNumber };
  },
};

export const recordMarriage = queued<Marriage>(marriage, inputSchema, outputSchema);
