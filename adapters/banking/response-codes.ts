/** SNAP's response codes (ASPI SNAP BI 1.8): what each case means for a request that we sent. */
import type { Call, JsonValue, LocalizedText, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import cases from './response-cases.json' with { type: 'json' };

/** `ask`: it may have been done, so the status comes before anything else. */
export type Next = 'done' | 'retry' | 'refuse' | 'renewToken' | 'ask';

export interface ResponseCase {
  next: Next;
  /** The canonical code. */
  code: string;
  /** SNAP's own words. */
  words: string;
  meaning: LocalizedText;
}

/** Keyed by HTTP status and case number, whatever the service: `404/14`. */
export const responseCases = cases as Record<string, ResponseCase>;

/** A cut-off lasts for hours; coming back every few seconds would only spend the attempts. */
const CUT_OFF_SECONDS = 3600;

/** A responseCode in its three parts, or null when it is not 7 digits. Some banks send a number. */
export function parseCode(
  value: JsonValue | undefined,
): { http: string; service: string; case: string } | null {
  const text = typeof value === 'number' ? `${value}` : value;
  const parts = typeof text === 'string' ? /^(\d{3})(\d{2})(\d{2})$/.exec(text) : null;
  return parts && { http: parts[1]!, service: parts[2]!, case: parts[3]! };
}

function codeOf({ body }: WireReply): ReturnType<typeof parseCode> {
  return typeof body === 'object' && body && !Array.isArray(body) ? parseCode(body['responseCode']) : null;
}

/** The reply's key in `responseCases` (`404/14`), or empty when it carries no response code. */
export function caseOf(wire: WireReply): string {
  const code = codeOf(wire);
  return code ? `${code.http}/${code.case}` : '';
}

/** Done, by the service that was asked, and the HTTP status agrees. */
export function succeeded(wire: WireReply, service: string): boolean {
  return caseOf(wire) === '200/00' && codeOf(wire)?.service === service && wire.status < 300;
}

/** The outcome of a reply that is no success, for the request that was sent. */
export function failureOf(wire: WireReply, { tools }: Pick<Call, 'tools'>): Outcome {
  const key = caseOf(wire);
  if (key === '') return tools.byStatus(wire) ?? { is: 'unknown', code: 'UNREADABLE_REPLY' };
  const found = Object.hasOwn(responseCases, key) ? responseCases[key] : undefined;
  if (!found) return { is: 'unknown', code: 'UNLISTED_RESPONSE' };
  const { next, code, words } = found;
  if (next === 'refuse') return { is: 'refused', code, text: messageOf(wire) ?? words };
  if (next === 'ask') return { is: 'unknown', code };
  if (next === 'done') return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  if (key === '429/00') return tools.byStatus({ ...wire, status: 429 })!;
  return { is: 'retry', code, ...(code === 'CUT_OFF' && { afterSeconds: CUT_OFF_SECONDS }) };
}

/** What a failed question says of the operation it asked about: nothing, unless the bank serves nobody. */
export function failedQuestion(wire: WireReply, call: Pick<Call, 'tools'>): Outcome {
  const failure = failureOf(wire, call);
  return failure.is === 'away' || !('code' in failure) ? failure : { is: 'unknown', code: failure.code };
}

/** The same of a question that precedes an undo: nothing was undone by it, so it may be asked again. */
export function failedLook(wire: WireReply, call: Pick<Call, 'tools'>): Outcome {
  const failure = failureOf(wire, call);
  return failure.is === 'refused' ? { is: 'unknown', code: failure.code } : failure;
}

function messageOf({ body }: WireReply): string | undefined {
  const message =
    typeof body === 'object' && body && !Array.isArray(body) ? body['responseMessage'] : undefined;
  return typeof message === 'string' ? message : undefined;
}
