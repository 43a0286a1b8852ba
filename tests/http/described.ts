/** Holds a real answer against what the API's description says of it. */
import { STATES } from '../../src/domain/application.ts';
import { openApi, type OpenApi } from '../../src/http/openapi/document.ts';
import { compile, type Check } from '../../src/schema/validate.ts';
import { URL_OF_BUS, type Sent } from './world.ts';

export const DOCUMENT: OpenApi = openApi(URL_OF_BUS, '0.0.0', STATES);

/** The document's schemas as one that ajv can follow. */
const $defs = JSON.parse(
  JSON.stringify(DOCUMENT.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
) as object;

const checks = new Map<string, Check>();

export function checkOf(component: string): Check {
  const known = checks.get(component) ?? compile({ $defs, $ref: `#/$defs/${component}` });
  checks.set(component, known);
  return known;
}

/** What is wrong with an answer by its description; an answer that is not described is wrong as a whole. */
export function misfits(method: string, template: string, sent: Sent): unknown[] {
  const operation = DOCUMENT.paths[template]?.[method] as {
    responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>;
  };
  const answer = operation?.responses[String(sent.status)];
  if (!answer) return [`${method} ${template} has no answer ${sent.status}`];
  if (!answer.content) return sent.text === '' ? [] : ['a body where none is described'];
  const type = sent.headers.get('content-type')!.split(';')[0]!;
  const described = answer.content[type];
  if (!described) return [`${method} ${template} ${sent.status} is not ${type}`];
  const component = described.schema.$ref?.split('/').at(-1);
  return component === undefined ? [] : checkOf(component)(sent.body);
}
