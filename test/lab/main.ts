/**
 * npm run lab: makes the captures under fixtures/causes anew, with real kernels in network namespaces.
 *
 *   npm run lab -- [--only TEXT] [--jobs N] [--out FOLDER]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { repositoryRoot, whatIsMissing } from '../tools.js';
import { closeNetworksAtExit, removeAbandonedNamespaces } from './network.js';
import { captureName, labelOf, record } from './record.js';
import type { Situation } from './situation.js';
import { SITUATIONS } from './situations/all.js';

const NEEDS = ['namespaces', 'ip', 'nft', 'tcpdump', 'dumpcap', 'editcap', 'nmap', 'python3'];

/** Fixtures are for reading: headers, and few of them. */
const LARGEST_CAPTURE_BYTES = 20_000;

/** The longest situation takes half a minute, if the machine has nothing else to do. */
const LONGEST_SITUATION_SECONDS = 180;

async function make(situation: Situation, out: string): Promise<void> {
  const folder = join(out, situation.cause);
  const limit = new AbortController();
  const tooLong = sleep(LONGEST_SITUATION_SECONDS * 1000, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`not at its end after ${LONGEST_SITUATION_SECONDS} s`);
  });
  const bytes = await Promise.race([record(situation), tooLong]).finally(() => limit.abort());
  if (bytes.length > LARGEST_CAPTURE_BYTES) throw new Error(`${bytes.length} bytes are too many for a fixture`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, captureName(situation)), bytes);
  await writeFile(join(folder, `${situation.name}.json`), `${JSON.stringify(labelOf(situation), null, 2)}\n`);
  console.log(`${situation.cause}/${captureName(situation)}: ${bytes.length} bytes`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      jobs: { type: 'string', default: '6' },
      out: { type: 'string', default: join(repositoryRoot(), 'fixtures', 'causes') },
    },
  });
  const missing = NEEDS.map(whatIsMissing).filter((reason) => reason !== undefined);
  if (missing.length > 0) throw new Error(`the lab cannot run: ${missing.join(', ')}`);
  closeNetworksAtExit();
  removeAbandonedNamespaces();

  const queue = SITUATIONS.filter(({ cause, name }) => `${cause}/${name}`.includes(values.only));
  const failures: string[] = [];
  // Most of a situation's time is waiting, so that more of them than there are processors can be under way.
  const worker = async (): Promise<void> => {
    for (let situation = queue.shift(); situation !== undefined; situation = queue.shift()) {
      const { cause, name } = situation;
      await make(situation, values.out).catch((error: unknown) => failures.push(`${cause}/${name}: ${error}`));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker));
  for (const failure of failures) console.error(failure);
  // What was given up may still be under way: leaving now cleans up after it.
  process.exit(failures.length > 0 ? 1 : 0);
}

await main();
