/** Callback endpoints: what is sealed about them, and how they are made. */
import type { Flow } from './flow.ts';
import type { EndpointRow } from './ports/ledger-notify.ts';

/** URL and secrets; the newest secret first, the one before it while receivers change over. */
export interface EndpointSecret {
  url: string;
  secrets: string[];
  /** Event types to send; empty for all. */
  types: string[];
}

const owner = (id: string): string => `endpoint/${id}`;
const place = (id: string): string => `endpoints/${id}/secret`;

export async function openEndpoint(flow: Pick<Flow, 'vault'>, row: EndpointRow): Promise<EndpointSecret> {
  const key = await flow.vault.openKey(owner(row.id), row.wrappedKey);
  return JSON.parse(flow.vault.unseal(key, place(row.id), row.sealed).toString()) as EndpointSecret;
}

export async function resealEndpoint(
  flow: Pick<Flow, 'vault'>,
  row: EndpointRow,
  secret: EndpointSecret,
): Promise<Uint8Array> {
  const key = await flow.vault.openKey(owner(row.id), row.wrappedKey);
  return flow.vault.seal(key, place(row.id), JSON.stringify(secret));
}

/** A new endpoint's row, sealed under a key of its own. */
export async function newEndpoint(
  flow: Flow<unknown>,
  platform: string,
  secret: EndpointSecret,
): Promise<EndpointRow> {
  const id = flow.clock.id();
  const { key, wrapped } = await flow.vault.newKey(owner(id));
  return {
    ...{ id, platform, state: 'active', code: null, wake: 0, dueAt: null, fence: 0, leaseUntil: null },
    ...{ failures: 0, failingSince: null, createdAt: new Date(flow.clock.now()).toISOString() },
    sealed: flow.vault.seal(key, place(id), JSON.stringify(secret)),
    wrappedKey: wrapped,
  };
}

/** 32 bytes of chance in the form that Standard Webhooks gives. */
export function newEndpointSecret(flow: Flow<unknown>): string {
  return `whsec_${flow.clock.random(32).toString('base64')}`;
}
