import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/domain/outcome.ts';
import { AGENCY_LIMITS, parseJson } from '../../src/wire/json.ts';
import type { JsonLimits } from '../../src/wire/json.ts';
import { WireError } from '../../src/wire/error.ts';

type Input = string | number[];
const bytesOf = (input: Input): Uint8Array =>
  typeof input === 'string' ? Buffer.from(input) : Uint8Array.from(input);

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const inString = (...bytes: number[]): number[] => [0x22, ...bytes, 0x22];

const refused: [name: string, input: Input, code: string][] = [
  ['nothing', '', 'json_syntax'],
  ['white space only', ' \n', 'json_syntax'],
  ['a cut object', '{"a":1', 'json_syntax'],
  ['a cut string', '"abc', 'json_syntax'],
  ['a cut escape', '"abc\\', 'json_syntax'],
  ['a cut number', '-', 'json_syntax'],
  ['two documents', '{}{}', 'json_syntax'],
  ['trailing data', '1 x', 'json_syntax'],
  ['a trailing comma in an array', '[1,]', 'json_syntax'],
  ['a trailing comma in an object', '{"a":1,}', 'json_syntax'],
  ['a leading comma', '[,1]', 'json_syntax'],
  ['the wrong bracket', '[1}', 'json_syntax'],
  ['a lone bracket', ']', 'json_syntax'],
  ['no colon', '{"a" 1}', 'json_syntax'],
  ['a key without quotes', '{a:1}', 'json_syntax'],
  ['a number as key', '{1:1}', 'json_syntax'],
  ['single quotes', "{'a':1}", 'json_syntax'],
  ['a comment', '{"a":1 /* x */}', 'json_syntax'],
  ['a misspelt word', 'nul', 'json_syntax'],
  ['a word in capitals', 'True', 'json_syntax'],
  ['NaN', 'NaN', 'json_syntax'],
  ['Infinity', '-Infinity', 'json_syntax'],
  ['hexadecimal', '0x1', 'json_syntax'],
  ['a leading zero', '01', 'json_syntax'],
  ['a leading plus', '+1', 'json_syntax'],
  ['a bare fraction', '.5', 'json_syntax'],
  ['an empty fraction', '1.', 'json_syntax'],
  ['an empty exponent', '1e', 'json_syntax'],
  ['an empty signed exponent', '1e+', 'json_syntax'],
  ['a form feed as white space', '\f1', 'json_syntax'],
  ['an unknown escape', '"\\x41"', 'json_syntax'],
  ['a short unicode escape', '"\\u12"', 'json_syntax'],
  ['a bad unicode escape', '"\\u12g4"', 'json_syntax'],
  ['a raw line feed in a string', '"a\nb"', 'json_syntax'],
  ['depth 65', nested(65), 'json_too_deep'],
  ['depth 65 in objects', '{"a":'.repeat(65) + '1' + '}'.repeat(65), 'json_too_deep'],
  ['depth 400,000 unclosed', '['.repeat(400_000), 'json_too_deep'],
  ['20,000 items', `[${'0,'.repeat(20_000)}0]`, 'json_too_many_nodes'],
  [
    '20,000 members',
    `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
    'json_too_many_nodes',
  ],
  ['one byte too many', ' '.repeat(1_048_576) + '1', 'json_too_large'],
  ['a string of 65,537 bytes', `"${'x'.repeat(65_537)}"`, 'string_too_long'],
  ['a key of 65,537 bytes', `{"${'x'.repeat(65_537)}":1}`, 'string_too_long'],
  ['a key twice', '{"a":1,"b":2,"a":3}', 'json_duplicate_key'],
  ['a key twice, once escaped', '{"a":1,"\\u0061":3}', 'json_duplicate_key'],
  ['a key twice within', '[{"x":{"a":[],"a":{}}}]', 'json_duplicate_key'],
  ['__proto__', '{"__proto__":{"isAdmin":true}}', 'json_forbidden_key'],
  ['__proto__ escaped', '{"\\u005f_proto__":1}', 'json_forbidden_key'],
  ['constructor', '{"a":{"constructor":{"prototype":1}}}', 'json_forbidden_key'],
  ['prototype', '[{"prototype":1}]', 'json_forbidden_key'],
  ['NUL raw', '"a\u0000b"', 'control_character'],
  ['NUL escaped', '"a\\u0000b"', 'control_character'],
  ['escape sequence', '"\\u001b[31m"', 'control_character'],
  ['backspace', '"\\b"', 'control_character'],
  ['form feed', '"\\f"', 'control_character'],
  ['DEL', '"\u007f"', 'control_character'],
  ['C1 raw', '"\u0085"', 'control_character'],
  ['C1 escaped', '"\\u009F"', 'control_character'],
  ['right-to-left override raw', '"Budi\u202eidub"', 'control_character'],
  ['right-to-left override escaped', '"\\u202E"', 'control_character'],
  ['isolate raw', '"\u2066x"', 'control_character'],
  ['a control character in a key', '{"a\\u0001":1}', 'control_character'],
  ['a lone high surrogate', '"\\ud800"', 'encoding'],
  ['a lone low surrogate', '"\\udc00x"', 'encoding'],
  ['a high surrogate twice', '"\\ud800\\ud800"', 'encoding'],
  ['a surrogate in CESU-8', inString(0xed, 0xa0, 0x80), 'encoding'],
  ['an overlong slash', inString(0xc0, 0xaf), 'encoding'],
  ['a lone continuation byte', inString(0x80), 'encoding'],
  ['a cut character', inString(0xe2, 0x82), 'encoding'],
  ['Latin-1', inString(0xe9), 'encoding'],
  ['beyond U+10FFFF', inString(0xf4, 0x90, 0x80, 0x80), 'encoding'],
  ['a byte order mark', '\ufeff{}', 'encoding'],
  ['UTF-16 little endian', [0x7b, 0, 0x7d, 0], 'encoding'],
  ['UTF-16 big endian', [0, 0x7b, 0, 0x7d], 'encoding'],
  ['2^53 + 1', '9007199254740993', 'number_not_exact'],
  ['19 digits', '1234567890123456789', 'number_not_exact'],
  ['18 significant digits', '0.123456789012345678', 'number_not_exact'],
  ['a million digits', '0.' + '1'.repeat(1_000_000), 'number_not_exact'],
  ['a NIK of Papua as number', '9401014508909999', 'number_not_exact'],
  ['1e400', '1e400', 'number_out_of_range'],
  ['400 digits', '9'.repeat(400), 'number_out_of_range'],
  ['1e-400', '1e-400', 'number_out_of_range'],
  ['negative zero', '-0', 'number_out_of_range'],
  ['negative zero with fraction', '[-0.00]', 'number_out_of_range'],
];

describe('parseJson refuses', () => {
  test.each(refused)('%s', (_name, input, code) => {
    expect(codeOf(() => parseJson(bytesOf(input)))).toBe(code);
  });

  test('with a message that echoes nothing', () => {
    try {
      parseJson(bytesOf('{"nik":"9901014508909999",9901014508909999}'));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'json_syntax', offset: 26 });
      expect(String(error)).not.toContain('9901');
    }
  });

  test('a million brackets within 100 ms', () => {
    const input = bytesOf('['.repeat(1_000_000));
    const begun = performance.now();
    expect(codeOf(() => parseJson(input))).toBe('json_too_deep');
    expect(performance.now() - begun).toBeLessThan(100);
  });

  test('without touching a prototype', () => {
    codeOf(() => parseJson(bytesOf('{"__proto__":{"polluted":1}}')));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

const accepted: [name: string, input: string][] = [
  ['depth 64', nested(64)],
  ['line feeds and tabs, escaped', '"a\\n\\t\\r\\"\\\\\\/b"'],
  ['an emoji raw', '"\u{1f476}"'],
  ['an emoji by escapes', '"\\ud83d\\udc76"'],
  ['letters of the same lead bytes', '"é – … € Â "'],
  ['the same key in two objects', '[{"a":1},{"a":2},{"a":{"a":3}}]'],
  ['keys of a prototype that do no harm', '{"toString":1,"hasOwnProperty":2,"length":3}'],
  ['keys that only begin as forbidden ones', '{"constructors":1,"protocol":2,"__proto":3}'],
  ['numbers', '[0,-1,1.5,0.1,1e3,15E-1,123456789012345,9007199254740991,1.50,1e22]'],
  ['white space everywhere', ' \r\n\t{ "a" : [ 1 , 2 ] , "b" : { } } \n'],
  ['the least', '0'],
  ['an empty key', '{"":null}'],
];

describe('parseJson accepts', () => {
  test.each(accepted)('%s', (_name, input) => {
    expect(parseJson(bytesOf(input))).toEqual(JSON.parse(input));
  });

  test('a view into a larger buffer', () => {
    expect(parseJson(Buffer.from('xx{"a":1}xx').subarray(2, 9))).toEqual({ a: 1 });
  });
});

describe('for agencies, parseJson', () => {
  const mended: [name: string, input: string, value: JsonValue][] = [
    ['keeps the last of duplicate keys', '{"a":1,"a":2}', { a: 2 }],
    ['keeps the digits of a NIK sent as number', '{"NIK":9401014508909999}', { NIK: '9401014508909999' }],
    [
      'keeps numbers that are exact, and fractions rounded',
      '{"NIK":3101014508909999,"n":-0.5,"lat":-6.12345678901234567}',
      { NIK: 3101014508909999, n: -0.5, lat: Number('-6.12345678901234567') },
    ],
    ['replaces a lone surrogate', '["cut \\ud83d"]', ['cut \ufffd']],
    ['lets control characters pass', '["a\\u0000\\b"]', ['a\u0000\b']],
    ['skips a byte order mark', '\ufeff{"a":1}', { a: 1 }],
  ];
  test.each(mended)('%s', (_name, input, value) => {
    expect(parseJson(bytesOf(input), AGENCY_LIMITS)).toEqual(value);
  });

  const still: [name: string, input: Input, limits: Partial<JsonLimits>, code: string][] = [
    ['depth', nested(65), {}, 'json_too_deep'],
    ['size', '[1,2,3]', { maxBytes: 6 }, 'json_too_large'],
    ['nodes', '[1,2,3]', { maxNodes: 3 }, 'json_too_many_nodes'],
    ['prototype keys', '{"__proto__":1}', {}, 'json_forbidden_key'],
    ['invalid UTF-8', inString(0xe9), {}, 'encoding'],
    ['infinity', '1e400', {}, 'number_out_of_range'],
    ['an HTML page', '<html><body>9901014508909999</body></html>', {}, 'json_syntax'],
    ['JSONP', 'callback({"a":1})', {}, 'json_syntax'],
  ];
  test.each(still)('still holds %s', (_name, input, limits, code) => {
    expect(codeOf(() => parseJson(bytesOf(input), { ...AGENCY_LIMITS, ...limits }))).toBe(code);
  });
});

describe('whatever comes', () => {
  const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
  const text = fc.string({ unit: 'grapheme' });
  // oxlint-disable-next-line no-control-regex -- these are the characters refused
  const plain = text.filter((value) => !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(value));
  const number = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => (Object.is(value, -0) ? 0 : value));
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constant(null),
      fc.boolean(),
      number,
      fc.integer(),
      plain,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(
        plain.filter((key) => !forbidden.has(key)),
        tie('value'),
        { maxKeys: 5, noNullPrototype: true },
      ),
    ),
  }));

  test('a valid document reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (document, indent) => {
        const written = JSON.stringify(document, null, indent);
        expect(parseJson(bytesOf(written))).toEqual(JSON.parse(written));
      }),
    );
  });

  test('what parseJson takes, JSON.parse takes; what it refuses, it refuses with a code', () => {
    const mutation = fc.tuple(value, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(3));
    fc.assert(
      fc.property(
        mutation,
        fc.constantFrom<Partial<JsonLimits>>({}, AGENCY_LIMITS),
        ([document, at, insert, cut], limits) => {
          const written = JSON.stringify(document);
          const place = at % (written.length + 1);
          const input = Buffer.from(written.slice(0, place) + insert + written.slice(place + cut));
          let parsed: JsonValue;
          try {
            parsed = parseJson(input, limits);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
            return;
          }
          expect(parsed).toEqual(JSON.parse(input.toString()));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a document that JSON.parse refuses is refused as syntax', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      ' ',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const input = tokens.join('');
        let valid = true;
        try {
          JSON.parse(input);
        } catch {
          valid = false;
        }
        const code = codeOf(() => parseJson(bytesOf(input)));
        if (valid) expect(['accepted', 'json_duplicate_key', 'number_out_of_range']).toContain(code);
        else expect(code).not.toBe('accepted');
      }),
      { numRuns: 5000 },
    );
  });
});
