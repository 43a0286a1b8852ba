/** The example applications: valid by the canonical schema, by their service's form, and by their documents' bytes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { agencyFor } from '../../src/domain/catalogue.ts';
import { compileExpression, compileTemplate } from '../../src/domain/expression.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { ApplicationBody } from '../../src/schema/application-body.ts';
import { checkApplication } from '../../src/schema/application.ts';
import { compile } from '../../src/schema/validate.ts';
import { SHIPPED } from './broken.ts';

const FOLDER = fileURLToPath(new URL('../../examples/', import.meta.url));
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const example = (name: string): ApplicationBody =>
  JSON.parse(readFileSync(FOLDER + name, 'utf8')) as ApplicationBody;
const catalogue = (await checkConfig(SHIPPED, adapters)).catalogue!;

test.each(names)('%s is what its service asks for', (name) => {
  const application = example(name);
  expect(checkApplication(application)).toEqual([]);
  const service = catalogue.services.get(application.serviceCode)!;
  expect(compile(service.form)(application.formData)).toEqual([]);
  expect(service.channels).toContain(application.channel);
  expect(service.regions).toContain(application.jurisdictionCode);
  expect(catalogue.sites.map(({ code }) => code)).toContain(application.mppSiteCode);
  for (const { fileName, sha256, sizeBytes } of application.documents ?? []) {
    const bytes = readFileSync(FOLDER + fileName!);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(bytes.length).toBe(sizeBytes);
  }
});

test.each(names)('%s gives every step an input that its operation takes', async (name) => {
  const application = example(name);
  const { steps } = catalogue.routes.get(application.serviceCode)!;
  const service = catalogue.services.get(application.serviceCode)!;
  const scope = { application, service, site: {}, steps: {} };
  for (const step of Object.values(steps)) {
    // What hangs on an agency's answer is shown by the demo; the bus asks its own steps nothing.
    if (step.call.startsWith('bus.') || JSON.stringify(step.with).includes('steps.')) continue;
    const runs = step.when === undefined || compileExpression(step.when).evaluate(scope);
    if (!(await runs)) continue;
    const [role, operation] = step.call.split('.') as [string, string];
    const agency = agencyFor(catalogue.agencies, role, application.jurisdictionCode)!;
    const adapter = adapters.find((one) => one.name === agency.adapter)!;
    const input: JsonObject = await compileTemplate(step.with).evaluate(scope);
    expect(compile(adapter.operations[operation]!.input)(input), step.call).toEqual([]);
  }
});

test('the examples use every service and every channel, and no reference twice', () => {
  const all = names.map(example);
  expect(new Set(all.map(({ serviceCode }) => serviceCode))).toEqual(new Set(catalogue.services.keys()));
  expect(new Set(all.map(({ channel }) => channel))).toEqual(
    new Set(['direct', 'mobile', 'self', 'electronic']),
  );
  expect(new Set(all.map(({ clientReference }) => clientReference)).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(12);
});

test('the demo has eight kinds of agencies and more, and one of its applications crosses four for sure', () => {
  const kinds = new Set([...catalogue.agencies.values()].map(({ adapter }) => adapter));
  expect(kinds.size).toBeGreaterThanOrEqual(8);
  const crossed = names.map(example).map(({ serviceCode, jurisdictionCode }) => {
    const steps = Object.values(catalogue.routes.get(serviceCode)!.steps);
    const sure = steps.filter(({ when, call }) => when === undefined && !call.startsWith('bus.'));
    const roles = sure.map(({ call }) => call.split('.')[0]!);
    return new Set(roles.map((role) => agencyFor(catalogue.agencies, role, jurisdictionCode)!.adapter)).size;
  });
  expect(Math.max(...crossed)).toBeGreaterThanOrEqual(4);
});
