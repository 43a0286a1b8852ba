/** What an agency may be told: until when, and which fields for which purpose. Pure rules. */
import type { Agency } from './catalogue.ts';
import { DAY_MS, instantOf } from './local-time.ts';
import type { JsonObject, JsonValue } from './outcome.ts';

export interface Purpose {
  /** JSON pointers into operations' inputs; `/members/0/nik` stands for every member's, `/address` for all in it. */
  fields: string[];
  legalBasis: string;
}

export interface Agreement {
  /** Number and year of the paper. */
  ref: string;
  /** The last day on which anything is sent, `2027-12-31`. */
  validUntil: string;
  /** The purpose of steps that name none, where the service's own code is not among the purposes. */
  default?: string;
  purposes: Record<string, Purpose>;
}

/** What binds an agency; nothing where none is declared, or none is needed. */
export function agreementOf({ agreement }: Pick<Agency, 'agreement'>): Agreement | undefined {
  return agreement === 'none' ? undefined : agreement;
}

/** The purpose that a step serves: its own, else its service's, else the agreement's default. */
export function purposeOf(
  agreement: Agreement,
  own: string | undefined,
  service: string,
): string | undefined {
  return own ?? (Object.hasOwn(agreement.purposes, service) ? service : agreement.default);
}

/** What may be sent for a purpose; nothing for one that is not agreed on. */
export function fieldsFor({ purposes }: Agreement, purpose: string | undefined): string[] {
  return purpose !== undefined && Object.hasOwn(purposes, purpose) ? purposes[purpose]!.fields : [];
}

/** An agency's days end where its office is; with none, in the capital. */
const CAPITAL = 'Asia/Jakarta';

/** The first instant at which nothing is sent any more, ms since the epoch. */
export function agreementEnd({ validUntil }: Agreement, { office, limits }: Agency): number {
  const zone = office?.zone ?? limits.opens?.zone ?? CAPITAL;
  return instantOf(Date.parse(validUntil) / DAY_MS + 1, 0, zone);
}

/** Whether something at a pointer may be sent: itself, what it is in, or a part of it. */
export function mayBeSent(pointer: string, fields: string[]): boolean {
  return fields.some((field) => isWithin(pointer, field) || isWithin(field, pointer));
}

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

/** The input without what may not be sent, and the pointers of that. */
export function within(input: JsonObject, fields: string[]): { kept: JsonObject; withheld: string[] } {
  const withheld = new Set<string>();
  const kept = keep(input, '', { fields, withheld }) as JsonObject | undefined;
  return { kept: kept ?? {}, withheld: [...withheld] };
}

interface Work {
  fields: string[];
  withheld: Set<string>;
}

function keep(value: JsonValue, pointer: string, work: Work): JsonValue | undefined {
  if (pointer !== '' && work.fields.some((field) => isWithin(pointer, field))) return value;
  const isPartly = pointer === '' || work.fields.some((field) => isWithin(field, pointer));
  if (isPartly && Array.isArray(value)) {
    return value.map((item) => keep(item, `${pointer}/0`, work)).filter((item) => item !== undefined);
  }
  if (isPartly && typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, inner]) => {
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return [name, keep(inner, at, work)] as const;
    });
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined)) as JsonObject;
  }
  work.withheld.add(pointer);
  return undefined;
}
