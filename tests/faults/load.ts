/** The platforms: sends applications at a steady rate, asks again under the same key, and keeps every 2xx on the disk. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { SERVICES } from './bureau.ts';

/** So many ask at once, at most: a bus that is down is not asked by all that would have come meanwhile. */
const MOST_ASKING = 100;
const AGAIN_MS = 100;
const ANSWER_MS = 10_000;

export interface Taken {
  key: string;
  id: string;
  at: number;
  /** Who took it. */
  by: string;
}

export interface Load {
  /** Every 2xx, in order; the same are in the log file. */
  taken: Taken[];
  /** Keys asked so far. */
  asked: number;
  /** Asks that got no 2xx at once, by what they got. */
  failed: Record<string, number>;
  /** Milliseconds to each 2xx, of the request that brought it. */
  latencies: number[];
  rate: number;
  /** Stops beginning new ones and waits until each has its 2xx. */
  finish(withinMs: number): Promise<void>;
  close(): void;
}

export interface LoadOptions {
  /** Where to send, asked anew for each request. */
  url: () => string;
  key: string;
  log: string;
  rate: number;
  /** Sites that send, in turn; one by default. */
  sites?: string[];
}

export function startLoad({ url, key, log, rate, sites = [SITE] }: LoadOptions): Load {
  const file = openSync(log, 'a', 0o600);
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_ASKING });
  let asking = 0;
  let over = false;
  let given = false;
  const run = Date.now().toString(36);

  const ask = async (n: number): Promise<void> => {
    const name = `${run}-${n}`;
    const service = SERVICES[n % 4 === 0 ? 2 : n % 4 === 1 ? 1 : 0]!;
    // Four of a site and then four of the next, so that each sends for every service.
    const body = JSON.stringify(applicationOf(name, service, sites[Math.floor(n / 4) % sites.length]));
    asking += 1;
    while (!given) {
      const began = performance.now();
      const by = url();
      const answer = await post(agent, `${by}/v1/applications`, key, `key-${name}`, body);
      if (answer.status === 202) {
        load.latencies.push(performance.now() - began);
        keep({ key: name, id: (JSON.parse(answer.text) as { id: string }).id, at: Date.now(), by });
        // Asked twice on purpose now and then: the answer got lost on its way.
        if (n % 25 !== 0 || load.taken.filter((one) => one.key === name).length > 1) break;
        continue;
      }
      const code = answer.status === 0 ? answer.text : String(answer.status);
      load.failed[code] = (load.failed[code] ?? 0) + 1;
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
        throw new Error(`The bus refused an application: ${answer.status} ${answer.text}`);
      await setTimeout(AGAIN_MS);
    }
    asking -= 1;
  };
  const keep = (taken: Taken): void => {
    writeSync(file, `${JSON.stringify(taken)}\n`);
    fdatasyncSync(file);
    load.taken.push(taken);
  };
  const load: Load = {
    taken: [],
    asked: 0,
    failed: {},
    latencies: [],
    rate,
    async finish(withinMs) {
      over = true;
      for (const until = Date.now() + withinMs; asking > 0 && Date.now() < until;) await setTimeout(20);
    },
    close() {
      [over, given] = [true, true];
      agent.destroy();
      closeSync(file);
    },
  };
  void (async () => {
    for (let next = Date.now(); !over; next += 1000 / load.rate) {
      if (asking < MOST_ASKING) ask((load.asked += 1)).catch(fail);
      await setTimeout(Math.max(0, next - Date.now()));
      // What could not be begun in time is not made up for.
      next = Math.max(next, Date.now() - 100);
    }
  })();
  return load;
}

const fail = (error: unknown): void => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
};

interface Got {
  /** 0: no answer. */
  status: number;
  text: string;
}

function post(agent: Agent, url: string, key: string, idempotencyKey: string, body: string): Promise<Got> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'idempotency-key': idempotencyKey,
    authorization: `Bearer ${key}`,
  };
  return new Promise((resolve) => {
    const lost = (text: string): void => resolve({ status: 0, text });
    const sent = request(url, { method: 'POST', agent, headers, timeout: ANSWER_MS }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode!, text }));
      answer.on('aborted', () => lost('cut'));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? error.message));
    sent.end(body);
  });
}

const SITE = 'MPP-9901-01';

/** Province 99 and serial 9999 are nobody's. */
export function applicationOf(name: string, serviceCode: string, site = SITE): object {
  return {
    schemaVersion: '1.0.0',
    clientReference: name,
    serviceCode,
    mppSiteCode: site,
    jurisdictionCode: '99.01',
    channel: 'direct',
    channelDetail: 'counter',
    locale: 'id-ID',
    capture: { capturedAt: '2026-11-18T08:31:00+07:00', capturedBy: 'stf-022' },
    applicant: {
      partyType: 'person',
      roles: ['applicant'],
      fullName: 'Contoh Pelamar',
      nik: '9901011405019999',
      birthDate: '2001-05-14',
      birthPlace: 'Contoh Raya',
      sex: 'male',
      nationality: 'ID',
      phone: '+6280000000007',
      address: {
        street: 'Jalan Contoh Nomor 1',
        rt: '001',
        rw: '002',
        regionCode: '99.01',
        postalCode: '99999',
      },
      identityAssurance: 'documentSighted',
    },
    formData: {},
    documents: [],
  };
}
