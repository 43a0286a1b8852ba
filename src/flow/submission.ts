/** What is handed in as an application, held against the canonical schema and its service's form: the same at every door. */
import type { Catalogue, Platform } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import {
  checkApplication,
  normaliseApplication,
  sandboxProblems,
  type ApplicationBody,
} from '../schema/application.ts';
import type { Problem } from '../schema/problems.ts';
import { compile, type Check } from '../schema/validate.ts';

export type Read =
  /** It is no application. */
  | { problems: Problem[] }
  /** It is one; `late` is what its service's form or its platform says against it. One that was accepted before still stands. */
  | { body: ApplicationBody; late: Problem[] };

/** All problems, or the application in one writing. */
export function readApplication(
  catalogue: Catalogue,
  { sandbox }: Pick<Platform, 'sandbox'>,
  submitted: JsonObject,
): Read {
  const problems = checkApplication(submitted);
  const late = formProblems(catalogue, submitted);
  if (problems.length > 0) return { problems: [...problems, ...late] };
  const body = normaliseApplication(submitted as unknown as ApplicationBody);
  if (!sandbox) late.push(...sandboxProblems(body));
  return { body, late };
}

/** Compiling a form takes longer than all the rest of an intake; a reload brings new objects. */
const forms = new WeakMap<object, Check>();

function formProblems({ services }: Catalogue, { serviceCode, formData }: JsonObject): Problem[] {
  const service = typeof serviceCode === 'string' ? services.get(serviceCode) : undefined;
  if (!service || formData === undefined) return [];
  const check = forms.get(service.form) ?? compile(service.form);
  forms.set(service.form, check);
  return check(formData).map((problem) => ({ ...problem, pointer: `/formData${problem.pointer}` }));
}
