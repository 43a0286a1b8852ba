/** Adapters whose schemas let things in, or say too little. */
import { withSchema, type Bad } from '../spoil.ts';

export const schemas: Record<string, Bad> = {
  'lets unnamed fields in': {
    ...{ part: 'schemas', code: 'open_object', where: 'registerPermit input' },
    of: (sound) => withSchema(sound, 'input', (schema) => void delete schema['additionalProperties']),
  },
  'writes a schema that is none': {
    ...{ part: 'schemas', code: 'schema_broken', where: 'registerPermit input' },
    of: (sound) =>
      withSchema(sound, 'input', ({ properties }) => void (properties['nik']!['maxlength'] = 16)),
  },
  'does not mark its secret': {
    ...{ part: 'schemas', code: 'secret_unmarked', where: 'settings /clientSecret' },
    of: (sound) =>
      withSchema(sound, 'settings', ({ properties }) => void delete properties['clientSecret']!['writeOnly']),
  },
  'does not explain a setting': {
    ...{ part: 'schemas', code: 'setting_unexplained', where: 'settings /clientId' },
    of: (sound) =>
      withSchema(sound, 'settings', ({ properties }) => void delete properties['clientId']!['description']),
  },
  'takes a text of any length': {
    ...{ part: 'schemas', code: 'unbounded_string', where: 'registerPermit input#/properties/fullName' },
    of: (sound) =>
      withSchema(sound, 'input', ({ properties }) => void delete properties['fullName']!['maxLength']),
  },
  'takes a list of any length': {
    ...{ part: 'schemas', code: 'unbounded_array', where: 'registerPermit input#/properties/sheets' },
    of: (sound) =>
      withSchema(
        sound,
        'input',
        ({ properties }) => void (properties['sheets'] = { type: 'array', items: { type: 'integer' } }),
      ),
  },
  'writes a pattern that takes for ever': {
    ...{ part: 'schemas', code: 'unsafe_pattern', where: 'registerPermit input#/properties/nik' },
    of: (sound) =>
      withSchema(sound, 'input', ({ properties }) => void (properties['nik']!['pattern'] = '^([0-9]+)+$')),
  },
};
