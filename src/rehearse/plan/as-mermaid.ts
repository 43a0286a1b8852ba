/** A plan as a Mermaid flowchart: what documents and chats draw by themselves. */
import type { Outline, OutlineStep } from './outline.ts';
import { undoText } from './texts.ts';

export function planMermaid({ service, version, steps, result }: Outline): string {
  const last = steps.filter(({ name }) => !steps.some(({ after }) => after.includes(name)));
  return [
    '---',
    `title: ${service} ${version}`,
    '---',
    'flowchart TD',
    '  accepted([accepted])',
    ...steps.map(nodeOf),
    `  ended([${label('completed', ...(result.length > 0 ? [result.join(', ')] : []))}])`,
    ...steps.flatMap(edgesOf),
    ...last.map(({ name }) => `  ${idOf(name)} --> ended`),
    '  classDef pivot stroke-width:4px',
    '  classDef person stroke-dasharray:2 3',
    '  classDef bestEffort stroke-dasharray:8 4',
    ...steps.flatMap((step) => classesOf(step).map((word) => `  class ${idOf(step.name)} ${word}`)),
  ].join('\n');
}

/** `end` is a word of Mermaid's own. */
const idOf = (name: string): string => `step_${name}`;

function nodeOf(step: OutlineStep): string {
  const { name, call, waits, task, pivot } = step;
  const lines = [
    name,
    call,
    ...(task ? [`by ${task.role}${task.fourEyes ? ', two people' : ''}`] : []),
    ...(waits === null ? [] : [`waits ${waits}`]),
    ...(pivot ? ['pivot'] : [undoText(step)]),
  ];
  return `  ${idOf(name)}[${label(...lines)}]`;
}

function edgesOf({ name, after, when, again }: OutlineStep): string[] {
  const anew = again?.steps.length === 0 ? [name] : (again?.steps ?? []);
  const only = when === null ? '' : `|${label(when)}|`;
  const from = after.length === 0 ? ['accepted'] : after.map(idOf);
  return [
    ...from.map((one) => `  ${one} -->${only} ${idOf(name)}`),
    ...anew.map((step) => `  ${idOf(name)} -.->|${label(`again while ${again!.when}`)}| ${idOf(step)}`),
  ];
}

function classesOf({ pivot, task, need }: OutlineStep): string[] {
  return [
    ...(pivot ? ['pivot'] : []),
    ...(task ? ['person'] : []),
    ...(need === 'bestEffort' ? ['bestEffort'] : []),
  ];
}

const ENTITIES: Record<string, string> = { '#': '#35;', '"': '#quot;', '<': '#lt;', '>': '#gt;' };

function label(...lines: string[]): string {
  return `"${lines.map((line) => line.replaceAll(/[#"<>]/g, (mark) => ENTITIES[mark]!)).join('<br/>')}"`;
}
