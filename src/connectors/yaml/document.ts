/** The shape of a `connector.yaml`, as `schemas/connector.json` holds it. An Expr is the text of an expression. */
import type {
  Awaits,
  Effect,
  Example,
  JsonObject,
  JsonSchema,
  JsonValue,
  LocalizedText,
  Outcome,
  WireReply,
  WireRequest,
} from '../../adapter-kit/contract.ts';

export type Expr = string;

export interface ConnectorDocument {
  name: string;
  version: string;
  title: LocalizedText;
  settings: JsonSchema;
  signIn: SignInPlan;
  operations: Record<string, OperationPlan>;
  /** Lists of cases by name, for `use`. */
  cases?: Record<string, CasePlan[]>;
  hosted?: Record<string, NewsPlan>;
  errors?: ErrorPlan[];
  exampleSettings?: JsonObject;
  examples: ExamplePlan[];
}

/** What stands beside `scheme` and `hosted` are settings of the scheme that are the same for every integrator. */
export interface SignInPlan {
  scheme: string;
  /** The scheme by which its news proves itself. */
  hosted?: string;
  [setting: string]: JsonValue;
}

export interface ExchangePlan {
  request: RequestPlan;
  reply: CasePlan[];
}

export interface OperationPlan extends ExchangePlan {
  title: LocalizedText;
  effect: Effect;
  money?: true;
  timeout?: string;
  waits?: string;
  drops?: Record<string, string>;
  inUrl?: Record<string, string>;
  input: JsonSchema;
  output: JsonSchema;
  inquiry?: ExchangePlan & { notBefore: string; trustAfter: string };
  compensation?: ExchangePlan & { effect: Effect };
}

export interface RequestPlan {
  method: WireRequest['method'];
  /** With expressions between braces. */
  path: string;
  query?: Record<string, Expr | number | boolean>;
  headers?: Record<string, Expr | number | boolean>;
  body?: BodyPlan;
}

/** One of them; `as` stands beside `document`. */
export interface BodyPlan {
  json?: JsonValue;
  form?: Record<string, Expr | number | boolean>;
  xml?: JsonObject;
  soap?: {
    version: '1.1' | '1.2';
    action?: string;
    namespaces?: Record<string, string>;
    header?: JsonObject;
    body: JsonObject;
  };
  multipart?: PartPlan[];
  document?: Expr;
  as?: 'base64' | 'body';
}

export interface PartPlan {
  name: string;
  value?: Expr | number;
  json?: JsonValue;
  document?: Expr;
  as?: 'base64' | 'part';
  fileName?: string;
}

/** All that is given must hold; `equals` is compared as text. */
export interface Signal {
  status?: number | number[];
  /** JSON pointer into the body; without `equals` something must be there. */
  at?: string;
  equals?: Scalar | Scalar[];
}
export type Scalar = string | number | boolean;
/** Of a list all must hold. */
export type When = Expr | Signal | Signal[];

export interface CorrectionPlan {
  pointer?: string;
  documentId?: Expr;
  code: string;
  text?: LocalizedText;
}

export interface DocumentPlan {
  name: string;
  type: string;
  from: 'body' | { pointer: string } | { url: Expr };
}

/** One case of a reply, or with `use` a list of them. */
export interface CasePlan {
  use?: string;
  when?: When;
  is?: Outcome['is'];
  code?: string;
  output?: JsonObject;
  documents?: DocumentPlan[];
  text?: Expr;
  corrections?: CorrectionPlan[];
  reference?: Expr;
  shown?: JsonObject;
  awaits?: Awaits;
  until?: Expr;
  afterSeconds?: Expr | number;
  request?: RequestPlan;
  carry?: JsonObject;
}

export type ExchangeName = 'send' | 'inquiry' | 'compensation';

/** A row of the error table. Without `when` it only says what a code means. */
export interface ErrorPlan {
  signal: string;
  when?: When;
  /** The exchanges it holds for; decisions (refused, sendBack) by default for the send alone. */
  in?: ExchangeName[];
  is: 'refused' | 'sendBack' | 'retry' | 'unknown' | 'away';
  code: string;
  meaning: LocalizedText;
  text?: Expr;
  corrections?: CorrectionPlan[];
  until?: Expr;
  afterSeconds?: Expr | number;
}

export interface AnswerPlan {
  status: number;
  headers?: Record<string, string>;
  body?: JsonValue;
}

/** What the agency tells us, read as a reply is. */
export interface NewsPlan {
  tells: string;
  path: string;
  method?: 'POST' | 'PUT';
  proof?: string;
  read: {
    id: Expr;
    key?: Expr;
    reference?: Expr;
    content?: JsonObject;
    outcome: CasePlan[];
  };
  answer?: Partial<Record<'found' | 'none' | 'conflict' | 'badSignature' | 'badForm' | 'busy', AnswerPlan>>;
}

/** What is left out is as in the example before it of the same exchange. */
export interface ExamplePlan {
  title: string;
  operation: string;
  exchange?: ExchangeName;
  settings?: JsonObject;
  input?: JsonObject;
  call?: Partial<Example['call']>;
  request?: Example['request'];
  reply: { status: number; headers?: Record<string, string>; body?: JsonValue; type?: WireReply['type'] };
  outcome: Outcome;
}
