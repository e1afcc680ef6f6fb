/**
 * A thread that scans captures: it reads chunks and lays out their records (chunks.ts). build/scan-thread.js makes a text
 * of it, which Node runs: so there is no file to be found beside the bundles.
 */
import { workerData } from 'node:worker_threads';
import { Chunks, controlWords, type LayOut } from './chunks.js';
import * as at from './memory.js';

const { module, memory, base }: at.ThreadData = workerData;
const control = controlWords(memory.buffer, base);
const { exports } = new WebAssembly.Instance(module, { env: { memory }, tracker: { mayBeOpen: () => 1 } });

for (let job = 0; ; ) {
  Atomics.wait(control, at.JOB, job);
  job = Atomics.load(control, at.JOB);
  Atomics.add(control, at.BUSY, 1);
  // What it is told here is of this job as long as that is going on.
  const chunks = new Chunks(memory.buffer, base, exports.layOut as LayOut);
  while (isGoingOn(job)) {
    const { changes } = chunks;
    // Once more: whoever ends the job changes something behind that.
    if (!chunks.step() && isGoingOn(job)) chunks.await(changes);
  }
  Atomics.sub(control, at.BUSY, 1);
  Atomics.notify(control, at.BUSY);
}

function isGoingOn(job: number): boolean {
  return job % 2 === 1 && Atomics.load(control, at.JOB) === job;
}
