/**
 * npm run lab: makes the labelled captures under fixtures anew, with real kernels in network namespaces.
 *
 *   npm run lab -- [--only TEXT] [--jobs N] [--out FOLDER] [--labels]
 *
 * --labels writes only the labels, beside the captures that are there.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { repositoryRoot, whatIsMissing } from '../tools.js';
import { closeNetworksAtExit, removeAbandonedNamespaces } from './network.js';
import { captureName, labelOf, record } from './record.js';
import { callSituation, type Situation, subjectOf } from './situation.js';
import { SITUATIONS } from './situations/all.js';

const NEEDS = ['namespaces', 'ip', 'nft', 'tcpdump', 'dumpcap', 'editcap', 'nmap', 'python3'];

/** Fixtures are for reading: headers, and few of them. */
const LARGEST_CAPTURE_BYTES = 20_000;

/** The longest situation takes half a minute, if the machine has nothing else to do. */
const LONGEST_SITUATION_SECONDS = 180;

/** The folder of a situation's capture and label, made if it is not there. */
async function folderFor(situation: Situation, out: string): Promise<string> {
  const { kind, id } = subjectOf(situation);
  const folder = join(out, kind, id);
  await mkdir(folder, { recursive: true });
  return folder;
}

async function writeLabel(situation: Situation, out: string): Promise<void> {
  const folder = await folderFor(situation, out);
  await writeFile(join(folder, `${situation.name}.json`), `${JSON.stringify(labelOf(situation), null, 2)}\n`);
}

async function make(situation: Situation, out: string): Promise<void> {
  const limit = new AbortController();
  const tooLong = sleep(LONGEST_SITUATION_SECONDS * 1000, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`not at its end after ${LONGEST_SITUATION_SECONDS} s`);
  });
  const bytes = await Promise.race([record(situation), tooLong]).finally(() => limit.abort());
  if (bytes.length > LARGEST_CAPTURE_BYTES) throw new Error(`${bytes.length} bytes are too many for a fixture`);
  await writeFile(join(await folderFor(situation, out), captureName(situation)), bytes);
  await writeLabel(situation, out);
  console.log(`${subjectOf(situation).id}/${captureName(situation)}: ${bytes.length} bytes`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      jobs: { type: 'string', default: '6' },
      out: { type: 'string', default: join(repositoryRoot(), 'fixtures') },
      labels: { type: 'boolean', default: false },
    },
  });
  const chosen = SITUATIONS.filter((situation) => callSituation(situation).includes(values.only));
  if (values.labels) {
    await Promise.all(chosen.map((situation) => writeLabel(situation, values.out)));
    return;
  }
  const missing = NEEDS.map(whatIsMissing).filter((reason) => reason !== undefined);
  if (missing.length > 0) throw new Error(`the lab cannot run: ${missing.join(', ')}`);
  closeNetworksAtExit();
  removeAbandonedNamespaces();

  const queue = [...chosen];
  const failures: string[] = [];
  // Most of a situation's time is waiting, so that more of them than there are processors can be under way.
  const worker = async (): Promise<void> => {
    for (let situation = queue.shift(); situation !== undefined; situation = queue.shift()) {
      const name = callSituation(situation);
      await make(situation, values.out).catch((error: unknown) => failures.push(`${name}: ${error}`));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker));
  for (const failure of failures) console.error(failure);
  // What was given up may still be under way: leaving now cleans up after it.
  process.exit(failures.length > 0 ? 1 : 0);
}

await main();
