/** Checks what a connector promises: effects that can be kept, bodies of one kind, names that lead somewhere. */
import { suggest } from '../../config/finding.ts';
import type { BodyPlan, CasePlan, OperationPlan, RequestPlan } from './document.ts';
import type { Desk, Path } from './desk.ts';
import { expanded } from './exchange.ts';

export function checkOperations(desk: Desk): void {
  const { operations, hosted = {}, examples } = desk.document;
  const names = Object.keys(operations);
  for (const name of names) checkOperation(desk, name);
  for (const [name, { tells }] of Object.entries(hosted)) {
    if (Object.hasOwn(operations, tells)) continue;
    desk.report(
      ['hosted', name, 'tells'],
      'unknown_operation',
      `No operation ${tells}`,
      suggest(tells, names),
    );
  }
  examples.forEach(({ operation, exchange = 'send' }, at) => {
    const path: Path = ['examples', at];
    if (!Object.hasOwn(operations, operation)) {
      const message = `No operation ${operation}`;
      return desk.report([...path, 'operation'], 'unknown_operation', message, suggest(operation, names));
    }
    if (exchange === 'send' || operations[operation]![exchange]) return;
    const message = `${operation} has no ${exchange}`;
    desk.report([...path, 'exchange'], 'unknown_exchange', message, `Add ${exchange} to the operation`);
  });
}

function checkOperation(desk: Desk, name: string): void {
  const path: Path = ['operations', name];
  const plan = desk.document.operations[name]!;
  if (plan.effect === 'inquirable' && !plan.inquiry) {
    const message = 'An inquirable operation must be asked about before it is repeated';
    desk.report([...path, 'inquiry'], 'missing_inquiry', message, 'Add an inquiry, or write effect: once');
  }
  if (plan.effect === 'read' && (plan.money === true || plan.compensation)) {
    const message = 'An operation that only reads takes no money and has nothing to undo';
    desk.report([...path, 'effect'], 'effect_of_read', message, 'Write keyed, inquirable or once');
  }
  if (mayWait(desk, plan) && !plan.inquiry && !isTold(desk, name)) {
    const message = 'It may be pending, and nothing ends that';
    desk.report(path, 'pending_without_end', message, 'Add an inquiry, or hosted news that tells of it');
  }
  checkRequest(desk, plan.request, [...path, 'request']);
  checkMore(desk, plan.reply, [...path, 'reply']);
  for (const exchange of ['inquiry', 'compensation'] as const) {
    const more = plan[exchange];
    if (!more) continue;
    checkRequest(desk, more.request, [...path, exchange, 'request']);
    checkMore(desk, more.reply, [...path, exchange, 'reply']);
  }
}

function mayWait({ document }: Desk, { reply }: OperationPlan): boolean {
  return expanded(reply, document).some(({ is }) => is === 'pending');
}

function isTold({ document }: Desk, name: string): boolean {
  return Object.values(document.hosted ?? {}).some(({ tells }) => tells === name);
}

function checkMore(desk: Desk, cases: CasePlan[], path: Path): void {
  cases.forEach(({ request }, at) => request && checkRequest(desk, request, [...path, at, 'request']));
}

const KINDS = ['json', 'form', 'xml', 'soap', 'multipart', 'document'] as const;
/** Literal parts of a path: RFC 3986 §3.3 without percent-encoding, which values get by themselves. */
const PLAIN_PATH = /^[A-Za-z0-9/._~!$&'()*+,;=:@-]*$/;

function checkRequest(desk: Desk, request: RequestPlan, path: Path): void {
  const plain = request.path.replaceAll(/\{[^{}]*\}/g, '');
  if (!plain.startsWith('/') || !PLAIN_PATH.test(plain)) {
    const message = 'The path does not begin with / or holds what no path may';
    const fix = 'Write it like /v1/tickets/{call.reference}; a query goes under query';
    desk.report([...path, 'path'], 'invalid_path', message, fix);
  }
  if (request.body) checkBody(desk, request.body, [...path, 'body']);
  if (request.body && request.method === 'GET') {
    desk.report([...path, 'body'], 'body_of_get', 'A GET has no body', 'Use query, or another method');
  }
}

function checkBody(desk: Desk, body: BodyPlan, path: Path): void {
  const kinds = KINDS.filter((kind) => body[kind] !== undefined);
  if (kinds.length !== 1) {
    const message = `A body is of one kind, not of ${kinds.length}`;
    desk.report(path, 'body_kinds', message, `Write one of ${KINDS.join(', ')}`);
  }
  if (body.xml && Object.keys(body.xml).length !== 1) {
    desk.report([...path, 'xml'], 'xml_root', 'XML has one root element', 'Write one name');
  }
  body.multipart?.forEach((part, at) => {
    const given = (['value', 'json', 'document'] as const).filter((kind) => part[kind] !== undefined);
    if (given.length === 1) return;
    const fix = 'Write one of value, json, document';
    desk.report([...path, 'multipart', at], 'part_kinds', 'A part is of one kind', fix);
  });
}
