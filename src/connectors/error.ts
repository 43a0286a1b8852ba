/** What is wrong with a connector: for whoever must mend it, and never a value of the data that it was given. */

export interface ConnectorFinding {
  /** Relative to the connector's folder. */
  file: string;
  line?: number;
  /** JSON pointer into the file. */
  pointer?: string;
  /** Stable; tests and manuals name it. */
  code: string;
  message: string;
  fix: string;
}

export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  /** `sandbox_time`, `package_signature` and their like: stable. */
  readonly code: string;
  readonly findings: ConnectorFinding[];

  constructor(code: string, message: string, findings: ConnectorFinding[] = []) {
    super(message);
    this.code = code;
    this.findings = findings;
  }
}

/** One finding that says it all. */
export function connectorError(finding: ConnectorFinding): ConnectorError {
  const { file, line, code, message, fix } = finding;
  const place = line === undefined ? file : `${file}:${line}`;
  return new ConnectorError(code, `${place}: ${message}. ${fix}`, [finding]);
}
