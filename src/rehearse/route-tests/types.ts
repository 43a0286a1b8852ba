/** A file of route tests as it is written: schemas/route-test.json in types. */
import type { JsonObject } from '../../domain/outcome.ts';
import type { FaultKind } from '../acts.ts';

export type ApplicationOf = string | JsonObject;

export interface Timing {
  at?: string;
  when?: string;
  after?: string;
}

export interface AgencyItem extends Timing {
  step?: string;
  agency?: string;
  fault?: FaultKind;
  of?: 'send' | 'inquiry' | 'undo';
  times?: number;
  value?: number | string;
  body?: string;
  act?: string;
  with?: JsonObject;
}

export interface PersonItem extends Timing {
  pay?: string;
  with?: JsonObject;
  decide?: string;
  by?: string;
  as?: 'approved' | 'rejected' | 'sendBack' | 'succeeded' | 'notDone';
  output?: JsonObject;
  code?: string;
  corrections?: JsonObject[];
  correct?: JsonObject;
  documents?: string[];
  withdraw?: string;
  cancel?: string;
  retry?: string;
  newRound?: string;
  resolve?: string;
  refused?: string;
}

export interface StepExpected {
  state?: string;
  code?: string | null;
  round?: number;
  attempts?: number;
  agency?: string;
}

export interface Expected {
  state?: string;
  code?: string;
  refused?: Record<string, string>;
  steps?: Record<string, string | StepExpected>;
  items?: string[];
  events?: string[];
  never?: string[];
  told?: string[];
  sent?: Record<string, JsonObject>;
  result?: JsonObject;
  books?: Record<string, Record<string, number>>;
  within?: string;
  doubled?: number;
  lost?: number;
}

export interface RouteTest {
  name: string;
  application?: ApplicationOf;
  start?: string;
  for?: string;
  habits?: { pay?: string; decide?: string };
  agencies?: AgencyItem[];
  people?: PersonItem[];
  expect: Expected;
}

export interface TestFile {
  service: string;
  application?: ApplicationOf;
  start?: string;
  tests: RouteTest[];
}
