/** A plan as text: the order, what runs together, and what holds for each step. */
import { againText, feesText, rebillText, refusalTexts, resultText, termText, undoText } from './texts.ts';
import type { Outline, OutlineStep } from './outline.ts';
import type { FilledStep } from './filled.ts';

export function planLines(outline: Outline, filled?: Map<string, FilledStep>): string[] {
  const { service, version, title, steps, decidedBy } = outline;
  const layers = Map.groupBy(steps, ({ layer }) => layer);
  return [
    `${service} ${version}  ${title.id} / ${title.en}`,
    `decided by ${decidedBy}; ${termText(outline)}`,
    ...(outline.inOrder ? ['an applicant has his applications done in their order'] : []),
    feesText(outline),
    ...[...layers].toSorted(([a], [b]) => a - b).flatMap(([layer, own]) => layerLines(layer, own, filled)),
    '',
    resultText(outline),
  ];
}

function layerLines(layer: number, steps: OutlineStep[], filled?: Map<string, FilledStep>): string[] {
  const together = steps.length > 1 ? ', at the same time' : '';
  return ['', `${layer + 1}${together}`, ...steps.flatMap((step) => stepLines(step, filled?.get(step.name)))];
}

function stepLines(step: OutlineStep, filled: FilledStep | undefined): string[] {
  const { name, call, title, pivot, need } = step;
  const marks = [pivot ? 'PIVOT' : '', need === 'bestEffort' ? 'best effort' : ''].filter(Boolean);
  const head = `  ${name}: ${call}, ${title.en}${marks.length > 0 ? ` [${marks.join(', ')}]` : ''}`;
  const facts = [...factsOf(step), ...(filled ? filledLines(filled) : [`sends ${step.sends.join(', ')}`])];
  return [head, ...facts.map((fact) => `      ${fact}`)];
}

function factsOf(step: OutlineStep): string[] {
  const { call, after, when, at, effect, money, canBeAsked, validFor, insist, correctedBy } = step;
  return [
    ...(after.length > 0 ? [`after ${after.join(' and ')}`] : []),
    ...(when === null ? [] : [`only when ${when}`]),
    ...(at === null ? [] : [`at the agency of ${at}`]),
    `${OF_BUS[call] ?? EFFECTS[effect]}${money ? ', takes money' : ''}${canBeAsked ? ', can be asked about' : ''}; ${undoText(step)}`,
    ...waitLines(step),
    ...taskLines(step),
    ...(validFor === null
      ? []
      : [`holds for ${validFor}; checked again when the application is mended later`]),
    ...(insist ? ['tried on until it is done'] : []),
    ...(correctedBy === null ? [] : [`once it stands it is mended by ${correctedBy}`]),
  ];
}

const EFFECTS: Record<OutlineStep['effect'], string> = {
  read: 'looks up',
  keyed: 'safe to send again under its key',
  inquirable: 'asked about before it is sent again',
  once: 'sent once; a lost answer is a person’s to clear up',
};

const OF_BUS: Record<string, string> = {
  'bus.task': 'a person decides',
  'bus.wait': 'time passes',
  'bus.child': 'opens an application of its own',
};

const TIMED_OUT = {
  person: 'then a person decides',
  expire: 'then the application expires',
  reject: 'then it counts as rejected',
};

function waitLines(step: OutlineStep): string[] {
  const { waits, remind, onTimeout, rebill, again } = step;
  const then = onTimeout === null ? '' : `, ${TIMED_OUT[onTimeout]}`;
  const reminded = remind.length > 0 ? `, reminds after ${remind.join(', ')}` : '';
  return [
    ...(waits === null ? [] : [`waits ${waits} at the longest${reminded}${then}`]),
    ...(rebill > 0 ? [rebillText(rebill)] : []),
    ...(again ? [`${againText(again)}, ${again.most} times at most`] : []),
    ...refusalTexts(step),
  ];
}

function taskLines({ task }: OutlineStep): string[] {
  if (!task) return [];
  const due = task.due === null ? '' : `, due after ${task.due}`;
  return [
    `decided by the role ${task.role}${due}${task.fourEyes ? ', by two people' : ''}: ${task.title.en}`,
  ];
}

function filledLines({ runs, agency, region, fields }: FilledStep): string[] {
  const does = { yes: 'runs', no: 'is skipped', later: 'runs or not: known only on the way' }[runs];
  const where =
    agency === null
      ? `no agency of this role serves ${region ?? 'that region'}`
      : `by ${agency} for ${region ?? '-'}`;
  return [
    `${does}; ${where}`,
    ...fields.map(({ name, is, value, text }) => {
      if (is === 'value') return `sends ${name} = ${value}`;
      return is === 'later'
        ? `sends ${name}, known only on the way: ${text}`
        : `sends no ${name}: ${text} ${WHY[is]}`;
    }),
  ];
}

const WHY = {
  nothing: 'gives nothing',
  failed: 'cannot be worked out',
  withheld: 'is not in the agreement with the agency',
};
