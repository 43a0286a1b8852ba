/** One application's whole way, in lines for a person. */

export interface ShownApplication {
  id: string;
  number: string;
  service: string;
  serviceTitle: { id: string; en: string };
  state: string;
  stateText: { id: string; en: string };
  acceptedAt: string;
  promisedAt: string | null;
  awaiting: { step: string; text: { id: string; en: string }; since: string; until: string | null }[];
  steps: {
    name: string;
    agency: string;
    operation: string;
    state: string;
    code: string | null;
    shown?: Record<string, unknown>;
    history: {
      round: number;
      number: number;
      kind: string;
      at: string;
      endedAt: string | null;
      outcome: string | null;
      code: string | null;
    }[];
  }[];
  items: {
    kind: string;
    step: string;
    code: string;
    openedAt: string;
    correctedBy?: { service: string; title: { id: string; en: string } };
  }[];
  documents: { documentId: string; mediaType: string; sizeBytes: number }[];
  result: Record<string, unknown> | null;
  related: { relation: string; number: string; service: string; state: string }[];
}

export interface ShownEvent {
  seq: number;
  at: string;
  type: string;
  data: Record<string, unknown>;
}

interface Entry {
  at: string;
  text: string;
}

/** Events and attempts in the order in which they happened. */
export function timeline(application: ShownApplication, events: ShownEvent[]): string[] {
  const entries: Entry[] = [
    ...events.map(({ seq, at, type, data }) => ({
      at,
      text: `#${seq} ${shortType(type)} ${fields(data)}`.trimEnd(),
    })),
    ...application.steps.flatMap(({ name, agency, history }) =>
      history.map(({ at, endedAt, kind, number, outcome, code }) => ({
        at,
        text: `   ${kind} ${number} of ${name} to ${agency}: ${outcome ?? 'under way'}${code === null ? '' : ` ${code}`}${took(at, endedAt)}`,
      })),
    ),
  ];
  entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const { number, serviceTitle, stateText, state, result } = application;
  return [
    `${number}  ${serviceTitle.id} / ${serviceTitle.en}`,
    ...entries.map(({ at, text }) => `  ${at.slice(11, 23)}  ${text}`),
    `  ${state}: ${stateText.id} / ${stateText.en}`,
    ...application.awaiting.map(({ text, since }) => `  ${text.id} / ${text.en} (since ${since})`),
    ...application.items.map(
      ({ kind, step, code, correctedBy }) =>
        `  for a person: ${kind} at ${step} (${code})${correctedBy ? `, to be mended by ${correctedBy.service}` : ''}`,
    ),
    ...application.documents.map(
      ({ documentId, mediaType, sizeBytes }) => `  document ${documentId}: ${mediaType}, ${sizeBytes} bytes`,
    ),
    ...(result ? [`  result ${JSON.stringify(result)}`] : []),
    ...application.related.map(
      (one) => `  ${RELATED[one.relation] ?? one.relation} ${one.number} (${one.service}, ${one.state})`,
    ),
  ];
}

const RELATED: Record<string, string> = {
  parent: 'opened by',
  refersTo: 'names',
  child: 'opened',
  referredBy: 'named by',
};

const shortType = (type: string): string => type.replace(/^go\.mpp\.(.*)\.v1$/, '$1');

function fields(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([name]) => name !== 'reasonHash')
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ');
}

function took(at: string, endedAt: string | null): string {
  return endedAt === null ? '' : ` (${Date.parse(endedAt) - Date.parse(at)} ms)`;
}
