/** What went wrong in an interpreter, in words that hold nothing of what it was given. */
import { ConnectorError, connectorError } from '../error.ts';
import type { SandboxLimits } from './limits.ts';
import { Refusal } from './thread.ts';

const WORDS: Record<string, (limits: SandboxLimits) => string> = {
  sandbox_time: ({ callMs }) => `took longer than ${callMs} ms`,
  sandbox_memory: ({ memoryBytes }) => `needs more than ${memoryBytes / 1_048_576} MiB of memory`,
  sandbox_stack: () => 'calls itself too deeply',
  sandbox_output: ({ outputBytes }) => `gives more than ${outputBytes} bytes, or no JSON that can be taken`,
  sandbox_input: ({ inputBytes }) => `is given more than ${inputBytes} bytes`,
  sandbox_crashed: () => 'ended its interpreter',
  sandbox_error: () => 'threw an error',
};

/**
 * Of a call: the connector's own words are left out, for they may hold what it was given. `read` alone has its reason
 * handed on, as the contract says: it goes back to the agency that sent the form.
 */
export function callError(error: unknown, label: string, limits: SandboxLimits): Error {
  if (!(error instanceof Refusal)) return error as Error;
  if (error.code === 'sandbox_error' && label.endsWith('/read')) return new Error(error.message);
  return new ConnectorError(error.code, `${label} ${words(error.code, limits)}`);
}

/** Of reading the connector: nothing was given yet, so its own words help to mend it. */
export function loadError(error: unknown, limits: SandboxLimits): Error {
  if (!(error instanceof Refusal)) return error as Error;
  const { code, message } = error;
  if (code === 'connector_import') {
    const fix = "Import the folder's own files, and of the kit (jembatan/kit) types only: import type";
    return connectorError({
      file: message.split(' ')[0]!,
      code,
      message: `${message}, which is not there`,
      fix,
    });
  }
  const said = message === '' ? '' : `: ${message}`;
  const what = `Reading it ${words(code, { ...limits, callMs: limits.loadMs })}${said}`;
  return connectorError({ file: 'adapter.ts', code, message: what, fix: 'Mend the connector' });
}

function words(code: string, limits: SandboxLimits): string {
  return (WORDS[code] ?? WORDS['sandbox_error']!)(limits);
}
