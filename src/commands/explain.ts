/** What a person reads when a command fails: what happened and what to do, never where in the code. */
import { CommanderError } from 'commander';
import { ConfigError, printFinding } from '../config/finding.ts';
import { ConnectorError, type ConnectorFinding } from '../connectors/error.ts';
import { CommitUnknown } from '../domain/commit-unknown.ts';
import { LedgerRefused } from '../ledger/refused.ts';
import { KeyFileError } from '../privacy/keys.ts';
import { QueueRefused } from '../queue/redis-url.ts';
import { ApiRefused, NoAnswer } from './client.ts';
import { CommandFailed, countOf, UsageError } from './shell.ts';

export interface Explained {
  /** 1: refused or failed; 2: called wrongly. */
  code: 0 | 1 | 2;
  lines: string[];
}

const OWN = [UsageError, CommandFailed, LedgerRefused, QueueRefused, KeyFileError, NoAnswer, ConnectorError];

export function explain(error: unknown): Explained {
  // Commander has said its piece already; help and version are no failures.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, lines: [] };
  const code = error instanceof UsageError ? 2 : 1;
  return { code, lines: linesOf(error).filter((line) => line !== '') };
}

function linesOf(error: unknown): string[] {
  if (error instanceof ConfigError) {
    return [
      ...error.findings.map(printFinding),
      `${countOf(error.findings.length, 'mistake')}: nothing was done`,
    ];
  }
  if (error instanceof ConnectorError && error.findings.length > 0) return error.findings.map(connectorLine);
  if (error instanceof ApiRefused) return [error.message, ...advice(error)];
  if (OWN.some((kind) => error instanceof kind)) return [(error as Error).message];
  if (error instanceof CommitUnknown) {
    return [`${error.message}: whether it is stored is not known, look before you repeat the command`];
  }
  return [systemError(error as NodeJS.ErrnoException & { address?: string; port?: number })];
}

/** `adapter.ts:3 /signIn connector_shape: … Fix.` */
function connectorLine({ file, line, pointer, code, message, fix }: ConnectorFinding): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}${pointer ? ` ${pointer}` : ''} ${code}: ${message}. ${fix}.`;
}

function advice({ status }: ApiRefused): string[] {
  if (status === 401) return ['Set JEMBATAN_KEY to a key that holds: jembatan key list, jembatan key create'];
  return status === 403 ? ['Use a key with that scope: jembatan key create --scope …'] : [];
}

const FILE_ERRORS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be read or written by this user',
  EPERM: 'it may not be read or written by this user',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

function systemError(error: NodeJS.ErrnoException & { address?: string; port?: number }): string {
  const { code = '', syscall, path, address, port } = error;
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${address} is taken: stop who listens there, or set JEMBATAN_PORT to another port`;
  }
  if (syscall === 'listen') {
    return `Port ${port} of ${address} cannot be listened at (${code}): set JEMBATAN_HOST and JEMBATAN_PORT to others`;
  }
  if (path !== undefined) return `${path}: ${FILE_ERRORS[code] ?? `it cannot be used (${code})`}`;
  return `Unexpected: ${error instanceof Error ? error.message : String(error)}. Set JEMBATAN_LOG=debug to see where`;
}
