/** SNAP's response codes as data (ASPI SNAP BI 1.8): what each case means for a request that we sent. */
import type { Call, JsonValue, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';

/** `ask`: it may have been done, so the status comes before anything else. */
export type Next = 'done' | 'retry' | 'refuse' | 'renewToken' | 'ask';

/** Keyed by HTTP status and case number, whatever the service: [what to do, canonical code, SNAP's own words]. */
export const responseCases: Record<string, readonly [Next, string, string]> = {
  '200/00': ['done', 'SUCCESSFUL', 'Successful'],
  '202/00': ['ask', 'REQUEST_IN_PROGRESS', 'Request In Progress'],
  '400/00': ['refuse', 'BAD_REQUEST', 'Bad Request'],
  '400/01': ['refuse', 'INVALID_FIELD_FORMAT', 'Invalid Field Format'],
  '400/02': ['refuse', 'MANDATORY_FIELD_MISSING', 'Invalid Mandatory Field'],
  '401/00': ['renewToken', 'TOKEN_EXPIRED', 'Unauthorized'],
  '401/01': ['renewToken', 'TOKEN_EXPIRED', 'Invalid Token (B2B)'],
  '401/02': ['renewToken', 'TOKEN_EXPIRED', 'Invalid Customer Token'],
  '401/03': ['renewToken', 'TOKEN_EXPIRED', 'Token Not Found (B2B)'],
  '401/04': ['renewToken', 'TOKEN_EXPIRED', 'Customer Token Not Found'],
  '403/00': ['refuse', 'TRANSACTION_EXPIRED', 'Transaction Expired'],
  '403/01': ['refuse', 'FEATURE_NOT_ALLOWED', 'Feature Not Allowed'],
  '403/02': ['refuse', 'AMOUNT_LIMIT_EXCEEDED', 'Exceeds Transaction Amount Limit'],
  '403/03': ['refuse', 'SUSPECTED_FRAUD', 'Suspected Fraud'],
  '403/04': ['refuse', 'ACTIVITY_LIMIT_EXCEEDED', 'Activity Count Limit Exceeded'],
  '403/05': ['refuse', 'DO_NOT_HONOR', 'Do Not Honor'],
  '403/06': ['retry', 'CUT_OFF', 'Feature Not Allowed At This Time'],
  '403/07': ['refuse', 'CARD_BLOCKED', 'Card Blocked'],
  '403/08': ['refuse', 'CARD_EXPIRED', 'Card Expired'],
  '403/09': ['refuse', 'ACCOUNT_DORMANT', 'Dormant Account'],
  '403/10': ['refuse', 'TOKEN_LIMIT_NOT_SET', 'Need To Set Token Limit'],
  '403/11': ['refuse', 'OTP_BLOCKED', 'OTP Blocked'],
  '403/12': ['refuse', 'OTP_EXPIRED', 'OTP Lifetime Expired'],
  '403/13': ['refuse', 'OTP_REQUIRED', 'OTP Sent'],
  '403/14': ['refuse', 'INSUFFICIENT_FUNDS', 'Insufficient Funds'],
  '403/15': ['refuse', 'TRANSACTION_NOT_PERMITTED', 'Transaction Not Permitted'],
  '403/16': ['refuse', 'TRANSACTION_SUSPENDED', 'Suspend Transaction'],
  '403/17': ['refuse', 'TOKEN_LIMIT_EXCEEDED', 'Token Limit Exceeded'],
  '403/18': ['refuse', 'ACCOUNT_INACTIVE', 'Inactive Card/Account/Customer'],
  '403/19': ['refuse', 'MERCHANT_BLACKLISTED', 'Merchant Blacklisted'],
  '403/20': ['refuse', 'MERCHANT_LIMIT_EXCEEDED', 'Merchant Limit Exceed'],
  '403/21': ['refuse', 'SET_LIMIT_NOT_ALLOWED', 'Set Limit Not Allowed'],
  '403/22': ['refuse', 'TOKEN_LIMIT_INVALID', 'Token Limit Invalid'],
  '403/23': ['refuse', 'ACCOUNT_LIMIT_EXCEEDED', 'Account Limit Exceed'],
  '404/00': ['refuse', 'INVALID_TRANSACTION_STATUS', 'Invalid Transaction Status'],
  '404/01': ['refuse', 'TRANSACTION_NOT_FOUND', 'Transaction Not Found'],
  '404/02': ['refuse', 'INVALID_ROUTING', 'Invalid Routing'],
  '404/03': ['refuse', 'BANK_NOT_SUPPORTED', 'Bank Not Supported By Switch'],
  '404/04': ['refuse', 'TRANSACTION_CANCELLED', 'Transaction Cancelled'],
  '404/05': [
    'refuse',
    'MERCHANT_NOT_REGISTERED',
    'Merchant Is Not Registered For Card Registration Services',
  ],
  '404/06': ['refuse', 'OTP_REQUIRED', 'Need To Request OTP'],
  '404/07': ['refuse', 'JOURNEY_NOT_FOUND', 'Journey Not Found'],
  '404/08': ['refuse', 'INVALID_MERCHANT', 'Invalid Merchant'],
  '404/09': ['refuse', 'NO_ISSUER', 'No Issuer'],
  '404/10': ['refuse', 'INVALID_API_TRANSITION', 'Invalid API Transition'],
  '404/11': ['refuse', 'INVALID_ACCOUNT', 'Invalid Card/Account/Customer/Virtual Account'],
  '404/12': ['refuse', 'INVALID_BILL', 'Invalid Bill/Virtual Account'],
  '404/13': ['refuse', 'INVALID_AMOUNT', 'Invalid Amount'],
  '404/14': ['refuse', 'ALREADY_PAID', 'Paid Bill'],
  '404/15': ['refuse', 'INVALID_OTP', 'Invalid OTP'],
  '404/16': ['refuse', 'PARTNER_NOT_FOUND', 'Partner Not Found'],
  '404/17': ['refuse', 'INVALID_TERMINAL', 'Invalid Terminal'],
  '404/18': ['refuse', 'INCONSISTENT_REQUEST', 'Inconsistent Request'],
  '404/19': ['refuse', 'BILL_EXPIRED', 'Invalid Bill/Virtual Account'],
  '405/00': ['refuse', 'FUNCTION_NOT_SUPPORTED', 'Requested Function Is Not Supported'],
  '405/01': ['refuse', 'OPERATION_NOT_ALLOWED', 'Requested Operation Is Not Allowed'],
  // Unique per day and never used twice by us: something sent our message again, so what became of it is open.
  '409/00': ['ask', 'EXTERNAL_ID_REUSED', 'Conflict'],
  '409/01': ['refuse', 'DUPLICATE_REQUEST', 'Duplicate partnerReferenceNo'],
  '429/00': ['retry', 'RATE_LIMITED', 'Too Many Requests'],
  '500/00': ['ask', 'GENERAL_ERROR', 'General Error'],
  '500/01': ['retry', 'INTERNAL_SERVER_ERROR', 'Internal Server Error'],
  '500/02': ['ask', 'EXTERNAL_SERVER_ERROR', 'External Server Error'],
  '504/00': ['ask', 'AGENCY_TIMEOUT', 'Timeout'],
};

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
  const [next, code, words] = responseCases[key] ?? ['ask', 'UNLISTED_RESPONSE', ''];
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

function messageOf({ body }: WireReply): string | undefined {
  const message =
    typeof body === 'object' && body && !Array.isArray(body) ? body['responseMessage'] : undefined;
  return typeof message === 'string' ? message : undefined;
}
