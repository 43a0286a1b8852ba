/** Makes an operation's exchanges of their plans: requests, and replies read by error table, cases and status. */
import type {
  Call,
  Exchange,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
} from '../../adapter-kit/contract.ts';
import { tools } from '../../adapter-kit/tools.ts';
import { compile } from '../../schema/validate.ts';
import { caseOf, firstOf, type Case, type Fits } from './cases.ts';
import type {
  CasePlan,
  ConnectorDocument,
  ErrorPlan,
  ExchangeName,
  ExchangePlan,
  OperationPlan,
} from './document.ts';
import { requestReading } from './request.ts';
import { soon, type Soon } from './soon.ts';
import type { ReplyScope } from './when.ts';

const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };
const DECISIONS = new Set(['refused', 'sendBack']);

export function operationOf(plan: OperationPlan, document: ConnectorDocument): Operation {
  const { title, effect, input, output, money, timeout, waits, drops, inUrl, inquiry, compensation } = plan;
  const fits = fitting(output);
  const settling = { send: plan, ...(inquiry && { inquiry }) };
  const made = (name: ExchangeName, of: ExchangePlan, by: Fits): Exchange => {
    return exchangeOf(of, casesOf(name, of.reply, document, by));
  };
  return {
    ...{ title, effect, input, output },
    ...(money && { money }),
    ...(timeout !== undefined && { timeout }),
    ...(waits !== undefined && { waits }),
    ...(drops && { drops }),
    ...(inUrl && { inUrl }),
    ...made('send', settling.send, fits),
    ...(inquiry && {
      inquiry: {
        notBefore: inquiry.notBefore,
        trustAfter: inquiry.trustAfter,
        ...made('inquiry', inquiry, fits),
      },
    }),
    ...(compensation && {
      compensation: { effect: compensation.effect, ...made('compensation', compensation, () => true) },
    }),
  };
}

/** An output that does not fit the schema was misread: the operation is not believed done. */
export function fitting(output: OperationPlan['output']): Fits {
  const check = compile(output);
  return (made) => check(made).length === 0;
}

/** The error table first, then the cases with what they use. */
function casesOf(name: ExchangeName, plans: CasePlan[], document: ConnectorDocument, fits: Fits): Case[] {
  const rows = (document.errors ?? []).filter((row) => row.when !== undefined && holdsFor(row, name));
  return [
    ...rows.map((row) => caseOf(softened(row, name), fits)),
    ...expanded(plans, document).map((plan) => caseOf(plan as CasePlan & { is: Outcome['is'] }, fits)),
  ];
}

export function holdsFor(row: ErrorPlan, name: ExchangeName): boolean {
  return row.in ? row.in.includes(name) : name === 'send' || !DECISIONS.has(row.is);
}

/** Of a question "not done" would say that the operation never arrived, which no shared row can know. */
function softened(row: ErrorPlan, name: ExchangeName): ErrorPlan {
  const corrections = row.is === 'sendBack' ? (row.corrections ?? [{ code: row.code }]) : undefined;
  const soft = name === 'inquiry' && row.is === 'retry' ? ('unknown' as const) : row.is;
  return { ...row, is: soft, ...(corrections && { corrections }) };
}

/** The cases with every `use` replaced by its list. */
export function expanded(plans: CasePlan[], { cases = {} }: ConnectorDocument): CasePlan[] {
  return plans.flatMap((plan) => (plan.use === undefined ? [plan] : (cases[plan.use] ?? [])));
}

function exchangeOf(plan: ExchangePlan, cases: Case[]): Exchange {
  const request = requestReading(plan.request);
  const read = (scope: ReplyScope, wire: WireReply): Soon<Outcome> =>
    soon(firstOf(cases, scope), (outcome) => {
      if (outcome === null) return BAD_RESPONSE;
      return outcome ?? tools.byStatus(wire) ?? BAD_RESPONSE;
    });
  return {
    request: (input, call) => request({ input, ...seen(call) }),
    reply: (wire, input, call) => {
      const scope = { input, ...seen(call), reply: wire };
      return guarded(() => read(scope, wire));
    },
  };
}

/** An expression that cannot be worked out has met a reply that nobody can read. */
function guarded(read: () => Soon<Outcome>): Soon<Outcome> {
  try {
    const made = read();
    return made instanceof Promise ? made.catch(() => BAD_RESPONSE) : made;
  } catch {
    return BAD_RESPONSE;
  }
}

/** What expressions see of a call: all but the tools. */
function seen({ settings, tools: _, ...call }: Call): { settings: JsonObject; call: object } {
  return { settings, call };
}
