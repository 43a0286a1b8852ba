/** What a citizen may be told of an application now: the message for its standing, and who has to move since when. */
import type { Application } from '../domain/application.ts';
import type { FeeItem } from '../domain/catalogue.ts';
import { messageOfStanding } from '../domain/messages/moments.ts';
import { awaited } from '../domain/messages/states.ts';
import {
  amountText,
  dateText,
  render,
  same,
  type Facts,
  type Message,
  type MessageCode,
} from '../domain/messages/templates.ts';
import { citizenText } from '../domain/messages/voices.ts';
import type { JsonObject, LocalizedText } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';

export interface Standing {
  application: Application;
  steps: readonly Step[];
  service: { title: LocalizedText; fees: readonly FeeItem[] };
  /** Zone of the site where the application was taken. */
  zone: string;
  agencyTitle(step: Step): LocalizedText;
  /** Numbers of the application's people: a code that holds one is told to nobody. */
  personal: ReadonlySet<string>;
}

/** The message for an application as it stands. */
export function messageNow(standing: Standing): Message {
  const { application, steps } = standing;
  const code = messageOfStanding({
    state: application.state,
    ended: application.endedAt !== null,
    ending: application.ending !== null,
    late: application.clock?.said === 'breached',
    decided: steps.some(({ state }) => state === 'waitingOfficer'),
  });
  return render(code, factsNow(standing, code));
}

/** The message for a moment that has passed, from what its event says. */
export function messageThen(standing: Standing, code: MessageCode, data: JsonObject): Message {
  const { number, service } = known(standing);
  const step = standing.steps.find(({ name }) => name === data['step']);
  const told = Date.parse(String(data['promisedAt'] ?? data['dueAt']));
  return render(code, {
    ...{ number, service },
    ...(step && { agency: standing.agencyTitle(step) }),
    ...(!Number.isNaN(told) && { date: dateText(told, standing.zone) }),
    ...(code === 'accepted' && feeOf(standing)),
    ...reasonOf(code, data['code']),
  });
}

const known = ({ application, service }: Standing): Facts => ({
  number: same(application.number),
  service: service.title,
});

const WAITS: Partial<Record<MessageCode, Step['state']>> = {
  returned: 'waitingApplicant',
  payment: 'waitingPayment',
  appointment: 'waitingAppointment',
  officerDecides: 'waitingOfficer',
};

function factsNow(standing: Standing, code: MessageCode): Facts {
  const { application, steps, zone, agencyTitle } = standing;
  const step = steps.find(({ state }) =>
    WAITS[code] === undefined ? awaited(state, agencyless) !== null : state === WAITS[code],
  );
  const at =
    code in WAITS ? (step ? timeOf(step) : null) : (application.clock?.dueAt ?? application.promisedAt);
  return {
    ...known(standing),
    ...(step && { agency: agencyTitle(step) }),
    ...(at !== null && { date: dateText(at, zone) }),
    ...(code === 'accepted' && feeOf(standing)),
    ...(code === 'payment' && step && billOf(step, standing.personal)),
    ...reasonOf(code, application.ending?.code),
  };
}

const agencyless: LocalizedText = { id: '', en: '' };

/** Free is said, never left out; where it depends on the application only its bill can say it. */
function feeOf({ service: { fees } }: Standing): { amount?: LocalizedText } {
  if (fees.some(({ conditional }) => conditional)) return {};
  return { amount: amountText(fees.reduce((sum, { amount }) => sum + amount, 0)) };
}

function reasonOf(code: MessageCode, reason: unknown): { reason?: LocalizedText } {
  const asked = code === 'rejected' || code === 'expired';
  return asked && typeof reason === 'string' ? { reason: citizenText(reason) } : {};
}

/** When to come, or until when to act. */
function timeOf({ state, secret: { shown = {} }, timeoutAt }: Step): number | null {
  if (state !== 'waitingAppointment') return timeoutAt;
  const at = Date.parse(String(shown['appointmentAt'] ?? shown['until']));
  return Number.isNaN(at) ? null : at;
}

const BILLING_CODES = ['virtualAccountNo', 'billingCode', 'paymentCode'];
const BILLING_CODE = /^[A-Za-z0-9][A-Za-z0-9 .-]{3,39}$/;

function billOf({ secret: { shown = {} } }: Step, personal: ReadonlySet<string>): Partial<Facts> {
  const code = BILLING_CODES.map((name) => shown[name]).find((one) => typeof one === 'string');
  const fit =
    typeof code === 'string' && BILLING_CODE.test(code) && ![...personal].some((one) => code.includes(one));
  const { amount, reasonCode } = shown;
  return {
    ...(typeof amount === 'number' && { amount: amountText(amount) }),
    ...(fit && { billingCode: same(code) }),
    // Nobody types it: its picture is what the platform shows.
    ...(typeof shown['qrContent'] === 'string' && { billingCode: same('QRIS') }),
    // Why it is to be paid after all.
    ...(typeof reasonCode === 'string' && { reason: citizenText(reasonCode) }),
  };
}
