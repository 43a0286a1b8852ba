/** The stand-in's register of certificates: what births and deaths left in it, and what corrections made of that. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import { likeness } from './simulator-likeness.ts';
import { object, text } from './values.ts';

/** Below so many percent alike a new name is another name, not a slip of the pen. */
const SLIP_PERCENT = 50;
/** Of the numbers that this stand-in gives. A certificate that it did not issue itself holds whatever it is said to hold. */
const ITS_OWN = /^9901-(?:LU|KM)-\d{8}-(\d{4})$/;
const UNKNOWN_SERIAL = '9913';

export interface Verdict {
  status: 'ISSUED' | 'REJECTED' | 'RETURNED';
  reasonCode?: string;
  /** What the applicant has to mend, as it was sent. */
  field?: string;
}

export interface Certificates {
  /** Enters what was issued for a birth or a death. */
  enter(event: string, number: string, sent: JsonObject): void;
  /** What the registrar says to a correction, by what stands in the register now. */
  judge(sent: JsonObject): Verdict;
  /** Writes the correction in; the fields of the certificate as they stand then. */
  correct(sent: JsonObject): JsonObject;
  read(number: string): JsonObject | undefined;
}

export function certificates(): Certificates {
  const all = new Map<string, JsonObject>();
  const find = (sent: JsonObject): JsonObject | undefined => {
    const number = text(sent['certificateNumber']);
    const serial = ITS_OWN.exec(number)?.[1];
    const isHeld = serial !== undefined && serial !== UNKNOWN_SERIAL;
    return all.get(number) ?? (isHeld ? {} : undefined);
  };
  return {
    enter(event, number, sent) {
      if (event === 'birth' || event === 'death') all.set(number, fieldsOf(sent));
    },
    judge(sent) {
      const held = find(sent);
      if (!held)
        return { status: 'RETURNED', reasonCode: 'CERTIFICATE_NOT_FOUND', field: 'certificateNumber' };
      const [was, is] = [text(sent['oldValue']), text(sent['newValue'])];
      const now = text(held[text(sent['field'])]) || was;
      if (now === is) return { status: 'REJECTED', reasonCode: 'ALREADY_CORRECTED' };
      if (now !== was) return { status: 'RETURNED', reasonCode: 'DATA_MISMATCH', field: 'oldValue' };
      const isAnother = /name$/i.test(text(sent['field'])) && likeness(was, is) < SLIP_PERCENT;
      if (isAnother && text(sent['courtDecisionNumber']) === '')
        return { status: 'REJECTED', reasonCode: 'COURT_DECISION_NEEDED' };
      return { status: 'ISSUED' };
    },
    correct(sent) {
      const number = text(sent['certificateNumber']);
      const corrected = { ...all.get(number), [text(sent['field'])]: text(sent['newValue']) };
      all.set(number, corrected);
      return corrected;
    },
    read: (number) => all.get(number),
  };
}

/** A birth's are those of the child and its parents, a death's stand beside each other. */
function fieldsOf({ child, documents: _, ...sent }: JsonObject): JsonObject {
  return { ...sent, ...object(child ?? null) };
}
