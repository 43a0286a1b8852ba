/** A plan filled with one application: which steps run, at which agency, and what each would send. */
import type { JsonSchema } from '../../adapter-kit/contract.ts';
import { BUS } from '../../domain/bus-agency.ts';
import { pointerOf } from '../../config/finding.ts';
import { agreementOf, fieldsFor, mayBeSent, purposeOf } from '../../domain/agreement.ts';
import { agencyFor, type Agency, type Catalogue } from '../../domain/catalogue.ts';
import { compileExpression, type Expression } from '../../domain/expression.ts';
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';
import type { Plan, PlanStep } from '../../domain/plan.ts';
import { maskedValue } from '../masked.ts';

export interface FilledField {
  /** With dots: `address.street`. */
  name: string;
  /** `later`: it reads what earlier steps give; `withheld`: the agency's agreement does not cover it. */
  is: 'value' | 'later' | 'nothing' | 'failed' | 'withheld';
  /** Masked, as JSON. */
  value?: string;
  /** The expression. */
  text: string;
}

export interface FilledStep {
  name: string;
  runs: 'yes' | 'no' | 'later';
  /** Id of the agency entry; null when none serves the region. */
  agency: string | null;
  region: string | null;
  fields: FilledField[];
}

export async function filledPlan(
  catalogue: Catalogue,
  plan: Plan,
  body: JsonObject,
  inputOf: (step: PlanStep) => JsonSchema,
  /** When it would be accepted. */
  at: string,
): Promise<Map<string, FilledStep>> {
  const site = catalogue.sites.find(({ code }) => code === body['mppSiteCode']);
  const given = { id: '', number: '', acceptedAt: at };
  const scope = { application: { ...body, ...given }, service: plan.service, site: site ?? {}, steps: {} };
  const filled = new Map<string, FilledStep>();
  for (const step of plan.steps) {
    const region = step.at
      ? await evaluated(step.at, scope)
      : { is: 'value', value: body['jurisdictionCode'] };
    const known = region.is === 'value' && typeof region.value === 'string' ? region.value : null;
    const agency = known === null ? undefined : agencyFor(catalogue.agencies, step.role, known);
    filled.set(step.name, {
      name: step.name,
      runs: await runsOf(step, scope),
      agency: agency?.id ?? (step.role === BUS ? BUS : null),
      region: known,
      fields: (await fieldsOf(step.rules.with, scope, inputOf(step))).map((field) =>
        agency && isWithheld(field, agency, step, plan.service.code) ? { ...field, is: 'withheld' } : field,
      ),
    });
  }
  return filled;
}

function isWithheld({ name }: FilledField, agency: Agency, step: PlanStep, service: string): boolean {
  const agreement = agreementOf(agency);
  if (!agreement) return false;
  const fields = fieldsFor(agreement, purposeOf(agreement, step.rules.purpose, service));
  return !mayBeSent(pointerOf(...name.split('.')), fields);
}

type Scope = Parameters<Expression['evaluate']>[0];

interface Evaluated {
  is: FilledField['is'];
  value?: unknown;
}

async function evaluated(expression: Expression, scope: Scope): Promise<Evaluated> {
  if (expression.reads.some(([first]) => first === 'steps')) return { is: 'later' };
  try {
    const value = await expression.evaluate(scope);
    return value === undefined ? { is: 'nothing' } : { is: 'value', value };
  } catch {
    return { is: 'failed' };
  }
}

async function runsOf({ when }: PlanStep, scope: Scope): Promise<FilledStep['runs']> {
  if (!when) return 'yes';
  const { is, value } = await evaluated(when, scope);
  if (is === 'later') return 'later';
  return value === undefined || value === false || value === null ? 'no' : 'yes';
}

async function fieldsOf(
  template: JsonObject,
  scope: Scope,
  schema: JsonSchema,
  before = '',
): Promise<FilledField[]> {
  const fields: FilledField[] = [];
  for (const [key, one] of Object.entries(template)) {
    const name = before + key;
    if (typeof one === 'object' && one !== null) {
      const inner = Array.isArray(one) ? Object.fromEntries(one.entries()) : one;
      fields.push(...(await fieldsOf(inner, scope, schema, `${name}.`)));
      continue;
    }
    const text = typeof one === 'string' ? one : JSON.stringify(one);
    const found: Evaluated =
      typeof one === 'string' ? await evaluated(compileExpression(one), scope) : { is: 'value', value: one };
    const own = !/\bapplication\b/.test(text);
    const value = found.is === 'value' ? shown(found.value as JsonValue, name, schema, own) : {};
    fields.push({ name, is: found.is, text, ...value });
  }
  return fields;
}

/** What comes from the catalogue is nobody's. */
function shown(value: JsonValue, name: string, schema: JsonSchema, own: boolean): { value: string } {
  return { value: JSON.stringify(own ? value : maskedValue(value, schema, name.split('.'))) };
}
