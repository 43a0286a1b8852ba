/** What every HTTP handler is handed, and who may do what: scopes, and how far a key reaches. */
import type { Context } from 'hono';
import type { Platform } from '../domain/catalogue.ts';
import type { Configuration } from '../desk/configuration.ts';
import type { Desk } from '../desk/look.ts';
import type { ApiKeyRow, Scope } from '../flow/ports/ledger-desk.ts';
import type { Load, RequestWatch, Slot } from './admission.ts';
import { HttpProblem } from './problem.ts';

export interface Caller {
  key: ApiKeyRow;
  platform: Platform;
}

export type Env = {
  Variables: { requestId: string; caller: Caller };
  /** The request's place in the gate. */
  Bindings: { slot?: Slot };
};

export interface Edge {
  desk: Desk;
  /** What can be changed while the bus runs; null where it cannot be read anew. */
  configuration: Configuration | null;
  /** Public base URL, without a slash at its end. */
  url: string;
  /** False while the process is stopping. */
  ready(): boolean;
  /** How hard the process works, and whether the ledger's disk is full. */
  load: Load & { storageFull(): boolean };
  watch: RequestWatch & {
    overQuota(platform: string): void;
    /** The metrics as Prometheus reads them. */
    text(): Promise<string>;
  };
  /** Callback URLs may be loopback for sandbox platforms. */
  checkCallbackUrl(url: string, sandbox: boolean): string | null;
}

export function need(c: Context<Env>, scope: Scope): Caller {
  const caller = c.get('caller');
  if (!caller.key.scopes.includes(scope)) {
    throw new HttpProblem(403, 'scope', `This key lacks the scope ${scope}`, {
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
    });
  }
  return caller;
}

/** Operators see every platform's applications, others their own. */
export function reach(c: Context<Env>): string | null {
  const { key, platform } = c.get('caller');
  return key.scopes.includes('operate') ? null : platform.id;
}
