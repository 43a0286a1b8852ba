/** The adapters that this bus carries: a list kept by hand, one line each. */
import type { Adapter } from '../src/adapter-kit/contract.ts';
import { yamlAdapter } from '../src/connectors/yaml/index.ts';

export const adapters: Adapter[] = [
  (await import('./banking/adapter.ts')).default,
  (await import('./bpjs-health/adapter.ts')).default,
  (await import('./civil-registry/adapter.ts')).default,
  (await import('./complaints/adapter.ts')).default,
  (await import('./e-signature/adapter.ts')).default,
  await yamlAdapter(new URL('./employment-insurance/', import.meta.url)),
  await yamlAdapter(new URL('./immigration/', import.meta.url)),
  await yamlAdapter(new URL('./land/', import.meta.url)),
  (await import('./licensing/adapter.ts')).default,
  (await import('./local-tax/adapter.ts')).default,
  await yamlAdapter(new URL('./office/', import.meta.url)),
  (await import('./police/adapter.ts')).default,
  (await import('./satusehat/adapter.ts')).default,
  (await import('./tax/adapter.ts')).default,
];
