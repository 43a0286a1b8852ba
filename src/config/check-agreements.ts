/** Checks what is sent to agencies against what was agreed with them: until when, for what, which fields. */
import {
  agreementEnd,
  agreementOf,
  fieldsFor,
  mayBeSent,
  purposeOf,
  type Agreement,
} from '../domain/agreement.ts';
import { BUS } from '../domain/bus-agency.ts';
import type { Agency, Route, RouteStep } from '../domain/catalogue.ts';
import { DAY_MS } from '../domain/local-time.ts';
import type { JsonValue } from '../domain/outcome.ts';
import { isDate } from './check-places.ts';
import { pointerOf, segmentsOf, suggest } from './finding.ts';
import { missingIn } from './schema-walk.ts';
import { adapterOf, type Spot, type World } from './world.ts';

type SpotOf = (...path: (string | number)[]) => Spot;

export function checkAgreements(world: World): void {
  const list = world.only('agencies');
  for (const agency of world.catalogue.agencies) {
    const spot: SpotOf = (...path) => ({ file: list!, path: [agency.id, ...path] });
    const agreement = agreementOf(agency);
    if (agreement && world.isSure(spot('agreement'))) checkAgreement(world, agency, agreement, spot);
    if (agency.agreement !== undefined) continue;
    const message = 'No agreement is declared, so everything that routes name is sent';
    const fix = 'Add agreement: with ref, validUntil and purposes, or agreement: none';
    if (world.isSure(spot('agreement'))) world.warn(spot(), 'agreement_missing', message, fix);
  }
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    for (const [step, plan] of Object.entries(route.steps))
      checkStep(world, route, plan, (...path) => ({ file, path: ['steps', step, ...path] }));
  }
}

/** So long before its end somebody is to see to a new one. */
const NOTICE_MS = 30 * DAY_MS;

function checkAgreement(world: World, agency: Agency, agreement: Agreement, spot: SpotOf): void {
  const { validUntil, purposes } = agreement;
  const codes = Object.keys(purposes);
  const at: SpotOf = (...path) => spot('agreement', ...path);
  if (agreement.default !== undefined && !codes.includes(agreement.default)) {
    const message = `No purpose ${agreement.default} is agreed on`;
    world.report(at('default'), 'unknown_purpose', message, suggest(agreement.default, codes));
  }
  if (!isDate(validUntil)) {
    world.report(at('validUntil'), 'invalid_date', `${validUntil} is no date`, 'Write it as 2027-12-31');
  } else if (world.now !== undefined) checkEnd(world, agency, agreement, at('validUntil'), world.now);
  for (const [code, { fields }] of Object.entries(purposes)) {
    fields.forEach((field, place) => checkField(world, agency, field, at('purposes', code, 'fields', place)));
  }
}

function checkEnd(world: World, agency: Agency, agreement: Agreement, spot: Spot, now: number): void {
  const left = agreementEnd(agreement, agency) - now;
  if (left > NOTICE_MS) return;
  const { ref, validUntil } = agreement;
  if (left > 0) world.warn(spot, 'agreement_ends', `${ref} ends on ${validUntil}`, 'See to a new agreement');
  else {
    const message = `${ref} ended on ${validUntil}: nothing is sent to ${agency.id}`;
    world.report(spot, 'agreement_expired', message, 'Write the date of the new agreement');
  }
}

/** A pointer that no operation takes is a slip. */
function checkField(world: World, agency: Agency, field: string, spot: Spot): void {
  const inputs = Object.values(adapterOf(agency, world.adapters)?.operations ?? {}).map(({ input }) => input);
  const path = segmentsOf(field).filter((name) => !/^\d+$/.test(name));
  const misses = inputs.map((input) => missingIn(path, input, input));
  if (inputs.length === 0 || misses.includes(null)) return;
  const known = inputs.flatMap((input) => Object.keys(input['properties'] ?? {}));
  const fix = suggest(path[0]!, new Set(known));
  world.report(spot, 'unknown_agreed_field', `No operation of ${agency.adapter} takes ${field}`, fix);
}

function checkStep(world: World, route: Route, plan: RouteStep, spot: SpotOf): void {
  const role = plan.call.split('.')[0]!;
  if (role === BUS && plan.purpose !== undefined)
    world.report(spot('purpose'), 'purpose_of_bus', 'The bus sends nothing to anybody', 'Take it out');
  const list = world.only('agencies');
  for (const agency of world.catalogue.agencies) {
    const agreement = agency.role === role ? agreementOf(agency) : undefined;
    if (!agreement || !list || !world.isSure({ file: list, path: [agency.id, 'agreement'] })) continue;
    const purpose = purposeOf(agreement, plan.purpose, route.service);
    if (purpose !== undefined && Object.hasOwn(agreement.purposes, purpose)) {
      checkSent(world, agency.id, purpose, fieldsFor(agreement, purpose), plan, spot);
      continue;
    }
    if (plan.purpose === undefined && agreement.default !== undefined) continue;
    const message = `No purpose ${purpose ?? route.service} is agreed on with ${agency.id}: nothing would be sent`;
    const fix = suggest(purpose ?? route.service, Object.keys(agreement.purposes));
    world.report(spot(plan.purpose === undefined ? 'call' : 'purpose'), 'unknown_purpose', message, fix);
  }
}

function checkSent(
  world: World,
  agency: string,
  purpose: string,
  fields: string[],
  plan: RouteStep,
  spot: SpotOf,
): void {
  for (const { path, pointer } of leavesOf(plan.with)) {
    if (mayBeSent(pointer, fields)) continue;
    const message = `${agency} may not be sent ${pointer} for ${purpose}: it would be left out`;
    const fix = `Add ${pointer} to its agreement, or take it out`;
    world.report(spot('with', ...path), 'field_without_purpose', message, fix);
  }
}

interface Leaf {
  path: (string | number)[];
  /** Every item of a list is its first. */
  pointer: string;
}

function leavesOf(value: JsonValue, at: Leaf = { path: [], pointer: '' }): Leaf[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) => {
    const segment = Array.isArray(value) ? 0 : name;
    return leavesOf(inner, { path: [...at.path, name], pointer: at.pointer + pointerOf(segment) });
  });
}
