/** Other readers read the same packets: pcap-parser, and tshark where it is installed. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/errors.js';
import { decompress } from '../../src/node/decompress.js';
import { needsTool } from '../tools.js';
import { fixtureNames, fixturePath, type ReadCapture, readAll } from './read-all.js';

/** pcap-parser has no types. */
interface PcapParser {
  parse(stream: Readable): NodeJS.EventEmitter;
}
const { default: pcapParser } = (await import('pcap-parser' as string)) as { default: PcapParser };

/** Of the corpus, each so-manieth file, unless SYNWHY_CORPUS_ALL says all. */
const SAMPLE_STEP = process.env.SYNWHY_CORPUS_ALL === '1' ? 1 : 16;

const NETXRAY = /NetXRay/;

/** Time within which a double holds nanoseconds exactly. */
const EXACT_NS = 2n ** 53n;

/**
 * Link types for which Wireshark takes a header or a check sequence off the packet before it counts its bytes, or
 * takes the time from there: ATM, FDDI, Bluetooth, USB, ERF, MTP2, LAPD, IrDA, GSM, SITA and their like.
 */
const SHORTENED_BY_WIRESHARK = new Set([
  10, 11, 100, 123, 144, 177, 186, 187, 189, 195, 196, 197, 199, 201, 217, 220, 231, 235, 247, 283,
]);

async function read(path: string): Promise<ReadCapture | undefined> {
  const opened = await decompress(Readable.from([readFileSync(path)]));
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.chunks) chunks.push(Buffer.from(chunk));
  try {
    return readAll(new Uint8Array(Buffer.concat(chunks)));
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
}

function corpusFiles(): string[] {
  const folder = join(process.env.SYNWHY_CORPUS ?? '', 'captures');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

function describePackets(capture: ReadCapture): string[] {
  return capture.packets.map((packet) => `${packet.epochNs / 1000n} ${packet.originalBytes} ${packet.bytes}`);
}

async function packetsOfPcapParser(path: string): Promise<string[]> {
  const parser = pcapParser.parse(Readable.from([readFileSync(path)]));
  const packets: string[] = [];
  parser.on('packet', ({ header, data }: { header: Record<string, number>; data: Buffer }) => {
    const time = BigInt(header.timestampSeconds) * 1_000_000n + BigInt(header.timestampMicroseconds);
    packets.push(`${time} ${header.originalLength} ${data.toString('hex')}`);
  });
  await new Promise((resolve) => parser.on('end', resolve).on('error', resolve));
  return packets;
}

/** What pcap-parser can read: version 2.4 with microseconds. */
function isForPcapParser(path: string): boolean {
  const head = readFileSync(path).subarray(0, 8).toString('hex');
  return head === 'd4c3b2a102000400' || head === 'a1b2c3d400020004';
}

describe('pcap-parser reads the same records', () => {
  for (const name of fixtureNames('formats').filter((each) => isForPcapParser(fixturePath(each)))) {
    if (name.includes('captured-more')) continue; // We count at least the captured bytes as original.
    test(name, async () => {
      const ours = await read(fixturePath(name));
      expect(ours && describePackets(ours)).toEqual(await packetsOfPcapParser(fixturePath(name)));
    });
  }

  test('the classic captures of the corpus', { timeout: 300_000 }, async (context) => {
    needsTool(context, '$SYNWHY_CORPUS');
    for (const path of corpusFiles().filter(isForPcapParser)) {
      const ours = await read(path);
      if (ours === undefined || ours.facts.damages.length > 0) continue;
      const odd = ours.packets.some((packet) => packet.originalBytes === packet.bytes.length / 2);
      const theirs = await packetsOfPcapParser(path);
      if (!odd || theirs.length !== ours.packets.length) expect(theirs.length, path).toBe(ours.packets.length);
      const lines = describePackets(ours);
      const different = lines.filter((line, index) => line !== theirs[index] && !isNear(line, theirs[index]));
      expect(
        different.map((line) => line.slice(0, 60)),
        path,
      ).toEqual([]);
    }
  });
});

/** Our original length is at least the captured one, and our times are rounded a hundred days from the origin. */
function isNear(ours: string, theirs: string): boolean {
  const [ourTime, ourLength, ourBytes] = ours.split(' ');
  const [theirTime, theirLength, theirBytes] = theirs.split(' ');
  const apart = BigInt(ourTime) - BigInt(theirTime);
  const length = Math.max(Number(theirLength), theirBytes.length / 2);
  return apart >= -1n && apart <= 1n && Number(ourLength) === length && ourBytes === theirBytes;
}

interface TsharkFrame {
  number: number;
  epochNs: bigint;
  capturedBytes: number;
  originalBytes: number;
}

/** Frames as tshark sees them; undefined where it finds the file damaged or of a kind that it does not know. */
function framesOfTshark(path: string): TsharkFrame[] | undefined {
  const fields = ['frame.number', 'frame.time_epoch', 'frame.cap_len', 'frame.len'].flatMap((field) => ['-e', field]);
  const run = spawnSync('tshark', ['-n', '-r', path, '-T', 'fields', ...fields], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (/damaged|doesn't support|cut short|isn't a capture/.test(run.stderr)) return undefined;
  const lines = run.stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [number, time, captured, original] = line.split('\t');
    const [seconds = '0', fraction = ''] = time.split('.');
    const epochNs = BigInt(seconds || '0') * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
    return { number: Number(number), epochNs, capturedBytes: Number(captured), originalBytes: Number(original) };
  });
}

/** Every difference that has no explanation. */
function compareWithTshark(ours: ReadCapture, theirs: TsharkFrame[]): string[] {
  const byNumber = new Map(theirs.map((frame) => [frame.number, frame]));
  const first = ours.packets[0]?.epochNs ?? 0n;
  const differences: string[] = [];
  for (const { number, epochNs, bytes, originalBytes, linkType } of ours.packets) {
    const frame = byNumber.get(number);
    if (frame === undefined) {
      differences.push(`frame ${number}: tshark has none`);
      continue;
    }
    if (SHORTENED_BY_WIRESHARK.has(linkType)) continue;
    // A simple packet has no time; tshark says 0.
    const apart = frame.epochNs === 0n ? 0n : epochNs - frame.epochNs;
    const isNear = (epochNs > first ? epochNs - first : first - epochNs) < EXACT_NS;
    // Wireshark computes a NetXRay capture's times with doubles, which cuts off a nanosecond of many.
    const tolerance = !isNear ? 512n : NETXRAY.test(ours.facts.format) ? 1n : 0n;
    const length = Math.max(frame.originalBytes, frame.capturedBytes);
    if (apart > tolerance || apart < -tolerance) differences.push(`frame ${number}: ${apart} ns apart`);
    if (bytes.length / 2 !== frame.capturedBytes) differences.push(`frame ${number}: captured ${frame.capturedBytes}`);
    if (originalBytes !== length) differences.push(`frame ${number}: original ${length}`);
  }
  return differences;
}

/** A fraction of so many microseconds overflows in Wireshark, which then shows another time. */
const FRACTION_OVERFLOWS_IN_WIRESHARK = /tcpflow\/tests\/bug8\.pcap$|transform-base64-7296|zigbee_gppb|atm-oam/;

describe('tshark has the same frames, times and lengths', () => {
  test('over the fixtures', (context) => {
    needsTool(context, 'tshark');
    for (const name of fixtureNames('formats')) {
      const theirs = framesOfTshark(fixturePath(name));
      expect(theirs, name).toBeDefined();
      const ours = readAll(new Uint8Array(readFileSync(fixturePath(name))));
      expect(compareWithTshark(ours, theirs ?? []), name).toEqual([]);
    }
  });

  test('over a sample of the corpus', { timeout: 900_000 }, async (context) => {
    needsTool(context, '$SYNWHY_CORPUS', 'tshark');
    const sample = corpusFiles().filter((_, index) => index % SAMPLE_STEP === 0);
    const unexplained: string[] = [];
    for (const path of sample) {
      const ours = await read(path);
      const theirs = framesOfTshark(path);
      if (ours === undefined || theirs === undefined || FRACTION_OVERFLOWS_IN_WIRESHARK.test(path)) continue;
      unexplained.push(
        ...compareWithTshark(ours, theirs)
          .slice(0, 3)
          .map((difference) => `${path} ${difference}`),
      );
    }
    expect(unexplained).toEqual([]);
  });
});
