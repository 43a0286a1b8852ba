/** One application's whole way on a stage: sent, played to its end, and what stands in the agencies' books then. */
import type { JsonObject } from '../domain/outcome.ts';
import type { ItemRow } from '../flow/ports/ledger.ts';
import type { Problem } from '../schema/problems.ts';
import { parseJson } from '../wire/json.ts';
import { compareBooks, type Book, type Counts } from './books.ts';
import { withDocuments } from './documents.ts';
import { decides, pays, USUAL, type Habits } from './habits.ts';
import { look, lookWhole, type Whole } from './look.ts';
import { play, type Played, type Watcher } from './play.ts';
import type { Heard } from './players.ts';
import { performance, type Done, type ScriptItem } from './script.ts';
import { openStage, type Stage, type StageOptions, type Trouble } from './stage.ts';
import { strikeSteps, type Struck } from './step-faults.ts';

export interface Rehearsal {
  application: JsonObject;
  /** Bytes of a document, where they are at hand. */
  find?(sha256: string): Promise<Uint8Array | undefined>;
  script?: ScriptItem[];
  habits?: Partial<Habits>;
  /** The longest that is played, ms. */
  forMs: number;
}

/** Something that a look found new. */
export interface Noted {
  at: number;
  step: string;
  text: string;
  shown?: JsonObject;
}

export interface Rehearsed extends Played {
  seen: Whole[];
  /** When the application was sent, ms. */
  startedAt: number;
  /** Nothing was taken in. */
  refused: { status: number; problems: Problem[] } | null;
  done: Done[];
  /** Acts whose time never came. */
  left: ScriptItem[];
  struck: Struck[];
  heard: Heard[];
  troubles: Trouble[];
  noted: Noted[];
  books: Book[];
  /** Role by agency id. */
  roles: Map<string, string>;
  counts: Counts;
}

export async function rehearse(options: StageOptions & Rehearsal): Promise<Rehearsed> {
  const stage = await openStage(options);
  try {
    return await onStage(stage, options);
  } finally {
    await stage.close();
  }
}

async function onStage(stage: Stage, rehearsal: Rehearsal): Promise<Rehearsed> {
  const { script = [], forMs, find = async () => undefined } = rehearsal;
  const acts = script.map(({ act }) => act);
  const habits = { ...USUAL, ...rehearsal.habits };
  const performed = performance(stage, script);
  const faults = (): Parameters<typeof strikeSteps>[1] extends () => infer Faults ? Faults : never =>
    performed.done.flatMap(({ item }) => (item.act.is === 'fault' ? [item.act] : []));
  const struck = strikeSteps(stage, faults);
  const isPaid = acts.some(({ is }) => is === 'pay');
  await pays(stage, isPaid && rehearsal.habits?.payMs === undefined ? null : habits.payMs);
  await performed.open();
  const startedAt = stage.clock.now();
  const body = await withDocuments(stage, rehearsal.application, find);
  const sent = await stage.call('/v1/applications', {
    body,
    headers: { 'idempotency-key': 'rehearsal' },
  });
  const refused = sent.ok ? null : { status: sent.status, problems: await problemsOf(stage, sent) };
  performed.begin();
  const notes = notebook(stage);
  const watchers: Watcher[] = [notes, performed, decides(stage, habits.decideMs, acts)];
  const { ended } = refused ? { ended: 'still' as const } : await play(stage, watchers, forMs);
  await notes.look(await look(stage));
  const seen = await lookWhole(stage);
  const books = booksOf(stage);
  const { heard, troubles } = stage;
  return {
    ...{ startedAt, refused, seen, ended, done: performed.done, left: performed.left(), struck },
    roles: new Map(stage.catalogue.agencies.map(({ id, role }) => [id, role])),
    ...{ heard, troubles, noted: notes.noted, books, counts: compareBooks(books, counted(seen)) },
  };
}

async function problemsOf({ clock }: Stage, response: Response): Promise<Problem[]> {
  const { problems, code, detail } = parseJson(
    Buffer.from(await clock.during(response.text())),
  ) as unknown as {
    problems?: Problem[];
    code: string;
    detail: string;
  };
  return problems ?? [{ pointer: '', code, detail }];
}

function booksOf({ players }: Stage): Book[] {
  return [...players.values()].map(({ agency, module, simulator }) => {
    return { agency: agency.id, leaves: module.leaves, entries: simulator.book() };
  });
}

/** Every step of every application, with its attempts. */
export function counted(seen: Whole[]): Parameters<typeof compareBooks>[1] {
  return seen.flatMap(({ steps, attempts }) =>
    steps.map(({ agency, operation, state, code, key, name }) => {
      const history = attempts.filter(({ step }) => step === name);
      return { agency, operation, state, code, key, history };
    }),
  );
}

/** Keeps what no event tells: items that people got and lost, and what citizens were shown. */
function notebook({ clock }: Stage): Watcher & { noted: Noted[] } {
  const noted: Noted[] = [];
  const open = new Map<string, ItemRow & { path: string }>();
  const shown = new Map<string, string>();
  return {
    noted,
    nextAt: () => null,
    async look(seen) {
      const at = clock.now();
      const now = new Map(
        seen.flatMap(({ prefix, items }) =>
          items.map((one) => [one.id, { ...one, path: prefix + one.step }]),
        ),
      );
      for (const [id, item] of now)
        if (!open.has(id))
          noted.push({ at, step: item.path, text: `for ${personOf(item)}: ${item.kind} (${item.code})` });
      for (const [id, item] of open)
        if (!now.has(id))
          noted.push({ at, step: item.path, text: `no longer for ${personOf(item)}: ${item.kind}` });
      open.clear();
      for (const [id, item] of now) open.set(id, item);
      for (const { prefix, steps } of seen)
        for (const { name, secret } of steps) {
          const text = JSON.stringify(secret.shown);
          if (text === undefined || shown.get(prefix + name) === text) continue;
          shown.set(prefix + name, text);
          noted.push({ at, step: prefix + name, text: 'the citizen is shown', shown: secret.shown! });
        }
      return false;
    },
  };
}

const personOf = ({ role }: ItemRow): string => (role === null ? 'an operator' : `the role ${role}`);
