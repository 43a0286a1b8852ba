/** Small changes to the sound permit office, each of which makes a bad adapter of it. */
import type {
  Adapter,
  Call,
  Example,
  Exchange,
  HostedNews,
  JsonObject,
  JsonSchema,
  Operation,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import type { Examined, PartName } from '../../src/adapter-kit/exam/index.ts';

/** One kind of fault, and the finding that names it. */
export interface Bad {
  part: PartName;
  code: string;
  /** What the finding's place must begin with. */
  where?: string;
  /** It shows only against the stand-in. */
  standIn?: true;
  of(sound: Examined): Examined;
}

// oxlint-disable-next-line typescript/no-explicit-any -- each operation narrows its own input
type AnyOperation = Operation<any>;

export function withAdapter(sound: Examined, changes: Partial<Adapter>): Examined {
  return { ...sound, adapter: { ...sound.adapter, ...changes } };
}

export function withOperation(
  sound: Examined,
  name: string,
  change: (sound: AnyOperation) => Partial<AnyOperation>,
): Examined {
  const { operations } = sound.adapter;
  const own = operations[name]!;
  return withAdapter(sound, { operations: { ...operations, [name]: { ...own, ...change(own) } } });
}

/** Another `reply` of an exchange of registerPermit; the sound one is handed in. */
export function withReply(
  sound: Examined,
  exchange: 'send' | 'inquiry' | 'compensation',
  change: (sound: Exchange['reply']) => Exchange['reply'],
): Examined {
  return withOperation(sound, 'registerPermit', (own) => {
    if (exchange === 'send') return { reply: change(own.reply) };
    return { [exchange]: { ...own[exchange]!, reply: change(own[exchange]!.reply) } };
  });
}

/** Another `request` of registerPermit. */
export function withRequest(
  sound: Examined,
  change: (sound: Exchange['request']) => Exchange['request'],
): Examined {
  return withOperation(sound, 'registerPermit', (own) => ({
    request: change(own.request as Exchange['request']),
  }));
}

export function withNews(sound: Examined, changes: Partial<HostedNews>): Examined {
  const own = sound.adapter.hosted!['news'] as HostedNews;
  return withAdapter(sound, { hosted: { news: { ...own, ...changes } } });
}

/** The request of registerPermit with something more in it, or something else. */
export function amended(
  sound: Examined,
  more: (input: JsonObject, call: Call) => Partial<WireRequest>,
): Examined {
  return withRequest(sound, (request) => (input, call) => {
    return { ...(request(input, call) as WireRequest), ...more(input, call) };
  });
}

/** Another schema, made of a copy. */
export function withSchema(
  sound: Examined,
  which: 'settings' | 'input',
  change: (schema: { properties: Record<string, JsonSchema> } & JsonSchema) => void,
): Examined {
  const schema = structuredClone(
    which === 'settings' ? sound.adapter.settings : sound.adapter.operations['registerPermit']!.input,
  );
  change(schema as Parameters<typeof change>[0]);
  if (which === 'settings') return withAdapter(sound, { settings: schema });
  return withOperation(sound, 'registerPermit', () => ({ input: schema }));
}

export function withExamples(
  sound: Examined,
  change: (example: Example, file: string) => Example | null,
): Examined {
  const examples = sound.examples.flatMap(({ file, example }) => {
    const changed = change(structuredClone(example), file);
    return changed ? [{ file, example: changed }] : [];
  });
  return { ...sound, examples };
}

/** A text put at the end of a source file; null takes the file away. */
export function withFile(sound: Examined, file: string, text: string | null): Examined {
  const files = new Map(sound.folder.files);
  if (text === null) files.delete(file);
  else files.set(file, Buffer.concat([files.get(file) ?? Buffer.alloc(0), Buffer.from(`\n${text}\n`)]));
  return { ...sound, folder: { ...sound.folder, files } };
}
