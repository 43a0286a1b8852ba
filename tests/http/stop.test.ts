/** A bus that is told to stop answers those who are inside, and waits for nobody else. */
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEnv } from '../../src/config/env.ts';
import { SCOPES } from '../../src/flow/ports/ledger-desk.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { start } from '../../src/main.ts';
import { shippedCatalogue } from '../support/catalogues.ts';
import { application, SANDBOX } from './world.ts';

test('who is inside when it stops is answered first', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jembatan-stop-'));
  const env = readEnv({ JEMBATAN_DATA: dataDir, JEMBATAN_PORT: '0', JEMBATAN_LOG: 'silent' });
  const { catalogue } = await shippedCatalogue();
  const { bus, port, stop } = await start({ env, catalogue, secrets: [] });
  const key = newApiKey(bus.desk, { platform: SANDBOX, scopes: SCOPES, title: 'test', expiresAt: null });
  await bus.desk.ledger.createKey(key.row);
  const inside = connect(port, '127.0.0.1');
  const silent = connect(port, '127.0.0.1').on('error', () => undefined);
  const gone = [inside, silent].map((socket) => once(socket, 'close'));
  let heard = '';
  inside.on('data', (data) => (heard += data.toString()));
  const body = JSON.stringify(application());
  const fields = [
    ...[
      'POST /v1/applications HTTP/1.1',
      'Host: bus',
      'Content-Type: application/json',
      'Idempotency-Key: stop',
    ],
    ...[`Authorization: Bearer ${key.text}`, `Content-Length: ${body.length}`, 'Expect: 100-continue'],
  ];
  inside.write([...fields, '', ''].join('\r\n'));
  await expect.poll(() => heard).toContain('100 Continue');
  const stopped = stop();
  inside.write(body);
  await Promise.all([stopped, ...gone]);
  expect(heard).toContain('HTTP/1.1 202');
  await rm(dataDir, { recursive: true, force: true });
});
