/** Named rare branches: each must have fired in a batch of runs, or the simulation is blind to it. */

export const RARE = [
  'crash: open group lost',
  'crash: between commit and answer',
  'crash: between attempt begun and wire',
  'crash: on the wire',
  'crash: between wire and result',
  'crash: embedded restart ended leases',
  'stop: woke with a stale fence',
  'lease: taken over',
  'late result: came as news',
  'late result: moved its step',
  'commit: unknown, and stored',
  'commit: unknown, and not stored',
  'bell: lost, and recovered',
  'bell: rung twice',
  'bell: late',
  'race: worked out again',
  'repeat: answered after a crash',
  'repeat: two copies at once',
  'repeat: other body refused',
  'news: early, kept and taken up',
  'news: repeated',
  'news: contradiction kept',
  'conflict: second answer kept',
  'conflict: refund to make',
  'inquiry: found it done',
  'inquiry: never arrived, sent again',
  'inquiry: denied before it may be believed',
  'request: arrived after its caller had given up',
  'once: parked for a person',
  'lane: slept and was probed',
  'lane: paused and resumed',
  'turn: waited behind an earlier application',
  'undo: done',
  'undo: refused',
  'round: begun anew',
  'person: resolved what was unknown',
  'person: retried',
  'application: withdrawn',
  'application: bill expired',
  'callback: refused, then taken',
  'callback: taken twice',
  'clock: jumped ahead',
  'clock: stepped back',
  'task: decided',
  'task: decided when all was calm',
  'task: decided too late',
  'task: a second person has to agree',
  'task: the same person twice',
  'task: two agreed',
  'refusal: the end of its time',
  'wait: its time passed',
  'wait: reminded',
  'wait: rejected when it was over',
  'wait: an offer was given back when it was over',
  'child: opened',
  'child: opened, three deep',
  'child: ended well',
  'child: ended badly',
  'child: cancelled by itself',
  'child: withdrawn with its parent',
  'round: its end was none',
  'round: billed anew',
  'insist: tried on',
  'condition: a step was skipped',
  'pivot: begun',
  'correction: mended',
  'correction: not what was asked, refused',
  'correction: a check ran again',
  'correction: a check was too old',
  'correction: done before it',
  'duplicate: refused while another is open',
  'deadline: stood still',
  'deadline: breached',
  'deadline: silence was consent',
  "quota: the day's was spent",
  'callback: told beside a slow receiver',
] as const;

export type Rare = (typeof RARE)[number];

export type Counts = Partial<Record<Rare, number>>;

export interface Coverage {
  counts: Counts;
  saw(name: Rare): void;
}

export function makeCoverage(): Coverage {
  const counts: Counts = {};
  return { counts, saw: (name) => void (counts[name] = (counts[name] ?? 0) + 1) };
}

export function addCounts(into: Counts, more: Counts): void {
  for (const [name, count] of Object.entries(more) as [Rare, number][])
    into[name] = (into[name] ?? 0) + count;
}

export const unseen = (counts: Counts): Rare[] => RARE.filter((name) => !counts[name]);
