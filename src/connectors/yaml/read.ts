/** Reads a `connector.yaml` and holds it against its schema and its own promises; every mistake at once. */
import schema from '../../../schemas/connector.json' with { type: 'json' };
import type { Finding } from '../../config/finding.ts';
import { fit } from '../../config/fit.ts';
import { mistakes, problemFindings } from '../../config/problem-findings.ts';
import { wrongPlaces } from '../../config/wrong-places.ts';
import { parseYaml, type YamlFile } from '../../config/yaml-file.ts';
import { compileForOwner } from '../../schema/validate.ts';
import { ConnectorError, type ConnectorFinding } from '../error.ts';
import { checkCases } from './check-cases.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkOperations } from './check-operations.ts';
import { checkSchemas } from './check-schemas.ts';
import { makeDesk } from './desk.ts';
import type { ConnectorDocument } from './document.ts';

export const CONNECTOR_FILE = 'connector.yaml';
/** Lists and objects within each other. */
const MAX_DEPTH = 40;

const check = compileForOwner(schema);

/** @throws ConnectorError with every finding, in the order of the lines. */
export function readConnector(bytes: Uint8Array): ConnectorDocument {
  const { file, findings } = parsed(bytes);
  if (!file) throw refused(findings);
  if (depthOf(file.value) > MAX_DEPTH) {
    const message = `It is nested deeper than ${MAX_DEPTH} levels`;
    throw refused([
      ...findings,
      {
        file: CONNECTOR_FILE,
        line: 1,
        pointer: '',
        code: 'connector_depth',
        message,
        fix: 'Make it flatter',
      },
    ]);
  }
  const problems = mistakes(check(file.value));
  const shape = problemFindings({ file, value: file.value, base: '' }, problems, schema);
  const wrong = wrongPlaces(problems);
  const document = fit(file.value, schema, wrong.at) as unknown as ConnectorDocument;
  const desk = makeDesk(file, document, wrong);
  for (const one of [checkSchemas, checkOperations, checkCases, checkExpressions]) one(desk);
  const all = [...findings, ...shape, ...desk.findings];
  if (all.length > 0) throw refused(all);
  return document;
}

function parsed(bytes: Uint8Array): { file?: YamlFile; findings: Finding[] } {
  try {
    return parseYaml(CONNECTOR_FILE, Buffer.from(bytes));
  } catch (error) {
    // Thousands of lists within each other end the parser's stack.
    const message = `The YAML cannot be read (${(error as Error).name})`;
    const fix = 'Make it flatter';
    return {
      findings: [{ file: CONNECTOR_FILE, line: 1, pointer: '', code: 'config_yaml', message, fix }],
    };
  }
}

/** Counted level by level, so that no depth ends our own stack. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= MAX_DEPTH) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    depth += 1;
  }
  return depth;
}

function refused(findings: ConnectorFinding[]): ConnectorError {
  const sorted = findings.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const lines = sorted.map(({ file, line, pointer, code, message, fix }) => {
    return `${file}:${line}${pointer ? ` ${pointer}` : ''} ${code}: ${message}. ${fix}.`;
  });
  return new ConnectorError('connector_invalid', lines.join('\n'), sorted);
}
