/** Events of people's acts that belong to no application: who, and a salted hash of why; the reason itself is sealed. */
import type { NewEvent } from '../domain/chain.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { SealKey } from '../flow/ports/vault.ts';
import type { Desk } from './look.ts';

/** Who acts and why; the reason is stored sealed, its salted hash stands in the event. */
export interface Actor {
  /** Id of the API key, or `cli`. */
  by: string;
  reason: string;
}

export const SALT_BYTES = 16;

export const saltedText = (salt: Buffer, reason: string): string =>
  JSON.stringify({ salt: salt.toString('base64'), reason });

/** Reasons that belong to no application are sealed under a key of the desk's own. */
async function deskKey({ ledger, vault }: Desk): Promise<SealKey> {
  const known = await ledger.wrappedKey('desk');
  const wrapped = known ?? (await ledger.wrappedKey('desk', (await vault.newKey('desk')).wrapped));
  return vault.openKey('desk', wrapped!);
}

/** An event for a stream of an agency's or the bus's own. */
export async function deskEvent(
  desk: Desk,
  stream: string,
  type: string,
  { by, reason }: Actor,
  data: JsonObject,
): Promise<NewEvent> {
  const salt = desk.clock.random(SALT_BYTES);
  const sealed = desk.vault.seal(await deskKey(desk), `events/${stream}/text`, saltedText(salt, reason));
  return {
    type: `go.mpp.${type}.v1`,
    data: { ...data, by, reasonHash: desk.vault.commit(salt, reason) },
    sealed,
  };
}
