/** What every sign-in scheme reads: a text setting and a header, whatever the case of its name. */
import type { JsonObject } from '../../domain/outcome.ts';
import type { SignedMessage } from '../contract.ts';

/** A text setting, or null when it is absent or empty: an empty secret must never prove anything. */
export function settingOf(settings: JsonObject, name: string): string | null {
  const value = settings[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A text setting that the scheme cannot sign without. Throws an Error that names it. */
export function needed(settings: JsonObject, name: string): string {
  const value = settingOf(settings, name);
  if (value === null) throw new Error(`The sign-in scheme needs the setting "${name}"`);
  return value;
}

/** A header's value; empty when it is absent. */
export function headerOf(message: SignedMessage, name: string): string {
  for (const [key, value] of Object.entries(message.headers)) if (key.toLowerCase() === name) return value;
  return '';
}
