/** What another version of a service changes: what is asked for, what it costs, where and how it is offered. */
import type { Service } from '../../domain/catalogue.ts';
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';
import { changesBetween, namedChanges, type Change } from './changes.ts';
import { sameVersion } from './route.ts';

export function serviceChanges(before: Service, after: Service): Change[] {
  const { form: was, fees, requirements, version: _, ...rest } = before;
  const { form: is, fees: otherFees, requirements: others, version: __, ...otherRest } = after;
  return [
    ...sameVersion('version', before, after),
    ...changesBetween(json(rest), json(otherRest), ''),
    ...formChanges(was, is),
    ...namedChanges(
      byCode(fees),
      byCode(otherFees),
      'fees',
      { added: ({ amount }) => `Rp${amount}`, removed: ({ amount }) => `Rp${amount}` },
      (code, one, other) => changesBetween(json(one), json(other), `fees.${code}`),
    ),
    ...namedChanges(
      byCode(requirements),
      byCode(others),
      'requirements',
      {
        added: ({ mandatory }) => (mandatory ? 'must be brought along' : 'may be brought along'),
        removed: () => 'is not asked for any more',
      },
      (code, one, other) => changesBetween(json(one), json(other), `requirements.${code}`),
    ),
  ];
}

const json = (value: unknown): JsonValue => value as JsonValue;
const byCode = <T extends { code: string }>(all: T[]): Map<string, T> =>
  new Map(all.map((one) => [one.code, one]));

/** A field that has to be filled in from now on refuses who does not know of it. */
function formChanges(before: JsonObject, after: JsonObject): Change[] {
  const required = ({ required: names }: JsonObject): Set<string> => new Set((names ?? []) as string[]);
  const [was, is] = [required(before), required(after)];
  const { required: _, ...one } = before;
  const { required: __, ...other } = after;
  const now = [...is].filter((name) => !was.has(name));
  const nomore = [...was].filter((name) => !is.has(name));
  return [
    ...now.map((name): Change => {
      const means = 'has to be filled in: applications without it are refused';
      return { is: 'changed', at: `form.${name}`, means };
    }),
    ...nomore.map((name): Change => ({ is: 'changed', at: `form.${name}`, means: 'may be left out' })),
    ...changesBetween(one, other, 'form'),
  ];
}
