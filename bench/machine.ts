/** The machine of a run and the versions of all that took part. */
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

export interface Machine {
  at: string;
  cores: number;
  cpu: string;
  memoryGb: number;
  node: string;
  sqlite: string;
  bullmq: string;
  postgres?: string;
  redis?: string;
}

/** `servers` by the versions that they say they are. */
export function machine(servers: { postgres?: string; redis?: string } = {}): Machine {
  const [cpu] = cpus();
  return {
    at: new Date().toISOString(),
    cores: cpus().length,
    cpu: cpu?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    bullmq: versionOf('bullmq'),
    ...servers,
  };
}

function versionOf(dependency: string): string {
  const path = new URL(`../node_modules/${dependency}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
