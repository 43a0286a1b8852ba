/** Requests as bytes: every body form, and documents wherever they may stand. */
import { expect, test } from 'vitest';
import type { WireBody } from '../../src/domain/outcome.ts';
import { renderRequest, RenderError } from '../../src/outbound/render.ts';

const PDF = Buffer.from('%PDF-1.7 contoh');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2]);
const stored: Record<string, Buffer> = { pdf: PDF, png: PNG };
const asked: string[] = [];
const documents = (id: string): Promise<Uint8Array> => {
  asked.push(id);
  return Promise.resolve(stored[id]!);
};

async function render(body: WireBody, headers?: Record<string, string>) {
  asked.length = 0;
  const { headers: sent, body: bytes } = await renderRequest(
    { method: 'POST', path: '/', body, ...(headers && { headers }) },
    documents,
    () => 'grenze',
  );
  return { type: sent['content-type'], text: Buffer.from(bytes).toString('latin1') };
}

test('JSON without documents is sent as it stands', async () => {
  expect(await render({ json: { b: 1, a: ['x', null] } })).toEqual({
    type: 'application/json',
    text: '{"b":1,"a":["x",null]}',
  });
  expect(asked).toEqual([]);
});

test('a document anywhere in JSON becomes base64, and is asked for once', async () => {
  const slot = { document: 'pdf', as: 'base64' as const };
  const { text } = await render({ json: { files: [{ content: slot }, slot], keep: { document: 'pdf' } } });
  const base64 = PDF.toString('base64');
  expect(JSON.parse(text)).toEqual({ files: [{ content: base64 }, base64], keep: { document: 'pdf' } });
  expect(asked).toEqual(['pdf']);
});

test('a multipart document has its type by content and a file name', async () => {
  const { type, text } = await render(
    {
      multipart: [
        { name: 'nik', value: '9901014508909999' },
        { name: 'meta', json: { a: 1 } },
        { name: 'ktp', document: 'png', as: 'part' },
        { name: 'akta', fileName: 'akta.pdf', document: 'pdf', as: 'part' },
      ],
    },
    { 'Content-Type': 'multipart/form-data' },
  );
  expect(type).toMatch(/^multipart\/form-data; ?boundary="?grenze"?$/);
  expect(text).toMatch(/name="nik"\r\n[^]*9901014508909999/);
  expect(text).toMatch(/name="meta"[^]*application\/json[^]*\{"a":1\}/);
  expect(text).toMatch(/name="ktp"; filename="ktp.png"\r\ncontent-type: image\/png/i);
  expect(text).toMatch(
    /name="akta"; filename="akta.pdf"\r\ncontent-type: application\/pdf\r\n\r\n%PDF-1.7 contoh\r\n/i,
  );
});

test('a document may be the whole body', async () => {
  expect(await render({ document: 'pdf', as: 'body' })).toEqual({
    type: 'application/pdf',
    text: '%PDF-1.7 contoh',
  });
  expect((await render({ document: 'pdf', as: 'base64' })).text).toBe(PDF.toString('base64'));
  await expect(render({ document: 'pdf', as: 'part' })).rejects.toThrow(RenderError);
});

test('forms and XML are rendered, and the adapter may name its type', async () => {
  expect(await render({ form: { a: 'x y', b: '&' } })).toEqual({
    type: 'application/x-www-form-urlencoded',
    text: 'a=x+y&b=%26',
  });
  const { type, text } = await render(
    { xml: { a: { b: '<' } } },
    { 'Content-Type': 'text/xml; charset=utf-8' },
  );
  expect(type).toBe('text/xml; charset=utf-8');
  expect(text).toContain('<b>&lt;</b>');
});
