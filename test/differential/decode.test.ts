/**
 * tshark and we find the same TCP in the same frames: over the fixtures, and over the captures in the folder that
 * SYNWHY_CORPUS names.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pcap } from '../build/container.js';
import { SAMPLES } from '../decode/samples.js';
import { needsTool, repositoryRoot } from '../tools.js';
import { compareDecoding, type Difference } from './agreement.js';
import { readWithTshark } from './tshark.js';

/** Files (by the end of their path) and the frames in which we differ from tshark 4.0, and who is right. */
const EXPLAINED: ReadonlyMap<string, { frames: number[]; because: string }> = new Map([
  [
    'geneve/06_geneve_invalid_version.pcap',
    { frames: [1], because: 'RFC 8926 section 3.4 has an unknown version dropped; tshark reads on' },
  ],
  [
    'mpls_pw/18_mpls_pw_outer_legacy_vlan_ipv4_tcp_cw.pcap',
    { frames: [1], because: 'tshark takes the control word for the first bytes of a MAC address' },
  ],
  [
    'filestore-5408/input.pcap',
    { frames: [87, 116], because: 'sFlow samples are reports about packets, not packets on their way' },
  ],
  ['pcap_examples/tcp-reassembly.pcap', { frames: [66], because: 'an sFlow sample, as above' }],
  [
    'SampleCaptures/YahooFileTransfer.pcap',
    { frames: [29], because: 'the redirect quotes the whole segment, of which tshark shows eight bytes' },
  ],
  ['tests/bgp-aigp.pcap', { frames: [1], because: "Juniper's own link types are not read" }],
  [
    'chksums/ip6-route0-tcp-bad-chksum.pcap',
    { frames: [1], because: 'the final destination counts (RFC 8200 section 8.1); tshark shows the next stop' },
  ],
  ['link-type-1.pcap', { frames: [4], because: 'a source route, as above' }],
]);

/** ARP and neighbour discovery. */
const SAMPLES_WITHOUT_TCP = 2;

/** At most as many tsharks at once: each needs a hundred megabytes. */
const WORKERS = 2;

function isCapture(name: string): boolean {
  return /\.(pcap|pcapng|cap|dmp|ntar|trace)\d*(\.gz)?$/i.test(name);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** 'path #frame: ours / theirs' for every difference that is not explained. */
async function findDifferences(files: readonly string[], root: string): Promise<{ compared: number; lines: string[] }> {
  const queue = [...files];
  const lines: string[] = [];
  let compared = 0;
  const work = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const agreement = compareDecoding(file, await readWithTshark(file));
      compared += agreement?.compared ?? 0;
      const name = relative(root, file);
      const unexplained = (agreement?.differences ?? []).filter((difference) => !isExplained(name, difference));
      lines.push(...unexplained.map(({ frame, ours, theirs }) => `${name} #${frame}: ${ours} / ${theirs}`));
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return { compared, lines: lines.sort() };
}

function isExplained(name: string, difference: Difference): boolean {
  return [...EXPLAINED].some(([end, { frames }]) => name.endsWith(end) && frames.includes(difference.frame));
}

/** One capture for each link type of the packets that the tests build. */
function writeSamples(folder: string): string[] {
  return [...new Set(SAMPLES.map(([linkType]) => linkType))].map((linkType) => {
    const records = SAMPLES.filter(([other]) => other === linkType).map(([, content]) => ({ bytes: content }));
    const path = join(folder, `link-type-${linkType}.pcap`);
    writeFileSync(path, pcap({ linkType }, records));
    return path;
  });
}

describe('tshark', () => {
  test('finds the same TCP in every sort of packet that the tests build', async (context) => {
    needsTool(context, 'tshark');
    const folder = mkdtempSync(join(tmpdir(), 'built'));
    try {
      const { compared, lines } = await findDifferences(writeSamples(folder), folder);
      expect(lines).toEqual([]);
      expect(compared).toBe(SAMPLES.length - SAMPLES_WITHOUT_TCP);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);

  test('finds the same TCP in the same frames of the fixtures', async (context) => {
    needsTool(context, 'tshark');
    const root = join(repositoryRoot(), 'fixtures');
    // Not those in hostile/: in what is broken, tshark loses its way.
    const files = ['causes', 'notes', 'observations', 'formats']
      .flatMap((folder) => filesBelow(join(root, folder)))
      .filter(isCapture);
    const { compared, lines } = await findDifferences(files, root);
    expect(lines).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  }, 300_000);

  test('finds the same TCP in the same frames of the corpus', async (context) => {
    needsTool(context, 'tshark', '$SYNWHY_CORPUS');
    const root = join(process.env.SYNWHY_CORPUS ?? '', 'captures');
    const { compared, lines } = await findDifferences(filesBelow(root), root);
    expect(lines).toEqual([]);
    // What the 827 captures of the corpus hold; less would mean that files were passed over.
    expect(compared).toBeGreaterThan(40_000);
  }, 1_800_000);
});
