/** A thread that runs the seeds it is sent. */
import { parentPort } from 'node:worker_threads';
import { simulate } from './simulate.ts';

parentPort!.on('message', (seed: number) => {
  void simulate(seed).then((result) => parentPort!.postMessage(result));
});
