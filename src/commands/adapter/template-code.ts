/** A new connector in code: adapter, schemas, examples, stand-in and guide. */
import { readFile } from 'node:fs/promises';
import { exampleOf, guideOf, INPUT, OUTPUT, settingsSchema, SHOWN, titleOf } from './template.ts';

/** Path in the folder → text. */
export async function codeFiles(name: string): Promise<Record<string, string>> {
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'adapter.ts': await source('adapter', name),
    'simulator.ts': await source('simulator', name),
    'guide.md': guideOf(name),
    'schemas/settings.json': text(settingsSchema(name)),
    'schemas/register.input.json': text(INPUT),
    'schemas/register.output.json': text(OUTPUT),
    ...Object.fromEntries(
      SHOWN.map((shown) => [`examples/register-${shown.file}.json`, text(exampleOf(shown))]),
    ),
  };
}

/** Kept as text: what an author's own files may import is nothing that this tree imports. */
async function source(file: 'adapter' | 'simulator', name: string): Promise<string> {
  const text = await readFile(new URL(`template/${file}.txt`, import.meta.url), 'utf8');
  return text.replaceAll('%TITLE%', titleOf(name)).replaceAll('%NAME%', name);
}
