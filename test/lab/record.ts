/** Plays a situation on hosts of its own and brings back the capture. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Network, type Running, seconds } from './network.js';
import type { Recording, Situation } from './situation.js';

const execute = promisify(execFile);

/** Everything that can be evidence. Multicast listener reports carry a hop-by-hop header, so 'icmp6' leaves them out. */
const FILTER = 'tcp or arp or icmp or icmp6';

/** How long new links need until multicast gets through, without which the first neighbour solicitation is lost. */
const LINKS_SECONDS = 1;

/** How long packets may take from the wire into the capture file. */
const SETTLE_SECONDS = 0.4;

/** The file's name without its folder. */
export function captureName({ name, recording }: Situation): string {
  return `${name}.${recording.tool === 'tcpdump' ? 'pcap' : 'pcapng'}${recording.gzip ? '.gz' : ''}`;
}

/** What stands beside the capture: everything about the situation that is data. */
export function labelOf(situation: Situation): object {
  const { title, made, vantage, expect, observations, nearMiss, notes } = situation;
  const optional = Object.entries({ observations, nearMiss, notes }).filter(([, value]) => value !== undefined);
  return { capture: captureName(situation), title, made, vantage, expect, ...Object.fromEntries(optional) };
}

async function startTool(network: Network, recording: Recording, file: string): Promise<Running> {
  const { host, options = [], filter = FILTER } = recording;
  const command =
    recording.tool === 'tcpdump'
      ? [
          'tcpdump',
          '-n',
          '-Z',
          'root',
          '-U',
          '--immediate-mode',
          '-i',
          recording.interface,
          '-w',
          file,
          ...options,
          filter,
        ]
      : ['dumpcap', '-q', '-i', recording.interface, '-f', filter, '-w', file, ...options];
  const running = await network.start(host, command, /listening on|File: /);
  // Both say that they listen a moment before they do.
  await seconds(SETTLE_SECONDS);
  return running;
}

/** The bytes of the situation's capture file, made anew. */
export async function record(situation: Situation): Promise<Uint8Array> {
  const { recording } = situation;
  const network = new Network();
  const file = join(network.folder, 'capture');
  try {
    await situation.build(network);
    await seconds(LINKS_SECONDS);
    let tool: Running | undefined;
    const start = async (): Promise<void> => {
      tool = await startTool(network, recording, file);
    };
    if (!recording.startsLate) await start();
    await situation.act(network, start);
    await seconds(SETTLE_SECONDS);
    await tool?.stop();
    let made = file;
    if (recording.cutFirst !== undefined) {
      made = `${file}-cut`;
      const format = recording.tool === 'tcpdump' ? 'pcap' : 'pcapng';
      await execute('editcap', ['-F', format, file, made, `1-${recording.cutFirst}`]);
    }
    const bytes = await readFile(made);
    return recording.gzip ? gzipSync(bytes, { level: 9 }) : bytes;
  } finally {
    network.close();
  }
}
