/** A thread that runs the seeds it is sent. */
import { parentPort } from 'node:worker_threads';
import { simulate } from './simulate.ts';

parentPort!.on('message', (seed: number) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void simulate(seed).then((result) => parentPort!.postMessage(result));
});
