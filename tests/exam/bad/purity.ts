/** Adapters that know more than they are handed, or keep something between two calls. */
import type { Call, JsonObject, SignIn } from '../../../src/adapter-kit/contract.ts';
import { amended, withAdapter, withFile, withReply, withRequest, type Bad } from '../spoil.ts';

const says = (code: string, source: string): Bad => ({
  ...{ part: 'purity', code, where: 'operations.ts:' },
  of: (sound) => withFile(sound, 'operations.ts', source),
});

/** A request whose note says what `make` gives. */
const noting =
  (make: (input: JsonObject, call: Call) => string): Bad['of'] =>
  (sound) =>
    amended(sound, (input, call) => ({ headers: { 'x-note': make(input, call) } }));

let calls = 0;
const kept: { token?: string } = {};

export const purity: Record<string, Bad> = {
  'writes down the time it reads': says(
    'clock_read',
    'export const now = (): string => new Date().toISOString();',
  ),
  'asks the clock by another name': says('clock_read', 'export const year = Date.now() / 31556952000;'),
  'reads the time of its own zone': says(
    'local_time',
    'export const hour = (at: string): number => new Date(at).getHours();',
  ),
  'draws lots': says('chance_used', 'export const lot = Math.random();'),
  'waits by itself': says('timer_used', 'setTimeout(() => undefined, 10);'),
  'calls out by itself': says(
    'network_used',
    "export const page = (): unknown => fetch('http://elsewhere.test');",
  ),
  'looks around in the process': says('host_used', "export const home = process.env['HOME'];"),
  'makes code of text': says('code_made', "export const sum = eval('1 + 1');"),
  'uses what only Node has': says('node_used', "export const hex = Buffer.from('a').toString('hex');"),
  'imports a package': says('foreign_import', "import { v4 } from 'uuid';"),
  'imports what lies outside its folder': says(
    'foreign_import',
    "import { tools } from '../../../src/adapter-kit/tools.ts';",
  ),
  'imports while it runs': says('foreign_import', "export const fs = await import('node:fs');"),
  'gives other bytes in another year': {
    ...{ part: 'purity', code: 'clock_read', where: 'examples/registerPermit-' },
    of: noting(() => String(new Date().getUTCFullYear())),
  },
  'gives other bytes in another zone': {
    ...{ part: 'purity', code: 'zone_read', where: 'examples/registerPermit-' },
    of: noting((_, { now }) => String(new Date(now).getHours())),
  },
  'counts its calls': {
    ...{ part: 'purity', code: 'keeps_state', where: 'examples/registerPermit-' },
    of: noting(() => String((calls += 1))),
  },
  'keeps its first token': {
    ...{ part: 'purity', code: 'keeps_state', where: 'sign-in' },
    of: (sound) => {
      const sign: SignIn['sign'] = (_, { token }) => ({ authorization: `Bearer ${(kept.token ??= token!)}` });
      return withAdapter(sound, { signIn: { ...(sound.adapter.signIn as SignIn), sign } });
    },
  },
  'changes its input': {
    ...{ part: 'purity', code: 'changes_what_it_is_given', where: 'examples/registerPermit-' },
    of: (sound) =>
      withRequest(sound, (request) => (input, call) => {
        input['fullName'] = String(input['fullName']).trim();
        return request(input, call);
      }),
  },
  'changes the reply': {
    ...{ part: 'purity', code: 'changes_what_it_is_given', where: 'examples/registerPermit-' },
    of: (sound) =>
      withReply(sound, 'send', (reply) => (wire, input, call) => {
        if (wire.body === null) wire.body = {};
        return reply(wire, input, call);
      }),
  },
};
