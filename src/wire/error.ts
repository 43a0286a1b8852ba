/** The one error of the wire: bytes that are not what they claim to be, or more than we take. */

export type WireErrorCode =
  | 'encoding'
  | 'json_too_large'
  | 'json_syntax'
  | 'json_too_deep'
  | 'json_too_many_nodes'
  | 'json_duplicate_key'
  | 'json_forbidden_key'
  | 'control_character'
  | 'number_not_exact'
  | 'number_out_of_range'
  | 'string_too_long'
  | 'xml_too_large'
  | 'xml_encoding'
  | 'xml_doctype'
  | 'xml_too_deep'
  | 'xml_limits'
  | 'xml_forbidden_name'
  | 'xml_malformed'
  | 'form_too_large'
  | 'form_too_many_fields'
  | 'form_duplicate_field'
  | 'form_forbidden_field'
  | 'multipart_invalid';

const DETAILS: Record<WireErrorCode, string> = {
  encoding: 'the text is not well-formed UTF-8 without a byte order mark',
  json_too_large: 'the JSON text has too many bytes',
  json_syntax: 'the text is not JSON as RFC 8259 has it',
  json_too_deep: 'objects and arrays are nested too deeply',
  json_too_many_nodes: 'there are too many values',
  json_duplicate_key: 'an object has the same key twice',
  json_forbidden_key: 'a key has a name that is not allowed',
  control_character: 'a string has a control character or a text direction override',
  number_not_exact: 'a number has more digits than can be kept; send it as a string',
  number_out_of_range: 'a number is too large, too small or a negative zero',
  string_too_long: 'a string is too long',
  xml_too_large: 'the XML text has too many bytes or character references',
  xml_encoding: 'the text is not XML 1.0 in UTF-8',
  xml_doctype: 'a document type or entity declaration is not allowed',
  xml_too_deep: 'elements are nested too deeply',
  xml_limits: 'there are too many elements or attributes, or a name is too long',
  xml_forbidden_name: 'an element or attribute has a name that is not allowed',
  xml_malformed: 'the text is not well-formed XML with one root element',
  form_too_large: 'the form has too many bytes',
  form_too_many_fields: 'the form has too many fields',
  form_duplicate_field: 'the form has the same field twice',
  form_forbidden_field: 'a field has a name that is not allowed',
  multipart_invalid: 'a part, its media type or the boundary cannot be sent',
};

/** Says what is wrong and where, never what was sent. `offset` counts bytes in JSON, characters in XML. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  readonly offset: number | undefined;

  constructor(code: WireErrorCode, offset?: number) {
    super(offset === undefined ? DETAILS[code] : `${DETAILS[code]} (at ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}

/** Names that would reach an object's prototype if a careless copy met them. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
