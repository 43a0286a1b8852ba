/** Every route of the API in one table: what the description, the manual and the test of both are made from. */
import { CONFIGURATION } from './configuration.ts';
import { REPLAYS } from './replays.ts';
import type { Scope } from '../../flow/ports/ledger-desk.ts';
import { ANSWERING, COMMENTS, COMPLAINING, HEARING, SAYING, SUMMARY, SURVEYED } from './people.ts';

export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  tag: string;
  summary: string;
  /** Absent: no key needed. */
  scope?: Scope;
  /** Names of entries in `PARAMETERS` (parameters.ts), besides those of the path. */
  parameters?: string[];
  /** Component name of a JSON body, or media types of a binary one. */
  body?: string | string[];
  /** Status → component name, media types, or nothing. */
  answers: Record<number, string | string[] | null>;
  /** Statuses of problems besides 401, 403, 404, 405, 429 and 5xx, which follow from scope and path. */
  refusals?: number[];
}

const BODY = [400, 413, 415, 422];
const ACT = [...BODY, 409];
const IMAGES = ['application/pdf', 'image/jpeg', 'image/png'];
const APPLICATION = '/v1/applications/{id}';
const STEP = `${APPLICATION}/steps/{step}`;
const ENDPOINT = '/v1/callback-endpoints/{id}';

export type Row = Omit<Operation, 'tag' | 'scope'>;

const group = (tag: string, scope: Scope | undefined, rows: Row[]): Operation[] =>
  rows.map((row) => ({ tag, ...(scope && { scope }), ...row }));

export const OPERATIONS: Operation[] = [
  ...group('Tasks', 'task:ROLE', [
    {
      ...{ method: 'get', path: '/v1/tasks', summary: 'What a role has to decide, oldest first' },
      ...{ parameters: ['role', 'limit', 'cursor'], answers: { 200: 'Tasks' }, refusals: [400] },
    },
    {
      ...{ method: 'get', path: `${STEP}/task`, summary: 'One decision: what there is to see, and its form' },
      answers: { 200: 'Task' },
    },
    {
      ...{ method: 'post', path: `${STEP}/decision`, summary: 'Decide; of four eyes, the second agrees' },
      ...{ body: 'Decision', answers: { 200: 'Decided' }, refusals: ACT },
    },
  ]),
  ...group('Applications', 'applications:submit', [
    {
      ...{ method: 'post', path: '/v1/applications', summary: 'Submit an application' },
      ...{ parameters: ['Idempotency-Key', 'Prefer'], body: 'Application' },
      ...{ answers: { 200: 'ApplicationStatus', 202: 'Receipt' }, refusals: ACT },
    },
    {
      ...{
        method: 'post',
        path: `${APPLICATION}/withdraw`,
        summary: 'Take an application back, for the citizen',
      },
      ...{ body: 'Act', answers: { 200: 'ApplicationStatus' }, refusals: ACT },
    },
    {
      ...{ method: 'post', path: '/v1/batches', summary: 'Applications taken down offline, one a line' },
      ...{
        body: ['application/x-ndjson'],
        answers: { 200: ['application/x-ndjson'] },
        refusals: [400, 413, 415],
      },
    },
    {
      ...{ method: 'post', path: `${APPLICATION}/corrections`, summary: 'Mend what was sent back' },
      ...{ body: 'Corrections', answers: { 202: 'Corrected' }, refusals: ACT },
    },
    {
      ...{
        method: 'put',
        path: '/v1/documents/{sha256}',
        summary: 'Upload a document before the application that lists it',
      },
      ...{ body: [...IMAGES, 'application/octet-stream'], answers: { 201: 'Uploaded' }, refusals: BODY },
    },
  ]),
  ...group('Applications', 'applications:read', [
    {
      ...{
        method: 'get',
        path: '/v1/applications',
        summary: 'List applications, newest first',
        refusals: [400],
      },
      ...{
        parameters: ['limit', 'cursor', 'state', 'service', 'site', 'attention'],
        answers: { 200: 'Summaries' },
      },
    },
    {
      ...{
        method: 'post',
        path: '/v1/applications/search',
        summary: 'Find by NIK, phone or clientReference',
      },
      ...{ body: 'Search', answers: { 200: 'Found' }, refusals: BODY },
    },
    {
      method: 'get',
      path: APPLICATION,
      summary: 'Read an application, by id or number',
      answers: { 200: 'ApplicationStatus' },
    },
    {
      ...{ method: 'get', path: `${APPLICATION}/events`, summary: 'Its events, as a page or as a stream' },
      ...{ parameters: ['after', 'Last-Event-ID'], answers: { 200: 'Events' }, refusals: [400] },
    },
    {
      ...{
        method: 'get',
        path: `${APPLICATION}/documents/{documentId}`,
        summary: 'Read a document; each view is an event',
      },
      answers: { 200: IMAGES },
    },
  ]),
  ...group('People', 'applications:submit', [...SAYING, ...COMPLAINING]),
  ...group('People', 'applications:read', [...HEARING, ...SUMMARY]),
  ...group('People', 'operate', COMMENTS),
  ...group('People', 'task:ROLE', ANSWERING),
  ...group('People', undefined, SURVEYED),
  ...group('Services', 'applications:read', [
    {
      method: 'get',
      path: '/v1/services',
      summary: 'List the services on offer, all or those of a life event',
      ...{ parameters: ['lifeEvent'], answers: { 200: 'Services' }, refusals: [400] },
    },
    { method: 'get', path: '/v1/services/{code}', summary: 'Read a service', answers: { 200: 'Service' } },
    {
      method: 'get',
      path: '/v1/services/{code}/form',
      summary: "The JSON Schema of a service's formData",
      answers: { 200: 'Form' },
    },
  ]),
  ...group('Callback endpoints', 'callbacks:manage', [
    {
      ...{
        method: 'post',
        path: '/v1/callback-endpoints',
        summary: 'Register an endpoint; its secret is shown once',
      },
      ...{ body: 'EndpointRequest', answers: { 201: 'NewEndpoint' }, refusals: ACT },
    },
    {
      method: 'get',
      path: '/v1/callback-endpoints',
      summary: 'List endpoints',
      answers: { 200: 'Endpoints' },
    },
    { method: 'delete', path: ENDPOINT, summary: 'Remove an endpoint', answers: { 204: null } },
    {
      method: 'post',
      path: `${ENDPOINT}/rotate-secret`,
      summary: 'Give it a new secret',
      answers: { 200: 'Rotated' },
    },
    {
      method: 'post',
      path: `${ENDPOINT}/resume`,
      summary: 'Deliver again after a pause',
      answers: { 200: 'Endpoint' },
    },
    {
      method: 'post',
      path: `${ENDPOINT}/test`,
      summary: 'Send it a test event now',
      answers: { 200: 'Tested' },
    },
    {
      ...{ method: 'get', path: `${ENDPOINT}/deliveries`, summary: 'What was delivered, newest first' },
      ...{ parameters: ['limit', 'cursor'], answers: { 200: 'Deliveries' }, refusals: [400] },
    },
    {
      ...{ method: 'post', path: `${ENDPOINT}/redeliver`, summary: "Send an application's events again" },
      ...{ body: 'Redeliver', answers: { 202: 'Redelivered' }, refusals: BODY },
    },
  ]),
  ...group('Operations', 'operate', [
    {
      ...{ method: 'get', path: '/v1/items', summary: 'What waits for a person' },
      ...{ parameters: ['limit', 'cursor'], answers: { 200: 'Items' }, refusals: [400] },
    },
    {
      ...{
        method: 'get',
        path: '/v1/stuck',
        summary: 'Steps that are parked or of unknown outcome, oldest first',
      },
      ...{ parameters: ['limit'], answers: { 200: 'Stuck' }, refusals: [400] },
    },
    {
      ...{ method: 'post', path: `${APPLICATION}/cancel`, summary: 'Cancel an application, for the office' },
      ...{ body: 'Act', answers: { 200: 'ApplicationStatus' }, refusals: ACT },
    },
    {
      method: 'post',
      path: `${STEP}/retry`,
      summary: 'Send a parked step again',
      body: 'Act',
      answers: { 202: 'StepNamed' },
      refusals: ACT,
    },
    {
      ...{
        method: 'post',
        path: `${STEP}/new-round`,
        summary: 'Run a step again with new input, under a new key',
      },
      ...{ body: 'Act', answers: { 202: 'StepNamed' }, refusals: ACT },
    },
    {
      ...{
        method: 'post',
        path: `${STEP}/resolve`,
        summary: 'Say what became of a step whose outcome is unknown',
      },
      ...{ body: 'Resolve', answers: { 200: 'StepNamed' }, refusals: ACT },
    },
    {
      method: 'get',
      path: '/v1/agencies',
      summary: 'Agencies, their lanes and backlogs',
      answers: { 200: 'Agencies' },
    },
    {
      ...{
        method: 'get',
        path: '/v1/agencies/{agency}/events',
        summary: "An agency's events; `bus` for the bus's own",
      },
      ...{ parameters: ['after'], answers: { 200: 'Events' }, refusals: [400] },
    },
    {
      method: 'get',
      path: '/v1/agencies/{agency}/drift',
      summary: "In what an agency's replies have changed, the latest first",
      answers: { 200: 'Drifts' },
    },
    {
      method: 'post',
      path: '/v1/agencies/{agency}/pause',
      summary: 'Hold an agency',
      body: 'Act',
      answers: { 200: 'AgencyState' },
      refusals: BODY,
    },
    {
      method: 'post',
      path: '/v1/agencies/{agency}/resume',
      summary: 'Let it go on',
      body: 'Act',
      answers: { 200: 'AgencyState' },
      refusals: BODY,
    },
  ]),
  ...group('Operations', 'operate', REPLAYS),
  ...group('Configuration', 'admin', CONFIGURATION),
  ...group('Health', undefined, [
    { method: 'get', path: '/health/live', summary: 'Whether the process is up', answers: { 200: 'Health' } },
    {
      method: 'get',
      path: '/health/ready',
      summary: 'Whether it takes applications',
      answers: { 200: 'Health', 503: 'Health' },
    },
    {
      method: 'get',
      path: '/metrics',
      summary: 'Metrics for Prometheus; 404 through a proxy',
      answers: { 200: ['text/plain'] },
    },
    { method: 'get', path: '/openapi.json', summary: 'This description', answers: { 200: 'Form' } },
    { method: 'get', path: '/docs', summary: 'This description, to read', answers: { 200: ['text/html'] } },
  ]),
];
