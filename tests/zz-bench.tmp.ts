import { startDatabases, run } from './support/databases.ts';
import { postgresLedger } from '../src/ledger/postgres/index.ts';
import { systemClock } from '../src/clock.ts';
import { acceptance, stepRow, bytes, endpoint } from './contracts/ledger-fixtures.ts';
import { chain } from '../src/domain/chain.ts';
import { execSync } from 'node:child_process';
const d = await startDatabases(true);
const url = await d.fresh();
if (process.env.PSS) await run(url,'create extension pg_stat_statements');
const l = await postgresLedger(url, systemClock);
if (process.env.ENDPOINT) await l.createEndpoint(endpoint('end-1'));
const big = (n: number) => Buffer.alloc(n, 7);
const pgcpu = () => { const out = execSync(`ps -eo pid,ppid,args`).toString(); 
  const pm = execSync(`ps -eo pid,args`).toString().split('\n').find(x=>x.includes(` -p ${d.server.port}`) && x.includes('-D'))!.trim().split(/\s+/)[0]!;
  let tot=0; for (const line of out.split('\n')) { const [pid,ppid]=line.trim().split(/\s+/); if (ppid===pm||pid===pm) { try { const s=execSync(`cat /proc/${pid}/stat 2>/dev/null || true`).toString(); const f=s.slice(s.lastIndexOf(')')+2).split(' '); if (f.length>13) tot+=(Number(f[11])+Number(f[12]))*10; } catch {} } } return tot; };
let n = 0;
async function phase(name: string, count: number, conc: number, fn: (i: number) => Promise<void>) {
  let i = 0; const c0 = process.cpuUsage(), p0 = pgcpu(), t0 = performance.now();
  await Promise.all(Array.from({ length: conc }, async () => { while (i < count) await fn(i++); }));
  const t = performance.now() - t0, c = process.cpuUsage(c0), p = pgcpu() - p0;
  console.log(name.padEnd(10), `${(count / t * 1000).toFixed(0)}/s`, `node ${((c.user + c.system) / count).toFixed(0)}µs`, `pg ${(p * 1000 / count).toFixed(0)}µs`);
}
const ids: string[] = [];
const hex = (n:number)=>n.toString(16).padStart(12,'0');
const mk = (i: number) => { const a = acceptance(i); const now = Date.now(); const t = hex(now); const id = `${t.slice(0,8)}-${t.slice(8)}-7000-8000-${hex(i)}`; ids[i] = id;
  const steps = ['check','pay','c','d'].map((nm, p) => ({ ...stepRow(i, nm, p, p === 0 ? { state: 'ready', dueAt: now } : {}), applicationId: id, sealed: big(400) }));
  return { ...a, application: { ...a.application, id, body: big(2500) }, steps, events: chain(id, {seq:0,hash:''}, new Date(now).toISOString(), [{ type: 'go.mpp.application.accepted.v1', data: { number: i } }]) }; };
const N = Number(process.env.N ?? 3000), C = 32;
const round = async (off: number) => {
  await phase('accept', N, C, async (i) => { await l.accept(mk(off + i) as never); });
  await phase('read', N, C, async (i) => { await l.read(ids[off + i]!); });
  const states: any[] = [];
  for (let i=0;i<N;i++) {}
  await phase('claim', N, C, async (i) => { const id = ids[off + i]!; const r = await l.claim({ applicationId: id, step: 'check', wake: 1, fence: 0, lane: 'registry', kind: 'send', round: 1, number: 1, tryKey: 'k'.repeat(24), at: new Date().toISOString(), leaseMs: 60000 }); if (r.is !== 'claimed') throw new Error(JSON.stringify(r)); });
  const views = await Promise.all(ids.slice(off, off + N).map((id) => l.read(id)));
  await phase('record', N, C, async (i) => { const { application: a, steps } = views[i]!; const id = a.id; const now = Date.now();
    const r = await l.record({ applicationId: id, version: a.version, application: { state: 'inProgress', ending: null, endedAt: null }, events: chain(id, { seq: a.version, hash: a.head }, new Date(now).toISOString(), [{ type: 'x.y', data: { step: 'check' } }, { type: 'x.z', data: { a: 1 } }]),
      steps: [{ row: { ...steps[0]!, state: 'succeeded', dueAt: null, leaseUntil: null, leaseKind: null }, wake: steps[0]!.wake, fence: steps[0]!.fence }, { row: { ...steps[1]!, state: 'ready', dueAt: now }, wake: 1, fence: 0 }],
      attempt: { step: 'check', round: 1, number: 1, endedAt: new Date(now).toISOString(), outcome: 'ok', code: null, status: 200, sealed: big(600) }, lane: { id: 'registry', signal: { is: 'good' }, limits: {} as never } });
    if (r.is !== 'done') throw new Error(JSON.stringify(r)); });
  await phase('due', 20, 1, async () => { await l.due({ horizon: Date.now() + 600000, most: () => 5000 }); });
};
for (let k = 0; k < Number(process.env.R ?? 2); k++) { await round(k * N); console.log('--'); }
if (process.env.PSS) { const rows = await run<any>(url, "select calls, round(mean_exec_time::numeric,3) exec, round(mean_plan_time::numeric,3) plan, plans, wal_records/greatest(calls,1) wr, round(wal_bytes/greatest(calls,1)) wb, left(regexp_replace(query,'\s+',' ','g'),90) q from pg_stat_statements where calls>0 order by total_exec_time desc limit 14"); console.table(rows); }
await l.close(); await d.remove();
