/** What a row of the matrix is, and what it is handed while it runs. */
import type { Load } from './load.ts';
import type { Mall, MallOptions } from './mall.ts';

export interface Stage {
  mall: Mall;
  load: Load;
  /** A number in [0, 1), of the printed seed. */
  chance: () => number;
  /** A whole number of milliseconds between the two, by chance. */
  between: (least: number, most: number) => number;
  /** How many faults to inject. */
  rounds: number;
  pause: (ms: number) => Promise<unknown>;
  /** Counts a fault as injected. */
  inject(): void;
  /** Counts a fault as survived once another application is taken (and one more effect is done); a problem if not in time. */
  survive(limits?: { withinMs?: number; effects?: boolean }): Promise<void>;
  /** All that was injected so far was survived. */
  survivedAll(): void;
  /** A problem that the row has seen itself. */
  problem(text: string): void;
  /** What is worth saying beside the counts. */
  note(text: string): void;
}

export interface Row {
  /** As in the matrix: F1. */
  id: string;
  fault: string;
  mall: MallOptions;
  /** Faults injected by a full run and by a smoke; with 0 a smoke leaves it out. */
  rounds: { full: number; smoke: number };
  /** Applications a second; 20 by default. */
  rate?: number;
  /** Measures time: played when no other row is. */
  alone?: boolean;
  /** Why it cannot be played on this machine, if so. */
  cannot?: () => string | null;
  run(stage: Stage): Promise<void>;
}

/** The same row in both editions; what an agency does is played for one only by a smoke. */
export function inBoth(
  row: Omit<Row, 'mall'>,
  mall: Omit<MallOptions, 'edition'> = {},
  smoke: 'both' | 'embedded' = 'both',
): Row[] {
  const { full } = row.rounds;
  const rounds = smoke === 'both' ? row.rounds : { full, smoke: 0 };
  return [
    { ...row, mall: { ...mall, edition: 'embedded' } },
    { ...row, rounds, mall: { ...mall, edition: 'distributed' } },
  ];
}

/** A row that cannot be real here, and why. */
export interface NotHere {
  id: string;
  fault: string;
  why: string;
}

export interface Result {
  id: string;
  edition: string;
  fault: string;
  applications: number;
  injected: number;
  survived: number;
  lost: number;
  doubled: number;
  items: number;
  /** Requests that got no 2xx, by status or error; each was asked again under its key. */
  failed: Record<string, number>;
  /** Seconds from the last fault until all had settled. */
  settled: number;
  seconds: number;
  problems: string[];
  notes: string[];
}
