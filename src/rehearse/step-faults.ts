/** Faults that strike one step's exchanges: set at the agency's stand-in just before the exchange that they are meant for. */
import type { AttemptKind } from '../domain/step.ts';
import type { ExchangeArgs } from '../flow/ports/caller.ts';
import type { FaultKind, StepFault } from './acts.ts';
import { look } from './look.ts';
import type { Player } from './players.ts';
import type { Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
/** How long what lasts lasts, unless it is said. */
const LASTING_MS: Partial<Record<FaultKind, number>> = { down: HOUR_MS, noNews: 24 * HOUR_MS };
/** These strike what the agency tells, whatever path it is told at. */
const OF_NEWS: ReadonlySet<FaultKind> = new Set(['duplicateNews', 'lateNews', 'newsFirst']);

/** A fault as it was struck. */
export interface Struck {
  at: number;
  step: string;
  kind: FaultKind;
}

/** `armed` gives the faults that hold from now on; each is used up by its strikes. */
export function strikeSteps(stage: Stage, armed: () => StepFault[]): Struck[] {
  const struck: Struck[] = [];
  const used = new Map<StepFault, number>();
  stage.onExchange(async (args, player) => {
    const faults = armed().filter((one) => (used.get(one) ?? 0) < one.times);
    if (faults.length === 0) return;
    const exchange = await exchangeOf(stage, args);
    const fault = faults.find(({ step, of }) => step === exchange?.step && of === exchange.kind);
    if (!fault) return;
    used.set(fault, (used.get(fault) ?? 0) + 1);
    struck.push({ at: stage.clock.now(), step: fault.step, kind: fault.kind });
    strike(stage, player, fault, args);
  });
  return struck;
}

/** The step that an exchange belongs to, by the key that all of a round's exchanges bear. */
async function exchangeOf(
  stage: Stage,
  { agency, sign }: ExchangeArgs,
): Promise<{ step: string; kind: AttemptKind } | undefined> {
  const found = await stage.ledger.findByKey(agency.id, sign.tryKey.slice(0, -4));
  const seen = found && (await look(stage)).find(({ id }) => id === found.applicationId);
  const step = seen?.steps.find(({ name }) => name === found?.step);
  if (!seen || !step?.leaseKind) return undefined;
  return { step: seen.prefix + step.name, kind: step.leaseKind };
}

function strike(
  { clock }: Stage,
  player: Player,
  { kind, value, body }: StepFault,
  args: ExchangeArgs,
): void {
  const until = clock.now() + (value ?? LASTING_MS[kind] ?? 0);
  if (kind === 'down') player.shutUntil = until;
  else if (kind === 'noNews') player.muteUntil = until;
  else {
    const match = OF_NEWS.has(kind) ? '' : args.request.path.split('?')[0]!;
    const more = { ...(value !== undefined && { value }), ...(body !== undefined && { body }) };
    player.simulator.fault({ match, kind, times: 1, ...more });
  }
}
