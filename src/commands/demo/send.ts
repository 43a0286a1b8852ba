/** Sends the example applications as a counter would: documents first, then the application, under a key of its own. */
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../client.ts';

export interface Sent {
  id: string;
  number: string;
  file: string;
  service: string;
}

export async function sendExamples(client: Client, folder: string): Promise<Sent[]> {
  const files = await readdir(folder);
  const papers = await Promise.all(
    files.filter((file) => !file.endsWith('.json')).map((file) => readFile(join(folder, file))),
  );
  const bySha = new Map(papers.map((bytes) => [hash('sha256', bytes, 'hex'), bytes]));
  const sent: Sent[] = [];
  for (const file of files.filter((one) => one.endsWith('.json')).toSorted()) {
    const application = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      serviceCode: string;
      clientReference: string;
      documents?: { sha256: string }[];
    };
    for (const { sha256 } of application.documents ?? []) {
      const bytes = bySha.get(sha256);
      if (bytes) await client.putBytes(`/v1/documents/${sha256}`, bytes);
    }
    const headers = { 'idempotency-key': `demo-${application.clientReference}` };
    const { body } = await client.post<{ id: string; number: string }>(
      '/v1/applications',
      application,
      headers,
    );
    sent.push({ ...body, file, service: application.serviceCode });
  }
  return sent;
}
