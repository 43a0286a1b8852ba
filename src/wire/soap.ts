/** SOAP 1.1 and 1.2 envelopes: written around a body, and opened again. */
import type { JsonObject, JsonValue } from './value.ts';
import { renderXml } from './xml.ts';

const ENVELOPES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

export interface SoapMessage {
  version: '1.1' | '1.2';
  action: string;
  /** Prefix → namespace URI. */
  namespaces?: Record<string, string>;
  header?: JsonObject;
  body: JsonObject;
}

/** SOAP 1.1 §6.1.1 names the action in a header of its own, 1.2 (RFC 3902) as a parameter of the media type. */
export function renderSoap(message: SoapMessage): {
  text: string;
  type: string;
  headers: Record<string, string>;
} {
  const { version, action, namespaces = {}, header, body } = message;
  const declared = Object.entries(namespaces).map(([prefix, uri]) => [`xmlns:${prefix}`, uri]);
  const text = renderXml({
    'soap:Envelope': {
      $: { 'xmlns:soap': ENVELOPES[version], ...Object.fromEntries(declared) },
      ...(header && { 'soap:Header': header }),
      'soap:Body': body,
    },
  });
  const quoted = `"${action.replaceAll(/["\\\r\n]/g, '')}"`;
  return version === '1.1'
    ? { text, type: 'text/xml; charset=utf-8', headers: { soapaction: quoted } }
    : {
        text,
        type: `application/soap+xml; charset=utf-8${action === '' ? '' : `; action=${quoted}`}`,
        headers: {},
      };
}

export type SoapReply =
  { is: 'body'; body: JsonObject } | { is: 'fault'; code: string; text: string; detail: JsonValue };

/** Opens what `parseXml` read; null when it is no envelope. Prefixes are gone by then. */
export function readSoap(value: JsonValue): SoapReply | null {
  const envelope = child(value, 'Envelope');
  const body = child(envelope, 'Body');
  if (!body) return null;
  const fault = child(body, 'Fault');
  if (!fault) return { is: 'body', body };
  const code = textOf(fault['faultcode'] ?? child(fault, 'Code')?.['Value'] ?? '');
  const text = textOf(fault['faultstring'] ?? child(fault, 'Reason')?.['Text'] ?? '');
  const detail = fault['detail'] ?? fault['Detail'] ?? null;
  return { is: 'fault', code: code.slice(code.indexOf(':') + 1), text, detail };
}

function child(value: JsonValue | undefined, name: string): JsonObject | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const found = Object.hasOwn(value, name) ? value[name] : undefined;
  if (found === '') return {}; // an element without content
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : null;
}

/** Text, also of an element with attributes (`xml:lang`). */
function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return textOf(value[0] ?? '');
  return typeof value === 'object' && value !== null ? textOf(value['_'] ?? '') : '';
}
