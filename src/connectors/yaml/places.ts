/** Every expression of a connector, with its place in the file and what it may see there. */
import type { JsonValue } from '../../adapter-kit/contract.ts';
import type { CasePlan, ConnectorDocument, ExchangePlan, RequestPlan } from './document.ts';
import type { Path } from './desk.ts';
import { partsOf } from './request.ts';

/** `request`: before anything was said; `reply`: after; `news`: no step is known; `answer`: what we say to news. */
export type Sight = 'request' | 'reply' | 'news' | 'answer';

export interface Place {
  path: Path;
  text: string;
  sight: Sight;
  /** The operation whose input is seen; none where several share it. */
  operation?: string;
}

type Spot = Omit<Place, 'text' | 'path'>;

export function placesOf(document: ConnectorDocument): Place[] {
  const { operations, cases = {}, errors = [], hosted = {} } = document;
  return [
    ...Object.entries(operations).flatMap(([operation, plan]) => {
      const at: Path = ['operations', operation];
      const { inquiry, compensation } = plan;
      return [
        ...ofExchange(plan, at, operation),
        ...(inquiry ? ofExchange(inquiry, [...at, 'inquiry'], operation) : []),
        ...(compensation ? ofExchange(compensation, [...at, 'compensation'], operation) : []),
      ];
    }),
    ...Object.entries(cases).flatMap(([name, list]) => ofCases(list, ['cases', name], { sight: 'reply' })),
    ...errors.flatMap((row, at) => ofCase(row, ['errors', at], { sight: 'reply' })),
    ...Object.entries(hosted).flatMap(([name, { read, answer = {} }]) => {
      const { outcome, ...rest } = read;
      const at: Path = ['hosted', name];
      return [
        ...ofValue(rest, [...at, 'read'], { sight: 'news' }),
        ...ofCases(outcome, [...at, 'read', 'outcome'], { sight: 'news' }),
        ...outcome.flatMap(({ use = '' }, place) =>
          ofShared(cases[use] ?? [], [...at, 'read', 'outcome', place]),
        ),
        ...Object.entries(answer).flatMap(([one, plan]) =>
          ofValue(plan.body, [...at, 'answer', one, 'body'], { sight: 'answer' }),
        ),
      ];
    }),
  ];
}

/** A shared list as news sees it. A correction's document is of the step's input: without it the code stands alone. */
function ofShared(list: CasePlan[], at: Path): Place[] {
  const places = list.flatMap(({ corrections: _, ...one }) => ofCase(one, [], { sight: 'news' }));
  return places.map((place) => ({ ...place, path: [...at, 'use'] }));
}

function ofExchange({ request, reply }: ExchangePlan, at: Path, operation: string): Place[] {
  return [
    ...ofRequest(request, [...at, 'request'], { sight: 'request', operation }),
    ...ofCases(reply, [...at, 'reply'], { sight: 'reply', operation }),
  ];
}

/** Every text of a value. */
function ofValue(value: JsonValue | object | undefined, path: Path, spot: Spot): Place[] {
  if (typeof value === 'string') return [{ ...spot, path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    ofValue(inner as JsonValue, [...path, Array.isArray(value) ? Number(name) : name], spot),
  );
}

function ofRequest({ path, query, headers, body = {} }: RequestPlan, at: Path, spot: Spot): Place[] {
  const { soap, multipart = [], as: _, ...values } = body;
  const inPath = partsOf(path).filter((_, place) => place % 2 === 1);
  return [
    ...inPath.map((text) => ({ ...spot, path: [...at, 'path'], text })),
    ...ofValue(query, [...at, 'query'], spot),
    ...ofValue(headers, [...at, 'headers'], spot),
    ...ofValue(values, [...at, 'body'], spot),
    ...(soap ? ofValue({ header: soap.header, body: soap.body }, [...at, 'body', 'soap'], spot) : []),
    ...multipart.flatMap(({ value, json, document }, place) =>
      ofValue({ value, json, document }, [...at, 'body', 'multipart', place], spot),
    ),
  ];
}

function ofCases(list: CasePlan[], at: Path, spot: Spot): Place[] {
  return list.flatMap((one, place) => ofCase(one, [...at, place], spot));
}

type AnyCase = Omit<CasePlan, 'use'>;

function ofCase(plan: AnyCase, at: Path, spot: Spot): Place[] {
  const {
    when,
    output,
    documents = [],
    text,
    corrections = [],
    reference,
    shown,
    until,
    afterSeconds,
  } = plan;
  const values = { output, text, reference, shown, until, afterSeconds, carry: plan.carry };
  return [
    ...(typeof when === 'string' ? [{ ...spot, path: [...at, 'when'], text: when }] : []),
    ...ofValue(values, at, spot),
    ...documents.flatMap(({ from }, place) =>
      typeof from === 'object' && 'url' in from
        ? [{ ...spot, path: [...at, 'documents', place, 'from', 'url'], text: from.url }]
        : [],
    ),
    ...corrections.flatMap(({ documentId }, place) =>
      ofValue({ documentId }, [...at, 'corrections', place], spot),
    ),
    ...(plan.request ? ofRequest(plan.request, [...at, 'request'], spot) : []),
  ];
}
