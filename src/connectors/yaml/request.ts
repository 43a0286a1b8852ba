/** Makes requests: the path with its values encoded, query, headers and a body of any kind. */
import type { DocumentSlot, JsonObject, Part, WireBody, WireRequest } from '../../adapter-kit/contract.ts';
import type { BodyPlan, PartPlan, RequestPlan } from './document.ts';
import { fields, list, soon } from './soon.ts';
import { objectReading, reading, textReading, textsReading, wordOf, type Reading } from './values.ts';

export function requestReading(plan: RequestPlan): Reading<WireRequest> {
  const path = pathReading(plan.path);
  const query = plan.query && textsReading(plan.query);
  const headers = plan.headers && textsReading(plan.headers);
  const body = plan.body && bodyReading(plan.body);
  return (scope) =>
    fields<WireRequest>({
      method: plan.method,
      path: path(scope),
      ...(query && { query: query(scope) }),
      ...(headers && { headers: headers(scope) }),
      ...(body && { body: body(scope) }),
    });
}

/** Text and expressions by turns: the parts between braces are at odd places. */
export function partsOf(path: string): string[] {
  return path.split(/\{([^{}]*)\}/);
}

function pathReading(path: string): Reading<string> {
  const parts = partsOf(path).map((part, at): Reading<string> => {
    if (at % 2 === 0) return () => part;
    const read = reading(part);
    return (scope) =>
      soon(read(scope), (value) => {
        const word = wordOf(value);
        // An empty part would ask for another resource than was meant.
        if (word === undefined) throw new Error(`Nothing stands for {${part}} in the path`);
        return encodeURIComponent(word);
      });
  });
  return (scope) => soon(list(parts.map((part) => part(scope))), (texts) => texts.join(''));
}

function bodyReading(plan: BodyPlan): Reading<WireBody> {
  if (plan.json !== undefined) {
    const json = reading(plan.json);
    return (scope) => soon(json(scope), (made) => ({ json: made ?? null }));
  }
  if (plan.form) {
    const form = textsReading(plan.form);
    return (scope) => soon(form(scope), (made) => ({ form: made ?? {} }));
  }
  if (plan.xml) {
    const xml = objectReading(plan.xml);
    return (scope) => soon(xml(scope), (made) => ({ xml: made }));
  }
  if (plan.soap) return soapReading(plan.soap);
  if (plan.multipart) {
    const parts = plan.multipart.map(partReading);
    return (scope) => soon(list(parts.map((part) => part(scope))), (made) => ({ multipart: made }));
  }
  const id = textReading(plan.document ?? '');
  const as = plan.as ?? 'body';
  return (scope) =>
    soon(id(scope), (document): DocumentSlot => {
      if (document === undefined) throw new Error('No document stands for the body');
      return { document, as };
    });
}

function soapReading({ version, action = '', namespaces, header, body }: NonNullable<BodyPlan['soap']>) {
  const readHeader = header && objectReading(header);
  const readBody = objectReading(body);
  const fixed = { version, action, ...(namespaces && { namespaces }) };
  return (scope: Parameters<Reading<JsonObject>>[0]) =>
    soon(
      fields<{ header?: JsonObject; body: JsonObject }>({
        ...(readHeader && { header: readHeader(scope) }),
        body: readBody(scope),
      }),
      (made): WireBody => ({ soap: { ...fixed, ...made } }),
    );
}

/** A part whose value or document is not there is left out. */
function partReading(plan: PartPlan): Reading<Part | undefined> {
  const { name, fileName } = plan;
  if (plan.json !== undefined) {
    const json = reading(plan.json);
    return (scope) => soon(json(scope), (made) => (made === undefined ? undefined : { name, json: made }));
  }
  if (plan.document !== undefined) {
    const id = textReading(plan.document);
    const rest = { as: plan.as ?? ('part' as const), ...(fileName !== undefined && { fileName }) };
    return (scope) =>
      soon(id(scope), (document) => (document === undefined ? undefined : { name, document, ...rest }));
  }
  const value = textReading(plan.value ?? '');
  return (scope) => soon(value(scope), (text) => (text === undefined ? undefined : { name, value: text }));
}
