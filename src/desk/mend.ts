/** The applicant mends what was sent back, and only that; what depends on it runs again. */
import { newDraft, note, FINAL, type Draft } from '../domain/application.ts';
import {
  affected,
  isStale,
  openCorrections,
  runsAgain,
  wasAsked,
  withFields,
  type Mended,
} from '../domain/mending.ts';
import type { Correction, JsonObject } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { advance, commit, MOST_RACES } from '../flow/change.ts';
import { documentHash } from '../flow/documents.ts';
import { beginRound, holdInputs } from '../flow/rounds.ts';
import { indexOf } from '../flow/search-index.ts';
import { readApplication } from '../flow/submission.ts';
import { openView, type View } from '../flow/view.ts';
import type { Problem } from '../schema/problems.ts';
import type { Desk } from './look.ts';

export interface Corrections {
  changes: Mended[];
  /** New entries of `documents`, each in the place of one that was sent back. */
  documents: (JsonObject & { documentId: string; sha256: string; replaces: string })[];
}

export type MendedAs =
  | { is: 'done'; again: string[] }
  | { is: 'notFound' }
  | { is: 'refused'; code: string }
  | { is: 'invalid'; problems: Problem[] };

/** Takes corrections of an application. The same again is refused with `nothing_sent_back`: it was taken. */
export async function mend(desk: Desk, id: string, corrections: Corrections, by: string): Promise<MendedAs> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(desk, id);
    if (!view) return { is: 'notFound' };
    const read = readMended(desk, view, corrections);
    if ('is' in read) return read;
    const draft = newDraft(view.application, view.steps.values(), desk.clock.now());
    const pointers = [
      ...corrections.changes.map(({ pointer }) => pointer),
      ...(corrections.documents.length > 0 ? ['/documents'] : []),
    ];
    note(draft, 'application.corrected', { pointers, by });
    const again = runAgain(desk, view, draft, pointers);
    await holdInputs(desk, view, draft);
    const mended = { ...view, body: read.body };
    await advance(desk, mended, draft);
    const { platform } = view.application;
    const stored = await commit(desk, mended, draft, {
      by,
      body: read.body,
      index: indexOf(desk, platform, read.body),
      ...(corrections.documents.length > 0 && {
        taken: corrections.documents.map(({ documentId, sha256 }) => ({
          name: documentId,
          hash: documentHash(desk, sha256),
        })),
      }),
    });
    if (stored === 'documentMissing') return { is: 'invalid', problems: [missingDocument()] };
    if (stored === 'done') return { is: 'done', again };
  }
  throw new Error(`Application ${id} changed ${MOST_RACES} times while it was being mended`);
}

function missingDocument(): Problem {
  const detail = 'A document has not been uploaded: PUT it to /v1/documents/{sha256} first';
  return { pointer: '/documents', code: 'document_missing', detail };
}

/** Begins a new round of what was sent back, of checks that read what was mended, and of those too old to count. */
function runAgain(desk: Desk, view: View, draft: Draft, pointers: string[]): string[] {
  const touched = affected(view.plan, pointers);
  const again: string[] = [];
  for (const step of draft.steps.values()) {
    const { effect } = desk.registry.operation(step.adapter, step.operation).operation;
    const isAffected = touched.has(step.name);
    const stale = isStale(view.plan.byName.get(step.name)!, step, draft.now);
    switch (runsAgain(step, effect, { isAffected, stale })) {
      case 'again':
        beginRound(desk, draft, step, 'pending');
        again.push(step.name);
        break;
      case 'person':
        draft.items.push({ step: step.name, kind: 'conflict', code: 'DONE_BEFORE_CORRECTION' });
        break;
      default:
    }
  }
  return again;
}

function readMended(
  desk: Desk,
  view: View,
  { changes, documents }: Corrections,
): { body: JsonObject } | Exclude<MendedAs, { is: 'done' }> {
  if (FINAL.has(view.application.state) || view.application.ending)
    return { is: 'refused', code: 'application_ended' };
  const asked = openCorrections(view.steps.values() as Iterable<Step>);
  if (asked.length === 0) return { is: 'refused', code: 'nothing_sent_back' };
  const problems = [...notAsked(asked, changes, documents), ...notMended(asked, changes, documents)];
  if (problems.length > 0) return { is: 'invalid', problems };
  const fields = withFields(view.body, changes);
  if (!fields)
    return {
      is: 'invalid',
      problems: [{ pointer: '/changes', code: 'unknown_field', detail: 'A pointer leads to no field' }],
    };
  const body = withDocuments(fields, documents);
  const { service } = view.plan;
  const catalogue = { ...desk.catalogue(), services: new Map([[service.code, service]]) };
  const read = readApplication(catalogue, { sandbox: view.application.sandbox }, body);
  const wrong = 'problems' in read ? read.problems : read.late;
  if (wrong.length > 0) return { is: 'invalid', problems: wrong };
  return { body: ('body' in read ? read.body : body) as unknown as JsonObject };
}

function withDocuments(body: JsonObject, documents: Corrections['documents']): JsonObject {
  const listed = (body['documents'] ?? []) as JsonObject[];
  const of = (id: unknown): JsonObject | undefined => documents.find(({ replaces }) => replaces === id);
  const replaced = listed.map((one) => of(one['documentId']) ?? one);
  return documents.length === 0 ? body : { ...body, documents: replaced };
}

/** What nobody has sent back stays as it was accepted. */
function notAsked(asked: Correction[], changes: Mended[], documents: Corrections['documents']): Problem[] {
  const detail = 'This was not sent back: only what is to be mended may change';
  return [
    ...changes.flatMap(({ pointer }, at) =>
      wasAsked(asked, pointer) ? [] : [{ pointer: `/changes/${at}/pointer`, code: 'not_sent_back', detail }],
    ),
    ...documents.flatMap(({ replaces }, at) =>
      asked.some(({ documentId }) => documentId === replaces)
        ? []
        : [{ pointer: `/documents/${at}/replaces`, code: 'not_sent_back', detail }],
    ),
  ];
}

function notMended(asked: Correction[], changes: Mended[], documents: Corrections['documents']): Problem[] {
  const isMended = ({ pointer, documentId }: Correction): boolean =>
    (pointer !== undefined && changes.some((one) => wasAsked([{ pointer, code: '' }], one.pointer))) ||
    (documentId !== undefined && documents.some(({ replaces }) => replaces === documentId)) ||
    (pointer === undefined && documentId === undefined);
  return asked
    .filter((one) => !isMended(one))
    .map(({ pointer, documentId, code }) => ({
      pointer: pointer ?? `/documents/${documentId}`,
      code: 'not_mended',
      detail: `This was sent back (${code}) and is to be mended too`,
    }));
}
