/** Draws services and routes at random: everything that a route can say, under the rules that the check holds it to. */
import type { JsonObject } from '../../src/domain/outcome.ts';

/** Chance of its own, so that what is drawn does not depend on what happens later. */
export interface Dice {
  odds(probability: number): boolean;
  between(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
}

export function diceOf(chance: () => number): Dice {
  return {
    odds: (probability) => chance() < probability,
    between: (least, most) => least + Math.floor(chance() * (most - least + 1)),
    pick: (list) => list[Math.floor(chance() * list.length)]!,
  };
}

export interface DrawnService {
  service: JsonObject;
  route: JsonObject;
}

const TITLE = { id: 'Simulasi', en: 'Simulation' };
/** Fields of the form that may be sent back, and one that conditions read. */
export const FIELDS = ['a', 'b', 'c'] as const;

export const FORM: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...Object.fromEntries(FIELDS.map((name) => [name, { type: 'string', maxLength: 40 }])),
    want: { type: 'boolean' },
  },
};

/** Levels of applications that open each other: what is opened comes first. */
export function drawServices(dice: Dice, roles: readonly string[]): DrawnService[] {
  const drawn: DrawnService[] = [];
  const level = (names: string[], children: string[]): string[] =>
    names.map((name) => {
      drawn.push(drawService(dice, `RND.${name}`, roles, children));
      return `RND.${name}`;
    });
  const leaves = level(['LEAF1', 'LEAF2'], []);
  const middle = level(['MID'], leaves);
  level(['TOP1', 'TOP2'], [...middle, ...leaves]);
  return drawn;
}

function drawService(dice: Dice, code: string, roles: readonly string[], children: string[]): DrawnService {
  const drawing = new Drawing(dice, roles, children);
  const { steps, route } = drawing.draw();
  const deemed = (route['deadline'] as JsonObject | undefined)?.['onBreach'] === 'deemedApproval';
  const service = {
    ...{ code, version: '1.0.0', title: TITLE, agency: dice.pick(roles), status: 'published' },
    ...{ channels: ['self', 'direct'], regions: ['99'], form: FORM },
    duplicates: dice.pick(['allow', 'allow', 'warn', 'refuse']),
    ...(deemed && { deemedApproval: { legalBasis: 'UU 30/2014 pasal 53' } }),
  };
  return { service, route: { service: code, version: '1.0.0', ...route, steps } };
}

/** A step as the file has it. */
type Drawn = JsonObject & { call: string; after: string[] };

class Drawing {
  readonly steps: Record<string, Drawn> = {};
  /** Mandatory steps that may still say no: whoever takes money or cannot be undone waits for them. */
  readonly #checks: string[] = [];
  readonly #dice: Dice;
  readonly #roles: readonly string[];
  readonly #children: string[];

  constructor(dice: Dice, roles: readonly string[], children: string[]) {
    this.#dice = dice;
    this.#roles = roles;
    this.#children = children;
  }

  draw(): { steps: JsonObject; route: JsonObject } {
    const { odds, between, pick } = this.#dice;
    for (let n = between(1, 2); n > 0; n -= 1) this.#look();
    if (odds(0.55)) this.#task();
    if (odds(0.3)) this.#wait();
    if (odds(0.35)) this.#charge();
    if (odds(0.4)) this.#judge();
    for (let n = between(0, 2); n > 0; n -= 1) this.#effect();
    if (this.#children.length > 0) this.#child();
    if (odds(0.25)) this.#wait();
    if (odds(0.5)) this.#pivot();
    const order = odds(0.15) ? { order: 'applicant' } : {};
    const deadline = odds(0.6) ? { deadline: this.#deadline() } : {};
    const last = pick(Object.keys(this.steps));
    return { steps: this.steps, route: { ...order, ...deadline, result: { last: `steps.${last}.state` } } };
  }

  /** Names of mandatory steps (or of any, for one that is best effort itself), some of them. */
  #after(best = false): string[] {
    const { odds, pick } = this.#dice;
    const names = Object.keys(this.steps).filter(
      (name) => best || this.steps[name]!['need'] !== 'bestEffort',
    );
    if (names.length === 0 || odds(0.1)) return [];
    return [...new Set([pick(names), pick(names)])];
  }

  #add(name: string, step: Drawn): string {
    const { odds, pick } = this.#dice;
    const own = `${name}${Object.keys(this.steps).length}`;
    const before = Object.entries(this.steps).filter(([one]) => step.after.includes(one));
    if (odds(0.12)) {
      const [other] = before.length > 0 ? pick(before) : [undefined];
      step['when'] =
        other === undefined || odds(0.5)
          ? 'application.formData.want = true'
          : `steps.${other}.state = 'succeeded'`;
    }
    if (odds(0.1)) step['at'] = 'application.jurisdictionCode';
    this.steps[own] = step;
    return own;
  }

  #with(after: string[]): JsonObject {
    const { odds } = this.#dice;
    const read = FIELDS.filter(() => odds(0.5)).map(
      (name) => [name, `application.formData.${name}`] as const,
    );
    const from = after.find((name) => !this.steps[name]!.call.startsWith('bus.'));
    return {
      app: 'application.id',
      ...Object.fromEntries(read),
      ...(from !== undefined && odds(0.4) && { prev: `steps.${from}.output.done` }),
    };
  }

  #role(): string {
    return this.#dice.pick(this.#roles);
  }

  #look(): void {
    const { odds, pick } = this.#dice;
    const best = odds(0.15);
    const after = this.#after(best);
    const name = this.#add('check', {
      ...{ call: `${this.#role()}.look`, after, with: this.#with(after) },
      ...(best && { need: 'bestEffort' }),
      ...(odds(0.5) && { validFor: pick(['1m', '4m', '1h']) }),
    });
    if (!best) this.#checks.push(name);
  }

  #waiting(waits: string): JsonObject {
    const { odds, pick } = this.#dice;
    return {
      waits,
      ...(odds(0.6) && { remind: pick([['1m'], ['1m', '4m'], ['2m', '3m', '9m']]) }),
      ...(odds(0.6) && { onTimeout: pick(['person', 'expire', 'reject']) }),
    };
  }

  #task(): void {
    const { odds, pick } = this.#dice;
    const after = this.#after();
    const form = { type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } };
    const role = pick(['head', 'checker']);
    const fourEyes = odds(0.5);
    const name = this.#add('decide', {
      ...{ call: 'bus.task', after, with: { see: { a: 'application.formData.a' } } },
      task: { role, title: TITLE, fourEyes, form, ...(odds(0.5) && { due: '5m' }) },
      ...(fourEyes && { onRefusal: { NOT_ELIGIBLE: 'expire' } }),
      ...this.#waiting(pick(['10m', '2h', '36h'])),
    });
    this.#checks.push(name);
  }

  #wait(): void {
    const { odds, pick } = this.#dice;
    const span = pick(["'2m'", "'7m'", "'40m'"]);
    this.#add('pause', {
      ...{ call: 'bus.wait', after: this.#after() },
      with: { for: span, ...(odds(0.4) && { appointment: { place: "'counter'" } }) },
      ...(odds(0.4) && { remind: ['1m'] }),
    });
  }

  #charge(): void {
    const { odds, between } = this.#dice;
    const after = [...this.#checks];
    this.#add('charge', {
      ...{
        call: `${this.#role()}.charge`,
        after,
        with: { app: 'application.id', a: 'application.formData.a' },
      },
      ...(odds(0.5) && { rebill: between(1, 2) }),
      ...(odds(0.2) && { need: 'bestEffort' }),
      ...{ waits: '40m', ...(odds(0.5) && { remind: ['5m', '20m'] }) },
    });
  }

  /** Its end is none while it says that something is short: what came before runs again. */
  #judge(): void {
    const { between, pick } = this.#dice;
    const names = Object.keys(this.steps).filter(
      (name) => this.steps[name]!['need'] !== 'bestEffort' && !this.steps[name]!.call.startsWith('bus.'),
    );
    if (names.length === 0) return;
    const other = pick(names);
    const bills = names.filter((name) => name.startsWith('charge'));
    const own = `judge${Object.keys(this.steps).length}`;
    this.steps[own] = {
      ...{ call: `${this.#role()}.look`, after: [...new Set([other, ...this.#checks, ...bills])] },
      with: { app: 'application.id', now: `steps.${other}.output.done`, last: `steps.${other}.before.done` },
      again: { when: `steps.${own}.output.short > 0`, steps: [other], most: between(1, 2) },
    };
    this.#checks.push(own);
  }

  #effect(): void {
    const { odds, pick } = this.#dice;
    const best = odds(0.25);
    const after = this.#after(best);
    this.#add('enter', {
      ...{ call: `${this.#role()}.${pick(['file', 'reserve', 'enter'])}`, after, with: this.#with(after) },
      ...(best && { need: 'bestEffort' }),
      ...(odds(0.5) && { insist: true }),
      ...this.#waiting(pick(['30m', '2h'])),
    });
  }

  #child(): void {
    const { odds, pick } = this.#dice;
    const best = odds(0.2);
    const formData = Object.fromEntries(
      [...FIELDS, 'want'].map((name) => [name, `application.formData.${name}`]),
    );
    this.#add('part', {
      ...{ call: 'bus.child', after: this.#after(best) },
      with: { service: `'${pick(this.#children)}'`, formData },
      ...(best && { need: 'bestEffort' }),
      ...this.#waiting(pick(['20m', '3h', '1d'])),
    });
  }

  /** From here on there is no way back; what follows may stay done. */
  #pivot(): void {
    const { odds, between, pick } = this.#dice;
    const after = this.#after();
    const call = pick(['enter', 'file', 'stamp', 'seal', 'visit']);
    const pivot = `pivot${Object.keys(this.steps).length}`;
    this.steps[pivot] = {
      ...{ call: `${this.#role()}.${call}`, after, with: this.#with(after), pivot: true },
      ...(odds(0.6) && (call === 'enter' || call === 'file') && { insist: true }),
      waits: '2h',
    };
    let last = pivot;
    for (let n = between(0, 2); n > 0; n -= 1) {
      const best = odds(0.4);
      const operation = pick(['stamp', 'file', 'enter', 'seal']);
      const name = this.#add('after', {
        ...{ call: `${this.#role()}.${operation}`, after: [last], with: this.#with([last]) },
        ...(best && { need: 'bestEffort' }),
        ...(odds(0.6) && (operation === 'file' || operation === 'enter') && { insist: true }),
        waits: '1h',
      });
      if (!best) last = name;
    }
  }

  #deadline(): JsonObject {
    const { pick, odds } = this.#dice;
    const before = Object.keys(this.steps).filter((name) => !/^(pivot|after)/.test(name));
    const decides = before.find((name) => name.startsWith('decide')) ?? pick(before);
    const pauses = ['applicant', 'payment', 'appointment'].filter(() => odds(0.6));
    const onBreach = pick(['escalate', 'none', 'deemedApproval']);
    return {
      ...{ in: 1, unit: pick(['days', 'workingDays']), onBreach, pauses },
      ...((onBreach === 'deemedApproval' || odds(0.3)) && { decides }),
    };
  }
}
