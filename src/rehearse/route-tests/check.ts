/** What a schema cannot say of route tests: steps, agencies, times and files that must be there. */
import { pointerOf, suggest, type Finding } from '../../config/finding.ts';
import type { YamlFile } from '../../config/yaml-file.ts';
import { BUS } from '../../domain/bus-agency.ts';
import type { Catalogue, Route } from '../../domain/catalogue.ts';
import { STATES } from '../../domain/application.ts';
import { CONDITION_FORMS, parseCondition, STEP_STATES } from '../conditions.ts';
import { fileOf, readApplicationOf } from './application.ts';
import type { AgencyItem, PersonItem, RouteTest, TestFile, Timing } from './types.ts';

type Path = (string | number)[];

interface Checking {
  route: Route;
  catalogue: Catalogue;
  report(path: Path, code: string, message: string, fix: string): void;
}

export async function checkTests(file: YamlFile, tests: TestFile, catalogue: Catalogue): Promise<Finding[]> {
  const findings: Finding[] = [];
  const report: Checking['report'] = (path, code, message, fix) => {
    const pointer = pointerOf(...path);
    findings.push({ code, file: file.file, line: file.line(pointer), pointer, message, fix });
  };
  const route = catalogue.routes.get(tests.service);
  if (!route) {
    const fix = suggest(tests.service, catalogue.routes.keys());
    report(['service'], 'unknown_service', `No service ${tests.service} has a route`, fix);
    return findings;
  }
  const checking = { route, catalogue, report };
  await checkFile(checking, file, tests.application, ['application']);
  checkNames(checking, tests.tests);
  for (const [at, test] of tests.tests.entries()) {
    await checkFile(checking, file, test.application, ['tests', at, 'application']);
    checkTest(checking, test, ['tests', at]);
  }
  return findings;
}

async function checkFile(
  { report }: Checking,
  file: YamlFile,
  application: TestFile['application'],
  path: Path,
): Promise<void> {
  const named = fileOf(file.file, application);
  if (named === null) return;
  const read = await readApplicationOf(named);
  if (typeof read !== 'string') return;
  const place = typeof application === 'string' ? path : [...path, 'file'];
  report(place, 'application_file', `The application ${read}`, 'Name a JSON file by its path from here');
}

function checkNames({ report }: Checking, tests: RouteTest[]): void {
  const seen = new Set<string>();
  for (const [at, { name }] of tests.entries()) {
    if (seen.has(name))
      report(['tests', at, 'name'], 'duplicate_name', 'Another test has this name', 'Name it otherwise');
    seen.add(name);
  }
}

function checkTest(checking: Checking, test: RouteTest, path: Path): void {
  const { agencies = [], people = [], expect } = test;
  for (const [at, item] of agencies.entries()) checkAgency(checking, item, [...path, 'agencies', at]);
  for (const [at, item] of people.entries()) checkPerson(checking, item, [...path, 'people', at]);
  const { steps = {}, sent = {}, books = {}, items = [], events = [], never = [] } = expect;
  const within = (field: string, ...more: Path): Path => [...path, 'expect', field, ...more];
  for (const name of Object.keys(steps)) checkStep(checking, name, within('steps', name));
  for (const name of Object.keys(sent)) checkStep(checking, name, within('sent', name));
  for (const id of Object.keys(books)) checkPlayer(checking, id, within('books', id));
  for (const [at, item] of items.entries()) checkStep(checking, item.split(' ')[0]!, within('items', at));
  for (const [field, list] of Object.entries({ events, never }))
    for (const [at, event] of list.entries()) {
      const step = event.split(' of ')[1];
      if (step !== undefined) checkStep(checking, step, within(field, at));
    }
}

/** Steps of applications that a step opens are another route's. */
function checkStep({ route, report }: Checking, name: string, path: Path): void {
  const [first = ''] = name.split('/');
  if (Object.hasOwn(route.steps, first)) return;
  report(path, 'unknown_step', `No step ${first}`, suggest(first, Object.keys(route.steps)));
}

function checkPlayer({ catalogue: { agencies }, report }: Checking, id: string, path: Path): void {
  if (agencies.some((agency) => agency.id === id || agency.role === id)) return;
  const known = new Set(agencies.flatMap((agency) => [agency.id, agency.role]));
  report(path, 'unknown_agency', `No agency ${id}`, suggest(id, known));
}

function checkAgency(checking: Checking, item: AgencyItem, path: Path): void {
  const { step, agency, fault, act } = item;
  if (step !== undefined) checkStep(checking, step, [...path, 'step']);
  if (agency !== undefined) checkPlayer(checking, agency, [...path, 'agency']);
  if (fault !== undefined && act !== undefined)
    checking.report([...path, 'act'], 'two_acts', 'A fault and an act at once', 'Make two entries of it');
  if (step !== undefined && callOf(checking.route, step)?.startsWith(`${BUS}.`))
    checking.report(
      [...path, 'step'],
      'step_of_bus',
      `${step} is done by the bus itself`,
      'Name a step that an agency does',
    );
  checkTiming(checking, item, path);
  if (act !== undefined && step !== undefined && item.at === undefined && item.when === undefined) {
    const fix = `Say when: at: 1h, or when: ${step} is waitingAgency`;
    checking.report(path, 'act_too_early', `Before the application is sent ${step} has no agency yet`, fix);
  }
}

const callOf = ({ steps }: Route, name: string): string | undefined =>
  Object.hasOwn(steps, name) ? steps[name]!.call : undefined;

const STEP_FIELDS = ['pay', 'decide', 'retry', 'newRound', 'resolve'] as const;

function checkPerson(checking: Checking, item: PersonItem, path: Path): void {
  for (const field of STEP_FIELDS) {
    const step = item[field];
    if (step === undefined) continue;
    checkStep(checking, step, [...path, field]);
    if (field === 'decide' && !step.includes('/') && callOf(checking.route, step) !== 'bus.task')
      checking.report([...path, field], 'no_task', `${step} is not decided by a person`, 'Name a bus.task');
  }
  checkTiming(checking, item, path);
  const isTimed = item.at !== undefined || item.when !== undefined;
  const usual = item.pay ?? item.decide ?? item.correct;
  if (!isTimed && usual === undefined)
    checking.report(
      path,
      'no_time',
      'It is not said when',
      'Add at: 1h, or when: application is waitingPayment',
    );
}

function checkTiming({ report, route }: Checking, { at, when, after }: Timing, path: Path): void {
  if (at !== undefined && when !== undefined)
    report([...path, 'at'], 'two_times', 'Both at and when', 'Keep one');
  if (when === undefined) return void after;
  const place = [...path, 'when'];
  const condition = parseCondition(when);
  if (!condition) return report(place, 'condition_form', 'This is no condition', `Write ${CONDITION_FORMS}`);
  if (condition.of === 'step' && !STEP_STATES.includes(condition.is))
    report(place, 'unknown_state', `No step is ever ${condition.is}`, suggest(condition.is, STEP_STATES));
  if (condition.of === 'application' && !STATES.includes(condition.is))
    report(place, 'unknown_state', `No application is ever ${condition.is}`, suggest(condition.is, STATES));
  if (condition.of !== 'application' && condition.step !== null)
    checkStep({ report, route } as Checking, condition.step, place);
}
