/** A thread that scans parts of captures ahead. It ends with the process. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { claimPart, type PartSizes, PartSlot, REVISION, type SharedCapture } from './shared-parts.js';

/** What a thread is started with. */
export interface ScanWorkerData {
  control: SharedArrayBuffer;
  slots: SharedArrayBuffer[];
  sizes: PartSizes;
  /** Brings a SharedCapture for each revision. */
  port: MessagePort;
}

const { control, slots, sizes, port } = workerData as ScanWorkerData;
const words = new Int32Array(control);
const parts = slots.map((memory) => new PartSlot(memory, sizes));

for (let capture: SharedCapture | undefined; ; ) {
  const revision = Atomics.load(words, REVISION);
  if (capture?.revision !== revision) capture = latestCapture() ?? capture;
  const part = capture === undefined ? undefined : claimPart(words, parts.length, capture.parts);
  // Until there is another capture, or what is known of this one has changed.
  if (part === undefined) Atomics.wait(words, REVISION, revision);
  else parts[part % parts.length].scan(part, capture!);
}

/** The newest that was posted; undefined: nothing was. */
function latestCapture(): SharedCapture | undefined {
  let latest: SharedCapture | undefined;
  for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) latest = got.message;
  return latest;
}
