/** The configuration in force, in the API's description: its routes, what they take and what they answer. */
import { AT_SITES, STAGE } from '../body-schemas-config.ts';
import { list, object, one, orNull, ref, text, time, whole, type Schema } from './answers.ts';
import type { Row } from './table.ts';

const ROUTES = '/v1/config/routes';
const ACT = [400, 409, 413, 415, 422];

export const CONFIGURATION: Row[] = [
  {
    ...{
      method: 'post',
      path: '/v1/config/reload',
      summary: 'Have every process read its configuration anew, whole or not at all',
    },
    ...{ body: 'Act', answers: { 200: 'Reloaded' }, refusals: ACT },
  },
  {
    ...{ method: 'get', path: '/v1/config/processes', summary: 'Which process goes by which configuration' },
    ...{ answers: { 200: 'Processes' }, refusals: [409] },
  },
  {
    ...{ method: 'get', path: ROUTES, summary: 'Versions of routes, and which is in force where' },
    ...{ answers: { 200: 'RouteVersions' }, refusals: [409] },
  },
  {
    ...{
      method: 'post',
      path: ROUTES,
      summary: 'Stage a new version of a route: checked, and not in force yet',
    },
    ...{ body: 'Stage', answers: { 201: 'Staged' }, refusals: ACT },
  },
  {
    ...{ method: 'get', path: `${ROUTES}/{code}/{version}`, summary: 'Read a version of a route' },
    ...{ answers: { 200: 'RouteText' }, refusals: [409] },
  },
  {
    ...{
      method: 'post',
      path: `${ROUTES}/{code}/{version}/activate`,
      summary: 'Put it in force, as another person',
    },
    ...{ body: 'AtSites', answers: { 200: 'RouteInForce' }, refusals: ACT },
  },
  {
    ...{
      method: 'post',
      path: `${ROUTES}/{code}/rollback`,
      summary: 'Put the version before in force again',
    },
    ...{ body: 'AtSites', answers: { 200: 'RouteInForce' }, refusals: ACT },
  },
];

export const configurationBodies = { Stage: STAGE.schema, AtSites: AT_SITES.schema };

const names = object({ added: list(text), removed: list(text), changed: list(text) });
const kinds = ['agencies?', 'platforms?', 'sites?', 'calendars?', 'services?', 'routes?', 'regions?'];
const head = { service: text, version: text };

export const configurationAnswers: Record<string, Schema> = {
  Reloaded: object({
    is: {
      ...one('reloaded', 'asked', 'unchanged'),
      description: 'As for the process that answers; asked: it takes it up once the workers have.',
    },
    process: text,
    reload: { ...orNull(whole), description: 'Number of the reload that the others follow.' },
    change: object(Object.fromEntries(kinds.map((kind) => [kind, names]))),
    overridden: {
      ...list(text),
      description: 'Services whose changed file is not in force: a version that was activated is.',
    },
    restart: { ...list(text), description: 'What of it only a new start takes up.' },
  }),
  Process: object({
    ...{ id: text, name: text, role: one('all', 'api', 'worker'), startedAt: time, seenAt: time },
    digest: { ...text, description: 'The same where files and secrets say the same.' },
    since: { ...time, description: 'Since when it goes by them.' },
    heard: { ...whole, description: 'Number of the last reload that it has looked at.' },
    refused: {
      ...list(object({ code: text, file: text, line: whole })),
      description: 'Why it kept its old configuration then; nothing when it did not.',
    },
  }),
  Processes: object({
    asked: orNull(object({ n: whole, digest: text, at: time, by: text })),
    processes: list(ref('Process')),
  }),
  RouteVersion: object({
    ...{ ...head, from: one('file', 'staged'), stagedAt: orNull(time), stagedBy: orNull(text) },
    inForce: { type: 'boolean', description: 'For all sites but those that have another.' },
    sites: { ...list(text), description: 'Sites that have it alone.' },
  }),
  RouteVersions: object({ routes: list(ref('RouteVersion')) }),
  Staged: object(head),
  RouteText: object({ 'stagedAt?': time, 'stagedBy?': text, ...head, route: { type: 'object' } }),
  RouteInForce: object({
    service: text,
    version: { ...orNull(text), description: "Null: the file's." },
    'sites?': list(text),
  }),
};
