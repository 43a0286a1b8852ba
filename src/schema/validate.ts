/** JSON Schemas compiled once into functions that name every problem of a value. */
import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isDate, isDateTime, isFamilyCard, isNik, isNpwp, isPhone, isRegion } from './formats.ts';
import { fullPointer, problemsFrom, safePointer } from './problems.ts';
import type { Problem } from './problems.ts';

export type Check = (value: unknown) => Problem[];

const ajv = new Ajv2020({
  strict: true,
  // A `then` may require what the schema around it describes.
  strictRequired: false,
  allowUnionTypes: true,
  allErrors: true,
  // `toString` of an object's prototype is not a field.
  ownProperties: true,
  discriminator: true,
  // Two versions of a form may carry the same $id.
  addUsedSchema: false,
  logger: false,
});
// The default export is typed as a namespace under nodenext, and has the function under this name too.
addFormats.default(ajv);
const FORMATS = {
  nik: isNik,
  familyCard: isFamilyCard,
  npwp: isNpwp,
  phone: isPhone,
  region: isRegion,
  date: isDate,
  'date-time': isDateTime,
};
for (const [name, validate] of Object.entries(FORMATS)) ajv.addFormat(name, { type: 'string', validate });

/**
 * Compiles a JSON Schema 2020-12, strictly: an unknown keyword or format, or a reference that leads out of the schema,
 * is an error. Formats are those of ajv-formats and nik, familyCard, npwp, phone, region; date and date-time are 1900
 * to 2199. The function gives all problems, none when the value holds.
 * @throws Error that says what is wrong with the schema.
 */
export function compile(schema: object): Check {
  const validate = validatorOf(schema);
  return (value) => (validate(value) ? [] : problemsFrom(validate.errors ?? [], safePointer));
}

/** As `compile`, for what the bus's own people write: no name in it is hidden from them. */
export function compileForOwner(schema: object): Check {
  const validate = validatorOf(schema);
  return (value) => (validate(value) ? [] : problemsFrom(validate.errors ?? [], fullPointer));
}

/** A schema object is compiled once: it costs milliseconds, and every submit asks for its form's. */
const compiled = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  let validate = compiled.get(schema);
  if (!validate) {
    compiled.set(schema, (validate = ajv.compile(schema)));
    // A reloaded configuration compiles its forms again: the instance must not keep the old ones.
    ajv.removeSchema(schema);
  }
  return validate;
}
