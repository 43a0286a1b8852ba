import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORBIDDEN_NAMES } from '../../src/wire/error.ts';
import { parseForm, renderForm } from '../../src/wire/form.ts';
import { renderMultipart } from '../../src/wire/multipart.ts';

const thrown = (code: string): Error => expect.objectContaining({ name: 'WireError', code }) as Error;

describe('parseForm', () => {
  const refused: [name: string, input: string, code: string][] = [
    ['a field twice', 'a=1&a=2', 'form_duplicate_field'],
    ['a field twice, once escaped', 'a=1&%61=2', 'form_duplicate_field'],
    ['__proto__', '__proto__=1', 'form_forbidden_field'],
    ['constructor, escaped', 'constructo%72=1', 'form_forbidden_field'],
    ['a cut escape', 'a=%4', 'encoding'],
    ['an escape that is none', 'a=%zz', 'encoding'],
    ['an escaped byte that is not UTF-8', 'a=%ff', 'encoding'],
    ['an escaped surrogate', 'a=%ed%a0%80', 'encoding'],
    ['too many fields', '&'.repeat(1_000), 'form_too_many_fields'],
    ['too many bytes', 'a='.padEnd(1_048_577, 'x'), 'form_too_large'],
  ];
  test.each(refused)('refuses %s', (_name, input, code) => {
    expect(() => parseForm(Buffer.from(input))).toThrow(thrown(code));
  });

  test('reads what browsers write', () => {
    expect(parseForm(Buffer.from('a=b+c%26&d=&e&toString=%C3%A9é'))).toEqual({
      a: 'b c&',
      d: '',
      e: '',
      toString: 'éé',
    });
  });

  test('reads what renderForm writes', () => {
    const field = fc.string({ unit: 'grapheme' });
    const name = field.filter((text) => !FORBIDDEN_NAMES.has(text));
    fc.assert(
      fc.property(fc.dictionary(name, field, { noNullPrototype: true }), (fields) => {
        expect(parseForm(Buffer.from(renderForm(fields)))).toEqual(fields);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('renderMultipart', () => {
  const bytes = Buffer.from('isi');

  test('writes fields and files as RFC 7578 has them', () => {
    const parts = [
      { name: 'nomor', bytes },
      { name: 'berkas', fileName: 'kk.pdf', type: 'application/pdf', bytes },
    ];
    const body = renderMultipart(parts, 'b0');
    expect(body.contentType).toBe('multipart/form-data; boundary=b0');
    expect(Buffer.from(body.bytes).toString()).toBe(
      '--b0\r\nContent-Disposition: form-data; name="nomor"\r\n\r\nisi\r\n' +
        '--b0\r\nContent-Disposition: form-data; name="berkas"; filename="kk.pdf"\r\n' +
        'Content-Type: application/pdf\r\n\r\nisi\r\n--b0--\r\n',
    );
  });

  test('keeps names from becoming headers', () => {
    const part = { name: 'a"\r\nX-Evil: 1', fileName: '"; filename="b.exe\u0000\n', bytes };
    const text = Buffer.from(renderMultipart([part], 'b0').bytes).toString();
    expect(text.split('\r\n\r\n')[0]!.split('\r\n')).toEqual([
      '--b0',
      'Content-Disposition: form-data; name="a%22%0D%0AX-Evil: 1"; filename="%22; filename=%22b.exe%0A"',
    ]);
  });

  test('is read back by another reader', async () => {
    const body = renderMultipart(
      [{ name: 'berkas', fileName: 'akta é.pdf', type: 'application/pdf', bytes }],
      'b0',
    );
    const headers = { 'content-type': body.contentType };
    const form = await new Response(body.bytes as Uint8Array<ArrayBuffer>, { headers }).formData();
    const file = form.get('berkas') as File;
    expect([file.name, file.type, await file.text()]).toEqual(['akta é.pdf', 'application/pdf', 'isi']);
  });

  test.each([
    ['a boundary with a line break', { name: 'a', bytes }, 'b\r\n'],
    ['a boundary that stands in a part', { name: 'a', bytes: Buffer.from('x--b0x') }, 'b0'],
    ['a media type with a header in it', { name: 'a', type: 'text/plain\r\nX: 1', bytes }, 'b0'],
  ])('refuses %s', (_name, part, boundary) => {
    expect(() => renderMultipart([part], boundary)).toThrow(thrown('multipart_invalid'));
  });
});
