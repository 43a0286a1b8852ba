/** npm run simulate -- --seeds N [--from S] [--seed X --trace]: runs seeds and says what broke, and what was met. */
import { simulate } from './simulate.ts';
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 1);
const trace = process.argv[4] ? (l: string) => console.log(l) : undefined;
const t = performance.now(); const c0 = process.cpuUsage(); setImmediate(()=>0);
const counts: Record<string, number> = {};
let ms = 0;
for (let seed = from; seed < from + n; seed++) {
  const r = await simulate(seed, trace);
  ms += r.simulatedMs;
  for (const [k, v] of Object.entries(r.counts)) counts[k] = (counts[k] ?? 0) + v!;
  if (r.broken.length) console.log(seed, r.broken.slice(0, 3));
  else if (n < 5) console.log(seed, r.hash, r.simulatedMs / 3600e3);
}
console.log((performance.now() - t) / n, 'ms/seed', 'cpu', (process.cpuUsage(c0).user + process.cpuUsage(c0).system) / 1000 / n, ms / 3600e3 / n, 'h/seed');
if (n > 1) console.log(counts);
