import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { parseXml, renderXml } from '../../src/wire/xml.ts';

const deep = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
const attributes = (count: number): string =>
  Array.from({ length: count }, (_, index) => ` a${index}="1"`).join('');

const refused: [name: string, input: string | Buffer, code: string][] = [
  ['billion laughs', '<!DOCTYPE l [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><l>&c;</l>', 'xml_doctype'],
  ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hosts">]><a>&x;</a>', 'xml_doctype'],
  [
    'an external DTD',
    '<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>',
    'xml_doctype',
  ],
  ['a doctype in small letters', '<!doctype html><html/>', 'xml_doctype'],
  ['an entity declaration inside', '<a><!ENTITY x "y"></a>', 'xml_doctype'],
  ['a parameter entity', '<!DOCTYPE a [<!ENTITY % x "y"> %x;]><a/>', 'xml_doctype'],
  ['an unknown entity', '<a>&nbsp;</a>', 'xml_malformed'],
  ['a bare ampersand', '<a>R & D</a>', 'xml_malformed'],
  ['a bare ampersand in an attribute', '<a b="R & D"/>', 'xml_malformed'],
  ['a reference to NUL', '<a>&#0;</a>', 'xml_malformed'],
  ['a reference to a surrogate', '<a>&#xD800;</a>', 'xml_malformed'],
  ['a reference beyond Unicode', '<a>&#x110000;</a>', 'xml_malformed'],
  ['a million references', `<a>${'&#65;'.repeat(200_000)}</a>`, 'xml_too_large'],
  ['one byte too many', `<a>${'x'.repeat(1_048_576)}</a>`, 'xml_too_large'],
  ['depth 65', deep(65), 'xml_too_deep'],
  ['depth 100,000', deep(100_000), 'xml_too_deep'],
  ['20,001 elements', `<a>${'<b/>'.repeat(20_000)}</a>`, 'xml_limits'],
  ['101 attributes', `<a${attributes(101)}/>`, 'xml_limits'],
  ['100,000 attributes', `<a${attributes(60_000)}/>`, 'xml_limits'],
  ['a name of 257', `<${'a'.repeat(257)}/>`, 'xml_limits'],
  ['a name of a megabyte', `<${'a'.repeat(1_000_000)}`, 'xml_limits'],
  ['an attribute name of 257', `<a ${'b'.repeat(257)}="1"/>`, 'xml_limits'],
  ['a megabyte of blanks in a tag', `<a${' '.repeat(1_000_000)}`, 'xml_malformed'],
  ['an element __proto__', '<a><__proto__><x/></__proto__></a>', 'xml_forbidden_name'],
  ['an element constructor', '<constructor/>', 'xml_forbidden_name'],
  ['an element with prefix and constructor', '<a xmlns:s="x"><s:constructor/></a>', 'xml_forbidden_name'],
  ['an element prototype', '<a><prototype/></a>', 'xml_forbidden_name'],
  ['an element toString', '<a><toString>1</toString></a>', 'xml_forbidden_name'],
  ['an attribute hasOwnProperty', '<a hasOwnProperty="1" b="2"/>', 'xml_forbidden_name'],
  ["xml2js' own name for text", '<a>x<_>y</_></a>', 'xml_forbidden_name'],
  ['mismatched tags', '<a><b></a></b>', 'xml_malformed'],
  ['an open element', '<a>', 'xml_malformed'],
  ['a lone end', '</a>', 'xml_malformed'],
  ['two roots', '<a/><b/>', 'xml_malformed'],
  ['text after the root', '<a/>x', 'xml_malformed'],
  ['text before the root', 'x<a/>', 'xml_malformed'],
  ['CDATA after the root', '<a/><![CDATA[x]]>', 'xml_malformed'],
  ['the same attribute twice', '<a b="1" b="2"/>', 'xml_malformed'],
  ['an attribute without quotes', '<a b=1/>', 'xml_malformed'],
  ['an attribute without value', '<a b/>', 'xml_malformed'],
  ['attributes without space', '<a b="1"c="2"/>', 'xml_malformed'],
  ['a bracket in an attribute', '<a b="<"/>', 'xml_malformed'],
  ['an end of CDATA in text', '<a>]]></a>', 'xml_malformed'],
  ['open CDATA', '<a><![CDATA[x</a>', 'xml_malformed'],
  ['an open comment', '<a><!-- x</a>', 'xml_malformed'],
  ['two dashes in a comment', '<a><!-- x -- y --></a>', 'xml_malformed'],
  ['a declaration that comes late', '<a/><?xml version="1.0"?>', 'xml_malformed'],
  ['two colons in a name', '<a:b:c/>', 'xml_malformed'],
  ['nothing', '', 'xml_malformed'],
  ['blanks', '  \n', 'xml_malformed'],
  ['JSON', '{"a":1}', 'xml_malformed'],
  ['an HTML page', '<!DOCTYPE html><html><body><br></body></html>', 'xml_doctype'],
  ['XML 1.1', '<?xml version="1.1"?><a/>', 'xml_encoding'],
  ['a declared Latin-1', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'xml_encoding'],
  ['a declared UTF-16', '<?xml version="1.0" encoding="UTF-16"?><a/>', 'xml_encoding'],
  ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le'), 'xml_encoding'],
  ['UTF-16 without mark', Buffer.from('<a/>', 'utf16le'), 'xml_encoding'],
  ['invalid UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e]), 'xml_encoding'],
  ['NUL', '<a>\u0000</a>', 'xml_encoding'],
  ['a control character', '<a>\u001b[31m</a>', 'xml_encoding'],
];

describe('parseXml refuses', () => {
  test.each(refused)('%s', async (_name, input, code) => {
    const begun = performance.now();
    await expect(parseXml(Buffer.from(input as Buffer))).rejects.toMatchObject({ name: 'WireError', code });
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

const accepted: [name: string, input: string, value: JsonObject][] = [
  ['an empty element', '<a/>', { a: '' }],
  ['a byte order mark', '\ufeff<a>1</a>', { a: '1' }],
  [
    'a declaration',
    "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a>1</a>\n<!-- x -->",
    { a: '1' },
  ],
  ['values as strings', '<a><n>007</n><t>true</t></a>', { a: { n: '007', t: 'true' } }],
  ['repeated elements', '<a><b>1</b><b>2</b></a>', { a: { b: ['1', '2'] } }],
  ['attributes and text', '<a k="v">t</a>', { a: { $: { k: 'v' }, _: 't' } }],
  ['references', '<a b="&quot;&#39;">&lt;&amp;&gt;&#x41;</a>', { a: { $: { b: '"\'' }, _: '<&>A' } }],
  ['CDATA', '<a><![CDATA[<b> & ]]></a>', { a: '<b> & ' }],
  [
    'prefixes, which go',
    '<s:Envelope xmlns:s="urn:x"><s:Body><r>1</r></s:Body></s:Envelope>',
    { Envelope: { $: { 'xmlns:s': 'urn:x' }, Body: { r: '1' } } },
  ],
  [
    'XInclude as an element like others',
    '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hosts"/></a>',
    {
      a: {
        $: { 'xmlns:xi': 'http://www.w3.org/2001/XInclude' },
        include: { $: { href: 'file:///etc/hosts' } },
      },
    },
  ],
  ['depth 64', deep(64), expect.anything()],
];

test.each(accepted)('parseXml accepts %s', async (_name, input, value) => {
  expect(await parseXml(Buffer.from(input))).toEqual(value);
});

describe('renderXml', () => {
  const bad: [name: string, object: JsonObject][] = [
    ['no root', {}],
    ['two roots', { a: '1', b: '2' }],
    ['an array as root', { a: ['1', '2'] }],
    ['an element forged by a name', { a: { 'b/><c': '' } }],
    ['an attribute forged by a name', { a: { 'b c="1"': '' } }],
    ['an attribute forged by an attribute', { a: { $: { 'b="1" c': '2' } } }],
    ['a control character', { a: '\u0001' }],
    ['a lone surrogate', { a: '\ud800' }],
    ['a forbidden name', JSON.parse('{"a":{"constructor":"1"}}') as JsonObject],
  ];
  test.each(bad)('refuses %s', (_name, object) => {
    expect(() => renderXml(object)).toThrow(expect.objectContaining({ name: 'WireError' }) as Error);
  });

  test('escapes what would be markup', async () => {
    const object = { a: { $: { k: '"<&' }, b: '</b><c>&lt;]]>' } };
    expect(await parseXml(Buffer.from(renderXml(object)))).toEqual(object);
  });

  test('writes what parseXml reads', async () => {
    const name = fc
      .stringMatching(/^[a-z][A-Za-z0-9-]{0,10}$/)
      .filter((key) => !(key in Object.prototype) && !['cdata', 'prototype'].includes(key));
    const text = fc.stringMatching(/^[\w<>&"'] ?[\w<>&"'\u00e9\u4e00]{0,20}$/);
    const leaf = fc.dictionary(name, text, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    const tree = fc.dictionary(name, fc.oneof(text, leaf), { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(name, tree, async (root, content) => {
        const object: JsonObject = { [root]: content };
        expect(await parseXml(Buffer.from(renderXml(object)))).toEqual(object);
      }),
    );
  });
});
