/** Does one act of a rehearsal: over the bus's own API where people act, through the stand-in where an agency does. */
import type { JsonObject } from '../domain/outcome.ts';
import type { Act, AgencyAct, Mending, Payment } from './acts.ts';
import { madeDocument, upload } from './documents.ts';
import { filled, NotKnown } from './known-values.ts';
import { stepAt, type Seen } from './look.ts';
import type { Player } from './players.ts';
import type { Stage } from './stage.ts';

const REASON = 'rehearsal';

/** What was said against it: a problem's code, or an agency's own words; null when it was done. */
export async function perform(stage: Stage, act: Act, seen: Seen[]): Promise<string | null> {
  try {
    switch (act.is) {
      case 'fault':
        // Strikes by itself, at the step's next exchange.
        return null;
      case 'agency':
        return await agencyAct(stage, act, seen);
      case 'pay':
        return await pay(stage, act, seen);
      case 'correct':
        return await mend(stage, act, seen);
      case 'withdraw':
      case 'cancel':
        return await ask(stage, `${application(seen)}/${act.is}`, { reason: act.reason });
      case 'decide': {
        const body = { reason: REASON, ...act.decision };
        return await ask(stage, `${step(seen, act.step)}/decision`, body, act.by);
      }
      default: {
        const word = act.is === 'newRound' ? 'new-round' : act.is;
        const body = { reason: REASON, ...act.body };
        return await ask(stage, `${step(seen, act.step)}/${word}`, body, 'operator');
      }
    }
  } catch (error) {
    if (error instanceof NotKnown) return error.message;
    throw error;
  }
}

function application([first]: Seen[]): string {
  if (!first) throw new NotKnown('the application was not taken in');
  return `/v1/applications/${first.id}`;
}

function step(seen: Seen[], path: string): string {
  const found = stepAt(seen, path);
  if (!found) throw new NotKnown(`the step ${path} is not there`);
  return `/v1/applications/${found.application.id}/steps/${found.step.name}`;
}

async function ask(stage: Stage, path: string, body: JsonObject, who = 'counter'): Promise<string | null> {
  const response = await stage.call(path, { body, who });
  if (response.ok) return null;
  const problem = await response.text();
  return codeOf(problem) ?? `HTTP ${response.status}`;
}

export function codeOf(problem: string): string | undefined {
  return /"code":"([^"]+)"/.exec(problem)?.[1];
}

function playerOf({ players }: Stage, { agency }: AgencyAct, seen: Seen[]): Player {
  if ('step' in agency) {
    const found = stepAt(seen, agency.step);
    const player = found && players.get(found.step.agency);
    if (!player)
      throw new NotKnown(`the step ${agency.step} has no agency (yet): give it an "at" or a "when"`);
    return player;
  }
  const { id } = agency;
  const player = players.get(id) ?? [...players.values()].find((one) => one.agency.role === id);
  if (!player) throw new NotKnown(`there is no agency ${id}`);
  return player;
}

async function agencyAct(stage: Stage, act: AgencyAct, seen: Seen[]): Promise<string | null> {
  const player = playerOf(stage, act, seen);
  const own = 'step' in act.agency ? stepAt(seen, act.agency.step)?.step : undefined;
  return simulate(stage, player, act.act, filled(act.with, seen, own) as JsonObject);
}

async function simulate(
  { clock }: Stage,
  { simulator }: Player,
  act: string,
  detail: JsonObject,
): Promise<string | null> {
  try {
    await clock.during(simulator.act(act, detail));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What a customer of the operation does; every other bill is simply paid. */
const PAYING: Record<string, string> = { collectByQris: 'payQr', chargeByDirectDebit: 'payDebit' };

/** The bill goes by our key, or by what the citizen was shown: each agency knows it by a name of its own. */
async function pay(stage: Stage, { step: path, detail }: Payment, seen: Seen[]): Promise<string | null> {
  const found = stepAt(seen, path);
  const player = found && stage.players.get(found.step.agency);
  if (!player) throw new NotKnown(`the step ${path} is not there`);
  const { key, operation, secret } = found.step;
  const names = { trxId: key, partnerReferenceNo: key, noReferensi: key, requestId: key };
  const known = { ...secret.shown, ...(secret.reference !== undefined && { reference: secret.reference }) };
  return simulate(stage, player, PAYING[operation] ?? 'pay', { ...known, ...names, ...detail });
}

async function mend(stage: Stage, { changes, documents }: Mending, seen: Seen[]): Promise<string | null> {
  const listed = await Promise.all(
    documents.map(async (replaces, at) => {
      const made = madeDocument(`mended ${replaces} ${at}`);
      await upload(stage, made.bytes);
      return { ...made.entry, documentId: `${replaces}-mended`, replaces };
    }),
  );
  const types = typesOf(seen);
  const body: JsonObject = {
    ...(changes.length > 0 && { changes }),
    ...(listed.length > 0 && {
      documents: listed.map((one) => ({ ...types.get(one.replaces), ...one })),
    }),
  };
  return ask(stage, `${application(seen)}/corrections`, body);
}

/** What a document was listed as, so that the new one is listed as the same. */
function typesOf([first]: Seen[]): Map<string, JsonObject> {
  const listed = (first?.body['documents'] ?? []) as JsonObject[];
  return new Map(
    listed.map(({ documentId, documentTypeCode, requirementCode }) => [
      documentId as string,
      { documentTypeCode: documentTypeCode!, ...(requirementCode !== undefined && { requirementCode }) },
    ]),
  );
}
