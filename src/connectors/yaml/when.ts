/** Whether a case holds: a signal in status and body, read at once, or an expression that comes out true. */
import type { JsonValue } from '../../adapter-kit/contract.ts';
import type { Scope } from '../../domain/expression.ts';
import type { Signal, When } from './document.ts';
import { soon } from './soon.ts';
import { reading, type Reading } from './values.ts';

export function holds(when: When | undefined): Reading<boolean> {
  if (when === undefined) return () => true;
  if (typeof when === 'string') {
    const read = reading(when);
    return (scope) => soon(read(scope), (value) => value === true);
  }
  const signals = [when].flat().map(signalHolds);
  return (scope) => signals.every((isMet) => isMet(scope));
}

function signalHolds({ status, at, equals }: Signal): (scope: Scope) => boolean {
  const statuses = status === undefined ? null : [status].flat();
  const words = equals === undefined ? null : new Set([equals].flat().map(String));
  const steps = at?.split('/').slice(1).map(unescape);
  return (scope) => {
    const reply = scope['reply'] as { status: number; body: JsonValue };
    if (statuses && !statuses.includes(reply.status)) return false;
    if (!steps) return true;
    const found = steps.reduce<JsonValue | undefined>(step, reply.body);
    if (!words) return found !== undefined && found !== null;
    return isScalar(found) && words.has(String(found).trim());
  };
}

function unescape(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function step(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, JsonValue>)[name];
}

function isScalar(value: JsonValue | undefined): value is string | number | boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

/** What an expression of a reply may see. */
export type ReplyScope = Scope & { reply: { status: number; headers: Record<string, string> } };
