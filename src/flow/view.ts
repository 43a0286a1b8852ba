/** An application opened for work: its rows unsealed, its plan unfolded, its scope for expressions. */
import { LRUCache } from 'lru-cache';
import type { Application } from '../domain/application.ts';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Step, StepSecret } from '../domain/step.ts';
import { isoTime, type Flow } from './flow.ts';
import { planOf } from './plans.ts';
import { agreed } from './purposes.ts';
import type { ApplicationRow, StepRow } from './ports/ledger.ts';
import type { SealKey, Vault } from './ports/vault.ts';

export interface View {
  application: Application;
  row: ApplicationRow;
  key: SealKey;
  body: JsonObject;
  plan: Plan;
  steps: Map<string, Step>;
}

/** Places that sealed bytes are bound to, so that none can be moved to another row. */
export const places = {
  body: (id: string): string => `applications/${id}/body`,
  result: (id: string): string => `applications/${id}/result`,
  step: ({ applicationId, name, round }: Pick<Step, 'applicationId' | 'name' | 'round'>): string =>
    `steps/${applicationId}/${name}.${round}/secret`,
  attempt: (id: string, name: string, round: number, number: number): string =>
    `attempts/${id}/${name}.${round}.${number}/wire`,
  event: (id: string): string => `events/${id}/text`,
  message: (id: string, n: number): string => `messages/${id}/${n}/text`,
  complaint: (id: string, n: number, part: 'text' | 'answer'): string => `complaints/${id}/${n}/${part}`,
  chunk: (documentId: string, n: number): string => `chunks/${documentId}/${n}`,
  inbox: (agency: string, id: string, part: 'request' | 'answer'): string => `inbox/${agency}.${id}/${part}`,
};

/** Reads and unseals an application; undefined when there is none. */
export async function openView(flow: Flow, applicationId: string): Promise<View | undefined> {
  const stored = await flow.ledger.read(applicationId);
  if (!stored) return undefined;
  const { application: row } = stored;
  const key = await flow.vault.openKey(row.id, row.wrappedKey);
  const body = openBody(flow.vault, key, row);
  const plan = await planOf(flow, row.plan);
  const steps = new Map(stored.steps.map((step) => [step.name, openStep(flow.vault, key, step)]));
  return { application: row, row, key, body, plan, steps };
}

/** Applications just accepted, each until its first step runs: to read and open it again costs a tenth of its whole way. */
const MOST_FRESH = 500;
const fresh = new WeakMap<Vault, LRUCache<string, View>>();

/** Keeps an application as it was accepted. What changes it meanwhile is found by compare-and-set, as after a reading. */
export function keepView(vault: Vault, view: View): void {
  let kept = fresh.get(vault);
  if (!kept) fresh.set(vault, (kept = new LRUCache({ max: MOST_FRESH })));
  kept.set(view.application.id, view);
}

/** Gives what was kept away, once: whoever works on a view changes it. */
export function takeView(vault: Vault, applicationId: string): View | undefined {
  const kept = fresh.get(vault);
  const view = kept?.get(applicationId);
  if (view) kept!.delete(applicationId);
  return view;
}

/** Bodies lately opened: they change only when the applicant mends something, and every step begins with one. */
const MOST_BODIES = 500;
const bodies = new WeakMap<Vault, LRUCache<string, { sealed: Uint8Array; body: JsonObject }>>();

function openBody(vault: Vault, key: SealKey, { id, body: sealed }: ApplicationRow): JsonObject {
  let known = bodies.get(vault);
  if (!known) bodies.set(vault, (known = new LRUCache({ max: MOST_BODIES })));
  const kept = known.get(id);
  if (kept && Buffer.compare(kept.sealed, sealed) === 0) return kept.body;
  const body = JSON.parse(vault.unseal(key, places.body(id), sealed).toString()) as JsonObject;
  known.set(id, { sealed, body });
  return body;
}

export function openStep(vault: Vault, key: SealKey, { sealed, ...row }: StepRow): Step {
  return { ...row, secret: openSecret(vault, key, places.step(row), sealed) };
}

/** No bytes stand for an empty secret: most steps have none until they run. */
const NOTHING = new Uint8Array(0);

function openSecret(vault: Vault, key: SealKey, place: string, sealed: Uint8Array): StepSecret {
  return sealed.length === 0 ? {} : (JSON.parse(vault.unseal(key, place, sealed).toString()) as StepSecret);
}

export function sealStep(vault: Vault, key: SealKey, { secret, ...row }: Step): StepRow {
  const text = JSON.stringify(secret);
  const sealed = text === '{}' ? NOTHING : vault.seal(key, places.step(row), text);
  return { ...row, sealed };
}

/** What the bus adds to the body it was given. */
function given({ id, number, acceptedAt }: Application): JsonObject {
  return { id, number, acceptedAt: isoTime(acceptedAt) };
}

/** What expressions of the route may read. */
export function scopeOf(flow: Flow, view: Pick<View, 'application' | 'body' | 'plan' | 'steps'>): JsonObject {
  const { application, body, plan } = view;
  const steps: JsonObject = {};
  for (const step of view.steps.values())
    steps[step.name] = {
      state: step.state,
      code: step.code,
      output: step.secret.output ?? {},
      before: step.secret.before ?? {},
    };
  const site = flow.catalogue().sites.find(({ code }) => code === application.site);
  return {
    application: { ...body, ...given(application) },
    service: plan.service as unknown as JsonValue,
    site: (site ?? {}) as unknown as JsonValue,
    steps,
  };
}

/** What a step sends: fixed for its round once it was sent; before that read from the route, without what may not be sent. */
export async function inputOf(flow: Flow, view: View, step: Step): Promise<JsonObject> {
  if (step.secret.input) return step.secret.input;
  const { with: fields } = view.plan.byName.get(step.name)!;
  return agreed(flow, view, step, await fields.evaluate(scopeOf(flow, view)));
}
