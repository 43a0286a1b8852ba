/** What the flow asks of the log: one wide line per unit of work, named noun.verb (`attempt.ended`). */

export type LogFields = Record<string, unknown>;

export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
