/** What is wrong with a value, by JSON pointer and stable code, without the value itself. */
import type { ErrorObject } from 'ajv';

export interface Problem {
  /** RFC 6901, to the field that is wrong, missing or unknown; empty for the whole. */
  pointer: string;
  /** Stable, for programs: `missing_field`, `nik_invalid`, `schema_maxLength`. */
  code: string;
  /** Plain English for a developer. */
  detail: string;
}

/** More help nobody. */
const MAX_PROBLEMS = 100;

const FORMATS: Record<string, [code: string, detail: string]> = {
  nik: [
    'nik_invalid',
    'must be 16 digits: known province, day of birth (women +40), month, year, serial not 0000',
  ],
  familyCard: ['family_card_invalid', 'must be 16 digits that begin with a known province'],
  npwp: ['npwp_invalid', 'must be a tax number of 15 or 16 digits with a right check digit'],
  phone: ['phone_invalid', 'must be a phone number as +62…, 62…, 08… or another E.164 number'],
  region: ['region_invalid', 'must be a region code such as 61.12 or 61.12.01.2001'],
  date: ['date_invalid', 'must be a date that exists, as 2026-01-31, from 1900 to 2199'],
  'date-time': ['date_invalid', 'must be a time as 2026-01-31T09:00:00+07:00, from 1900 to 2199'],
};

/** Keywords that only repeat what a branch of theirs has said. */
const ECHOES = new Set(['if', 'propertyNames']);

/** ajv's errors in our words, at most 100. */
export function problemsFrom(errors: ErrorObject[], pointerBy = safePointer): Problem[] {
  const problems: Problem[] = [];
  for (const error of errors) {
    if (ECHOES.has(error.keyword)) continue;
    if (problems.length === MAX_PROBLEMS) break;
    problems.push(problemFrom(error, pointerBy));
  }
  return problems;
}

function problemFrom(error: ErrorObject, pointerBy: (pointer: string) => string): Problem {
  const { keyword, params, instancePath, propertyName } = error;
  const at = (name: unknown): string => pointerBy(`${instancePath}/${escapePointer(String(name))}`);
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(at(params['additionalProperty']));
    case 'unevaluatedProperties':
      return unknownField(at(params['unevaluatedProperty']));
    case 'required':
    case 'dependentRequired':
      return { pointer: at(params['missingProperty']), code: 'missing_field', detail: 'is required' };
    case 'discriminator':
      return {
        pointer: at(params['tag']),
        code: 'schema_discriminator',
        detail: 'must name one of the known kinds',
      };
    case 'format': {
      const [code, detail] = FORMATS[String(params['format'])] ?? ['schema_format', error.message ?? ''];
      return { pointer: pointerBy(instancePath), code, detail };
    }
    default: {
      const pointer = propertyName === undefined ? pointerBy(instancePath) : at(propertyName);
      return { pointer, code: `schema_${keyword}`, detail: detailOf(error) };
    }
  }
}

function unknownField(pointer: string): Problem {
  return { pointer, code: 'unknown_field', detail: 'is not a field of this object' };
}

/** ajv's own messages speak of the schema only. */
function detailOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`;
  if (keyword === 'pattern') return 'is not written as this field wants it';
  return message ?? 'is not allowed';
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

const SAFE_SEGMENT = /^(?:[A-Za-z_$][\w.$-]{0,63}|\d{1,5})$/;

/** A field's name comes from the sender and may be a value in the wrong place: there the pointer stops. */
export function safePointer(pointer: string): string {
  const segments = pointer.split('/').slice(1);
  const unsafe = segments.findIndex((segment) => !SAFE_SEGMENT.test(segment));
  return segments
    .slice(0, unsafe < 0 ? segments.length : unsafe)
    .map((segment) => `/${segment}`)
    .join('');
}

/** For readers who wrote the names themselves. */
export function fullPointer(pointer: string): string {
  return pointer;
}
