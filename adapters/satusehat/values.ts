/** Reading values of replies that may hold anything, and writing instants and ids as SATUSEHAT wants them. */
import type { Call, JsonObject, JsonValue, Outcome } from '../../src/adapter-kit/contract.ts';

export const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

export const FHIR = '/fhir-r4/v1';

/** The object, or an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The objects of a list; anything else is left out. */
export function list(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map((one) => object(one)) : [];
}

/** A string as trimmed text; anything else is empty. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A logical id of R4, or empty. */
export function idOf(resource: JsonObject): string {
  const id = text(resource['id']);
  return /^[A-Za-z0-9.-]{1,64}$/.test(id) ? id : '';
}

/** SATUSEHAT takes times in UTC, written with `+00:00`. */
export function utc(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
}

/** A UUID of version 8 made from the step's key: the same key names the same entry at every try. */
export function uuidOf({ key, tools }: Pick<Call, 'key' | 'tools'>, part: string): string {
  const hex = tools.sha256(`${key}/${part}`, 'hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** Our own name of a resource, under the organization's system; `http`, unlike the national numbers. */
export function ownSystem(kind: string, { settings }: Pick<Call, 'settings'>): string {
  return `http://sys-ids.kemkes.go.id/${kind}/${settings['organizationId'] as string}`;
}
