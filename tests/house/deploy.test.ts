/** What is deployed fits the bus: settings that it knows, probes that it answers, labels that meet, and enough time to stop. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readEnv } from '../../src/config/env.ts';
import { parseDuration } from '../../src/domain/duration.ts';
import { read, ROOT } from './source.ts';

type Tree = Record<string, unknown>;

/** A value deep in a tree: `at(pod, 'spec.containers.0.image')`. */
function at<T = unknown>(tree: unknown, path: string): T {
  return path.split('.').reduce<unknown>((value, key) => (value as Tree)[key], tree) as T;
}

const manifest = JSON.parse(read('package.json')) as { version: string };

describe('compose.yaml', () => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, Tree & { environment?: Record<string, string>; profiles: string[] }>;
  };
  const ours = Object.entries(services).filter(([, { image }]) => String(image).startsWith('jembatan:'));

  test('every service belongs to one of the two editions that .env chooses from', () => {
    expect(read('.env')).toMatch(/^COMPOSE_PROFILES=one-machine$/m);
    for (const [name, { profiles }] of Object.entries(services))
      expect([name, ['one-machine', 'province'].includes(profiles[0]!)]).toEqual([name, true]);
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining(['bus', 'migrate', 'api', 'worker', 'proxy', 'postgres', 'redis']),
    );
    for (const role of ['api', 'worker']) expect(at(services[role], 'deploy.replicas')).toBe(2);
  });

  test.each(ours)('%s starts with settings that the bus accepts, in this version', (_, service) => {
    expect(service['image']).toBe(`jembatan:${manifest.version}`);
    const settings = Object.entries(service.environment ?? {}).map(
      ([name, value]) => [name, value.replaceAll(/\$\{\w+(:-([^}]*))?\}/g, '$2')] as const,
    );
    const env = readEnv(Object.fromEntries(settings));
    const stops = parseDuration(service['stop_grace_period'] as string);
    expect(stops).toBeGreaterThan(env.drainMs + env.graceMs);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  test('a reload finds the same files in every process: all read one folder', () => {
    for (const role of ['bus', 'api', 'worker'])
      expect(services[role]!['volumes']).toContain('./config:/config:ro');
  });

  test('the proxy takes out who is not ready before the drain is over', () => {
    const proxy = read('deploy/haproxy.cfg');
    const [, inter, fall] = /inter (\d+)s fall (\d+)/.exec(proxy)!;
    const drain = parseDuration(services['api']!.environment!['JEMBATAN_DRAIN']!);
    expect(drain).toBeGreaterThanOrEqual((Number(inter) * Number(fall) + 2) * 1000);
    expect(proxy).toContain('option httpchk GET /health/ready');
    expect(proxy).not.toMatch(/retry-on .*(response-timeout|5\d\d|empty-response|all)/);
  });

  test.skipIf(!existsSync('/usr/sbin/haproxy'))('the proxy reads its configuration', () => {
    execFileSync('haproxy', ['-c', '-f', join(ROOT, 'deploy/haproxy.cfg')], { stdio: 'pipe' });
  });
});

describe('Kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const objects = readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(read(`${folder}/${name}`)))
    .map((document) => document.toJS() as Tree & { kind: string; metadata: { name: string } });
  const named = (kind: string, name: string): Tree =>
    objects.find((one) => one.kind === kind && one.metadata.name === name)!;
  const settings = at<Record<string, string>>(named('ConfigMap', 'jembatan'), 'data');
  const secret = at<Record<string, string>>(named('Secret', 'jembatan'), 'stringData');

  test('every file is listed but the example of secrets', () => {
    const listed = at<string[]>(
      objects.find(({ kind }) => kind === 'Kustomization'),
      'resources',
    );
    const files = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.yaml'));
    expect([...listed, 'kustomization.yaml', 'secrets.example.yaml'].toSorted()).toEqual(files.toSorted());
    expect(read(`${folder}/kustomization.yaml`)).toContain(`newTag: ${manifest.version}`);
  });

  test.each(['api', 'worker'])(
    '%s: settings, probes, labels, disruption budget, autoscaler, time to stop',
    (role) => {
      const pod = at(named('Deployment', role), 'spec.template');
      const container = at<Tree>(pod, 'spec.containers.0');
      const own = Object.fromEntries(
        at<{ name: string; value: string }[]>(container, 'env').map((one) => [one.name, one.value]),
      );
      const env = readEnv({ ...settings, ...secret, ...own });
      expect(env.role).toBe(role);
      expect(at<number>(pod, 'spec.terminationGracePeriodSeconds') * 1000).toBeGreaterThan(
        env.drainMs + env.graceMs,
      );
      expect(at(container, 'readinessProbe.httpGet.path')).toBe('/health/ready');
      expect(at(container, 'livenessProbe.httpGet.path')).toBe('/health/live');
      expect(at(container, 'securityContext')).toMatchObject({ readOnlyRootFilesystem: true });
      const labels = at<Tree>(pod, 'metadata.labels');
      expect(at(named('Deployment', role), 'spec.selector.matchLabels')).toEqual(labels);
      expect(at(named('PodDisruptionBudget', role), 'spec.selector.matchLabels')).toEqual(labels);
      expect(at(named('HorizontalPodAutoscaler', role), 'spec.scaleTargetRef.name')).toBe(role);
    },
  );

  test('a changed configuration replaces the pods: its name holds a digest of it', () => {
    const kustomization = objects.find(({ kind }) => kind === 'Kustomization')!;
    expect(kustomization['configMapGenerator']).toMatchObject([{ name: 'jembatan-config' }]);
    expect(JSON.stringify(kustomization)).not.toContain('disableNameSuffixHash');
    for (const role of ['api', 'worker']) {
      const pod = at(named('Deployment', role), 'spec.template.spec');
      expect(at(pod, 'volumes')).toContainEqual({
        ...{ name: 'mounted-config', configMap: { name: 'jembatan-config' } },
      });
      expect(at<string[]>(pod, 'initContainers.0.command').join(' ')).toContain('/mounted/config/config.tar');
    }
  });

  test('workers are scaled by the age of what waits, a metric that the bus has', () => {
    const metric = at<string>(
      named('HorizontalPodAutoscaler', 'worker'),
      'spec.metrics.0.external.metric.name',
    );
    expect(read('docs/operate.md') + read('docs/deploy.md')).toContain(metric);
    expect(read('src/watch/instruments.ts')).toContain(`'${metric.replace('jembatan_', '')}'`);
  });
});
