/** Acts and faults as they are written on a command line: `bill=loseReply`, `decide review approved when review is waitingOfficer`. */
import { parseDuration } from '../domain/duration.ts';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { parseJson } from '../wire/json.ts';
import { FAULTS, type Act, type FaultKind } from './acts.ts';
import { CONDITION_FORMS, parseCondition } from './conditions.ts';
import type { ScriptItem } from './script.ts';

/** Words that are none; the message says what is wrong and what would be right. */
export class WordsError extends Error {}

const FAULT_FORM = /^([A-Za-z][\w/]*)=([A-Za-z]+)(?::([0-9]+[smhd]?))?(?:\*([1-9]\d{0,3}))?$/;

/** `STEP=FAULT[:VALUE][*TIMES]`, several with commas. */
export function parseFaults(text: string): ScriptItem[] {
  return text.split(',').map((one) => {
    const [, step, kind, value, times] = FAULT_FORM.exec(one.trim()) ?? [];
    if (step === undefined || !FAULTS.includes(kind as FaultKind))
      throw new WordsError(
        `${one.trim()} is no fault: write STEP=FAULT, with a value after a colon (status:503, lateNews:2h) and how often after a star (*3). Faults: ${FAULTS.join(', ')}`,
      );
    return { act: faultOf(step, kind as FaultKind, value, Number(times ?? 1)) };
  });
}

function faultOf(step: string, kind: FaultKind, value: string | undefined, times: number): Act {
  const amount = value === undefined ? {} : { value: amountOf(value) };
  return { is: 'fault', step, kind, times, of: 'send', ...amount };
}

/** A number as it is, or milliseconds of a span. */
export function amountOf(value: string | number): number {
  return typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : parseDuration(value);
}

const SPAN = String.raw`[1-9]\d{0,5}[smhd]`;
const TIMING = new RegExp(
  String.raw`^(?<what>[\s\S]+?)(?:\s+at\s+(?<at>${SPAN})|\s+when\s+(?<when>[A-Za-z][\w./ ,]*?))?(?:\s+after\s+(?<after>${SPAN}))?$`,
);

export const ACT_FORMS =
  '"pay STEP", "decide STEP approved {…}", "decide STEP rejected CODE", "decide STEP sendBack /pointer=CODE", "correct /pointer=VALUE", "withdraw", "cancel", "retry STEP", "AGENCY.ACT {…}"; then "at 2h", or "when STEP is STATE" and "after 10m"';

export function parseAct(text: string): ScriptItem {
  const { what = '', at, when, after } = TIMING.exec(text.trim())?.groups ?? {};
  const { act, usually } = readAct(what);
  const timing = {
    ...(after !== undefined && { after: parseDuration(after) }),
    ...(at !== undefined && { at: parseDuration(at) }),
  };
  const condition = when ?? (at === undefined ? usually : undefined);
  if (condition === undefined) return { act, ...timing };
  const parsed = parseCondition(condition);
  if (!parsed) throw new WordsError(`"when ${condition}" is no condition: write ${CONDITION_FORMS}`);
  return { act, ...timing, when: parsed };
}

/** An act, and when it is done if nothing else is said. */
function readAct(text: string): { act: Act; usually?: string } {
  const [verb = '', ...words] = text.split(/\s+/);
  const rest = text.slice(verb.length).trim();
  const step = words[0] ?? '';
  switch (verb) {
    case 'pay':
      return {
        act: { is: 'pay', step, detail: object(rest.slice(step.length)) },
        usually: `${step} is waitingPayment`,
      };
    case 'decide':
      return { act: decision(step, rest.slice(step.length).trim()), usually: `${step} is waitingOfficer` };
    case 'correct':
      return { act: mending(rest), usually: 'application is waitingApplicant' };
    case 'withdraw':
    case 'cancel':
      return { act: { is: verb, reason: rest === '' ? 'rehearsal' : rest } };
    case 'retry':
      return { act: { is: 'retry', step, body: {} } };
    default: {
      const [, agency, act] = /^([a-z][\w-]*)\.([A-Za-z]\w*)$/.exec(verb) ?? [];
      if (agency === undefined || act === undefined)
        throw new WordsError(`"${text}" is no act: write ${ACT_FORMS}`);
      return { act: { is: 'agency', agency: { id: agency }, act, with: object(rest) } };
    }
  }
}

function object(text: string): JsonObject {
  if (!/^\s*(\{|$)/.test(text))
    throw new WordsError(
      `"${text.trim()}" is neither JSON nor a time: end with "at 2h", or "when STEP is STATE"`,
    );
  const value = text.trim() === '' ? {} : json(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new WordsError(`${text.trim()} is no JSON object: write {"name": "value"}`);
}

function json(text: string): JsonValue {
  try {
    return parseJson(Buffer.from(text));
  } catch {
    throw new WordsError(`${text.trim()} is no JSON`);
  }
}

function decision(step: string, rest: string): Act {
  const [as = '', ...more] = rest.split(/\s+/);
  const said = rest.slice(as.length).trim();
  const by = 'officer';
  if (as === 'approved') return { is: 'decide', step, by, decision: { as, output: object(said) } };
  if (as === 'rejected' && more.length === 1)
    return { is: 'decide', step, by, decision: { as, code: more[0]! } };
  if (as === 'sendBack' && more.length > 0) {
    const corrections = more.map((one) => {
      const [pointer = '', code = 'CORRECTION_NEEDED'] = one.split('=');
      return { pointer, code };
    });
    return { is: 'decide', step, by, decision: { as, corrections } };
  }
  throw new WordsError(`"decide ${step} ${rest}" is no decision: write ${ACT_FORMS}`);
}

function mending(rest: string): Act {
  const changes = rest.split(/\s+(?=\/)/).map((one) => {
    const [, pointer, value] = /^(\/[^=\s]+)=([\s\S]+)$/.exec(one) ?? [];
    if (pointer === undefined || value === undefined)
      throw new WordsError(
        `"correct ${rest}" mends nothing: write correct /formData/purpose="Melamar kerja"`,
      );
    return { pointer, value: looseJson(value) };
  });
  return { is: 'correct', changes, documents: [] };
}

/** JSON, or else the text as it stands. */
function looseJson(text: string): JsonValue {
  try {
    return parseJson(Buffer.from(text));
  } catch {
    return text;
  }
}
