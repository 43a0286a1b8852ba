/** What an agency sends to our side, by its media type: XML, a form, else JSON. */
import { parseForm } from './form.ts';
import { AGENCY_LIMITS, parseJson } from './json.ts';
import type { JsonValue } from './value.ts';
import { parseXml } from './xml.ts';

/** A certificate in base64 fits; an agency that sends more uses a URL. */
export const MOST_MESSAGE_BYTES = 14 * 1024 * 1024;

/** @throws WireError */
export async function parseMessage(contentType: string, bytes: Uint8Array): Promise<JsonValue> {
  if (bytes.length === 0) return null;
  if (contentType.includes('xml')) return parseXml(bytes);
  if (contentType.includes('x-www-form-urlencoded')) return parseForm(bytes);
  return parseJson(bytes, { ...AGENCY_LIMITS, maxBytes: MOST_MESSAGE_BYTES });
}
