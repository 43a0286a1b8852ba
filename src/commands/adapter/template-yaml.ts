/** A new connector without code: one connector.yaml and its guide; its stand-in is made of the examples. */
import type { JsonSchema } from '../../adapter-kit/contract.ts';
import { exampleOf, guideOf, INPUT, OUTPUT, SETTINGS, settingsSchema, SHOWN, titleOf } from './template.ts';

/** Path in the folder → text. */
export function yamlFiles(name: string): Record<string, string> {
  return { 'connector.yaml': connectorOf(name), 'guide.md': guideOf(name) };
}

function connectorOf(name: string): string {
  return `# ${titleOf(name)}. Texts under request, reply and errors' when are expressions; a literal one has quotes of its own.
name: ${flow(name)}
version: 1.0.0
title: { id: ${flow(titleOf(name))}, en: ${flow(titleOf(name))} }

settings:
${schemaAt(settingsSchema(name), 2)}

signIn: { scheme: apiKey }

operations:
  register:
    title: { id: Daftarkan, en: Register a person }
    # The key in the path makes it keyed: the same key again is the same registration.
    effect: keyed
    input:
${schemaAt(INPUT, 6)}
    output:
${schemaAt(OUTPUT, 6)}
    request:
      method: PUT
      path: /registrations/{call.key}
      body:
        json:
          nik: input.nik
          fullName: input.fullName
          born: $writeDate(input.birthDate, 'dd-MM-yyyy')
    # The first case that holds gives the outcome; what none of them knows is read by its status, else unreadable.
    reply:
      - when: { at: /status, equals: DONE }
        is: ok
        output: { registrationNumber: reply.body.registrationNumber }

# Tried before the cases of every reply.
errors:
  - signal: REFUSED NIK_UNKNOWN
    when: [{ at: /status, equals: REFUSED }, { at: /code, equals: NIK_UNKNOWN }]
    is: refused
    code: NIK_NOT_FOUND
    meaning: { id: NIK tidak dikenal, en: The NIK is not known }

exampleSettings: ${flow(SETTINGS)}

# What an example leaves out is as in the one before it.
examples:
${SHOWN.map((shown, at) => exampleAt(exampleOf(shown), at === 0)).join('\n')}
`;
}

/** A JSON Schema as YAML, indented; JSON within it is YAML too. */
function schemaAt(schema: JsonSchema, indent: number): string {
  const { properties, ...rest } = schema as { properties: Record<string, object> };
  const lines = Object.entries(rest).map(([name, value]) => `${name}: ${flow(value)}`);
  const fields = Object.entries(properties).flatMap(([name, field]) => [
    `  ${name}:`,
    ...Object.entries(field).map(([key, value]) => `    ${key}: ${flow(value)}`),
  ]);
  return [...lines, 'properties:', ...fields].map((line) => ' '.repeat(indent) + line).join('\n');
}

function exampleAt(
  { title, operation, input, request, reply, outcome }: ReturnType<typeof exampleOf>,
  whole: boolean,
): string {
  const { status, headers, body, type } = reply;
  const { 'content-type': _, ...others } = headers;
  const shown = { status, ...(type && { type }), ...(Object.keys(others).length > 0 && { headers }), body };
  return [
    `  - title: ${flow(title)}`,
    `    operation: ${operation}`,
    ...(whole ? [`    input: ${flow(input)}`, `    request: ${flow(request)}`] : []),
    `    reply: ${flow(shown)}`,
    `    outcome: ${flow(outcome)}`,
  ].join('\n');
}

/** Words that YAML reads as something else than a text. */
const OTHER = /^(true|false|null|yes|no|on|off)$/i;

/** On one line; quotes only where YAML needs them. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, inner]) => `${name}: ${flow(inner)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = /^[A-Za-z][\w ./-]*[\w.]$/.test(value) && !OTHER.test(value);
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`;
}
