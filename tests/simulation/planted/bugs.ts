/** Bugs, each a change of the real source: the simulation must find every one of them. */
import { ROUTE_BUGS } from './route-bugs.ts';

export interface Patch {
  /** Below the repository's root. */
  file: string;
  /** Stands there exactly once. */
  find: string;
  replace: string;
}

export interface Bug {
  name: string;
  patches: Patch[];
}

/** Of sending, storing and telling. */
export const SENDING: Bug[] = [
  // Found last of all: looked for first, it is looked for beside the others.
  {
    name: 'late result dropped',
    patches: [
      {
        file: 'src/flow/settle.ts',
        find: "lost || fact.by === 'news' ?",
        replace: "lost ? false : fact.by === 'news' ?",
      },
    ],
  },
  {
    name: 'no fencing',
    patches: [{ file: 'src/flow/settle.ts', find: 'fact.claim.fence !== step.fence || ', replace: '' }],
  },
  {
    name: 'result written before attempt',
    patches: [
      {
        file: 'src/flow/run-step.ts',
        find: 'const claimed = await claim(',
        replace: `const early = await flow.caller.exchange({
          agency, adapter, request, sign: { now: call.now, tryKey: call.tryKey },
          deadline: Date.parse(call.now) + timeoutMs(flow, current), documents: documentReader(flow, view),
        });
        const claimed = await claim(`,
      },
      {
        file: 'src/flow/run-step.ts',
        find: 'const exchanged = await flow.caller',
        replace: 'const exchanged = early ?? await flow.caller',
      },
    ],
  },
  {
    name: 'blind resend of an `inquirable`',
    patches: [
      {
        file: 'src/domain/step.ts',
        find: "return canBeAsked ? 'inquiry' : 'send';",
        replace: "return 'send';",
      },
    ],
  },
  {
    name: 'version not compared',
    patches: [
      {
        file: 'src/ledger/sqlite/record.ts',
        find: 'WHERE id = ? AND version = ? RETURNING',
        replace: 'WHERE id = ? AND ? IS NOT NULL RETURNING',
      },
    ],
  },
  {
    name: 'two rounds with one key',
    patches: [{ file: 'src/flow/rounds.ts', find: 'key: newKey(clock), ', replace: '' }],
  },
  {
    name: 'wake not raised',
    patches: [{ file: 'src/ledger/sqlite/record.ts', find: 'wake: due ? wake + 1 : wake', replace: 'wake' }],
  },
  {
    name: 'bell lost and never recovered',
    patches: [{ file: 'src/flow/recover.ts', find: 'ringAll(flow.queue, rings);', replace: '' }],
  },
  {
    name: 'callbacks sent as they come',
    patches: [
      {
        file: 'src/flow/notify.ts',
        find: 'batch.failure = failure;\n        break;',
        replace: 'batch.failure = failure;',
      },
    ],
  },
  {
    name: 'a repeat answered anew',
    patches: [
      {
        file: 'src/flow/intake.ts',
        find: 'return repeat(accepted);',
        replace: "return { is: 'repeat', id, number, promisedAt: promised };",
      },
    ],
  },
];

export const BUGS: Bug[] = [...SENDING, ...ROUTE_BUGS];

/** The text with the bug in it. Throws when a place is not found exactly once: the source has moved on. */
export function planted({ name, patches }: Bug, file: string, text: string): string {
  let changed = text;
  for (const { find, replace } of patches.filter((patch) => patch.file === file)) {
    const found = changed.split(find).length - 1;
    if (found !== 1) throw new Error(`"${name}": ${file} has this ${found} times, not once: ${find}`);
    changed = changed.replace(find, () => replace);
  }
  return changed;
}
