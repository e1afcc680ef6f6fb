/**
 * The captures under fixtures/formats and fixtures/hostile: one refused handshake again and again, in every container
 * that is read, and in containers that are damaged. The test 'the fixtures are what make-formats.ts makes' compares
 * them, and writes them where SYNWHY_WRITE_FIXTURES=1.
 */
import { gzipSync } from 'node:zlib';
import { ACK, RST, SYN } from '../../src/decode/frame.js';
import {
  type ByteOrder,
  join,
  MODIFIED_MAGIC,
  NANOSECONDS_MAGIC,
  type Option,
  pcap,
  pcapHeader,
  pcapng,
  pcapRecord,
} from './container.js';
import { build } from './layer.js';
import { CLIENT, ethernet, ipv4, SERVER, tcp } from './packet.js';

/** When the captures were taken: 2026-11-20T09:10:12.181938473Z. */
export const STARTED_NS = 1_795_165_812_181_938_473n;

const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;

const back = { source: SERVER.ipv4, destination: CLIENT.ipv4 };
const ports = { sourcePort: SERVER.port, destinationPort: CLIENT.port };
const synIp = ipv4(tcp({ flags: SYN, sequence: 1000 }));
const resetIp = ipv4(back, tcp({ ...ports, flags: RST | ACK, sequence: 0, acknowledgement: 1001, window: 0 }));
const syn = build(ethernet(synIp));
const reset = build(ethernet({ source: SERVER.mac, destination: CLIENT.mac }, resetIp));

/** SYN and RST, three times, a second apart: what all these captures hold unless they say otherwise. */
const packets = [0, 1, 2].flatMap((round) => {
  const timeNs = STARTED_NS + BigInt(round) * 1_000_000_000n;
  return [
    { bytes: syn, timeNs },
    { bytes: reset, timeNs: timeNs + 420_137n },
  ];
});

/** Every capture by its path below fixtures/. */
export function makeFormats(): Map<string, Uint8Array> {
  return new Map([...classic(), ...nextGeneration(), ...hostileClassic(), ...hostileNextGeneration()]);
}

function* classic(): Iterable<[string, Uint8Array]> {
  for (const byteOrder of ['little', 'big'] as const) {
    yield [`formats/microseconds-${byteOrder}-endian.pcap`, pcap({ byteOrder }, packets)];
    yield [`formats/nanoseconds-${byteOrder}-endian.pcap`, pcap({ byteOrder, magic: NANOSECONDS_MAGIC }, packets)];
    yield [`formats/modified-${byteOrder}-endian.pcap`, pcap({ byteOrder, magic: MODIFIED_MAGIC }, packets)];
  }
  yield ['formats/check-sequence-in-link-type.pcap', pcap({ linkType: 0x2400_0001 }, packets)];
  yield ['formats/lengths-swapped.pcap', pcap({ version: [2, 2] }, packets)];
  yield ['formats/longer-than-snap-length.pcap', pcap({ snapLength: 16 }, packets)];
  const odd = packets.map((packet) => ({ ...packet, originalBytes: 20 }));
  yield ['formats/captured-more-than-original.pcap', pcap({}, odd)];
  yield ['formats/no-packets.pcap', pcap({}, [])];
  yield ['formats/compressed.pcap.gz', gzip(pcap({}, packets))];
}

/** Stored, without the fields that depend on the system: the same bytes whatever zlib makes them. */
function gzip(bytes: Uint8Array): Uint8Array {
  const compressed = new Uint8Array(gzipSync(bytes, { level: 0 }));
  compressed.set([0, 3], 8);
  return compressed;
}

function* nextGeneration(): Iterable<[string, Uint8Array]> {
  for (const order of ['little', 'big'] as const) yield [`formats/${order}-endian.pcapng`, plain(order)];
  yield ['formats/every-block.pcapng', everyBlock()];
  yield ['formats/two-sections.pcapng', join(plain('little'), plain('big'))];
  yield ['formats/several-interfaces.pcapng', severalInterfaces()];
  const { section, interface: description, simplePacket } = pcapng('little');
  const simple = packets.map(({ bytes }) => simplePacket(bytes));
  yield ['formats/simple-packets.pcapng', join(section(), description(), ...simple)];
}

/** What Wireshark writes for a capture of one interface. */
function plain(order: ByteOrder): Uint8Array {
  const blocks = pcapng(order);
  const written = packets.map(({ bytes, timeNs }) => blocks.packet({ bytes, time: timeNs }));
  return join(blocks.section(), blocks.interface({ options: [[9, Uint8Array.of(9)]] }), ...written);
}

function everyBlock(): Uint8Array {
  const blocks = pcapng('little');
  const counter = (value: bigint) => blocks.fields([value, 8]);
  const direction = (value: number): Option => [2, blocks.fields([value, 4])];
  const [first, second, third, fourth] = packets;
  const micro = (timeNs: bigint) => timeNs / 1000n;
  return join(
    blocks.section([
      [1, 'a refused handshake'],
      [3, 'Linux'],
      [4, 'make-formats.ts'],
    ]),
    blocks.block(0x0000_000a, blocks.fields([0x544c_534b, 4], [0, 4])),
    blocks.interface({
      options: [
        [2, 'eth0'],
        [3, 'the first one'],
        [11, '\0tcp port 443'],
        [12, 'Linux 6.18'],
      ],
    }),
    blocks.names([
      [Uint8Array.of(192, 0, 2, 1), 'client.example'],
      [Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), 'server.example', 'other.example'],
    ]),
    blocks.packet({ ...first, time: micro(first.timeNs), options: [direction(2)] }),
    blocks.packet({ ...second, time: micro(second.timeNs), options: [direction(1), [1, 'refused']] }),
    blocks.block(0x0000_0bad, join(blocks.fields([32_473, 4]), new TextEncoder().encode('custom'))),
    blocks.obsoletePacket({ ...third, time: micro(third.timeNs), drops: 3 }),
    blocks.simplePacket(fourth.bytes),
    blocks.block(0x8000_0001, new Uint8Array(20)),
    blocks.statistics(0, [
      [4, counter(100n)],
      [5, counter(7n)],
      [7, counter(5n)],
    ]),
  );
}

/** Resolutions in both bases, an offset, and another link type. */
function severalInterfaces(): Uint8Array {
  const blocks = pcapng('little');
  const [first, second, third, fourth] = packets;
  const hourNs = 3_600_000_000_000n;
  return join(
    blocks.section(),
    blocks.interface({ options: [[9, Uint8Array.of(9)]] }),
    blocks.interface({ linkType: LINKTYPE_RAW, options: [[9, Uint8Array.of(0x80 | 30)]] }),
    blocks.interface({
      linkType: LINKTYPE_ETHERNET,
      options: [
        [9, Uint8Array.of(6)],
        [14, blocks.fields([3600n, 8])],
      ],
    }),
    blocks.packet({ bytes: first.bytes, time: first.timeNs }),
    blocks.packet({
      bytes: build(resetIp),
      time: ((second.timeNs << 30n) + 999_999_999n) / 1_000_000_000n,
      interfaceId: 1,
    }),
    blocks.packet({ bytes: third.bytes, time: (third.timeNs - hourNs) / 1000n, interfaceId: 2 }),
    blocks.packet({ bytes: fourth.bytes, time: fourth.timeNs }),
  );
}

/** Bytes that look like nothing: a linear congruential generator's. */
function noise(count: number): Uint8Array {
  let state = 12_345;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

function* hostileClassic(): Iterable<[string, Uint8Array]> {
  const records = packets.map((packet) => pcapRecord({}, packet));
  const whole = pcap({}, packets);
  const lying = (capturedBytes: number) => pcapRecord({}, { ...packets[1], capturedBytes });
  const withSecond = (second: Uint8Array) => join(pcapHeader(), records[0], second, ...records.slice(2));
  yield ['hostile/cut-in-a-record.pcap', whole.subarray(0, whole.length - 10)];
  yield ['hostile/cut-in-a-record-header.pcap', join(whole, records[0].subarray(0, 9))];
  yield ['hostile/cut-in-the-file-header.pcap', whole.subarray(0, 20)];
  yield ['hostile/length-of-four-gigabytes.pcap', withSecond(lying(0xffff_ffff))];
  yield ['hostile/length-beyond-the-end.pcap', withSecond(lying(60_000))];
  yield ['hostile/length-too-short.pcap', withSecond(lying(20))];
  yield ['hostile/garbage-in-the-middle.pcap', join(pcapHeader(), records[0], noise(777), ...records.slice(1))];
  yield ['hostile/zeros-at-the-end.pcap', join(whole, new Uint8Array(1000))];
  yield ['hostile/nothing-but-garbage.pcap', join(pcapHeader(), noise(2000))];
  yield ['hostile/version-9.pcap', pcap({ version: [9, 0] }, packets)];
  const compressed = gzip(whole);
  yield ['hostile/cut.pcap.gz', compressed.subarray(0, compressed.length - 30)];
}

function* hostileNextGeneration(): Iterable<[string, Uint8Array]> {
  const blocks = pcapng('little');
  const head = join(blocks.section(), blocks.interface({ options: [[9, Uint8Array.of(9)]] }));
  const written = packets.map(({ bytes, timeNs }) => blocks.packet({ bytes, time: timeNs }));
  const whole = join(head, ...written);
  const [first, second] = packets;
  const withSecond = (...other: Uint8Array[]) => join(head, written[0], ...other, ...written.slice(2));
  const lying = (lies: { length?: number; trailer?: number; capturedBytes?: number; interfaceId?: number }) =>
    withSecond(blocks.packet({ bytes: second.bytes, time: second.timeNs, ...lies }));
  yield ['hostile/cut-in-a-block.pcapng', whole.subarray(0, whole.length - 10)];
  yield ['hostile/cut-in-the-section-header.pcapng', whole.subarray(0, 20)];
  yield ['hostile/length-of-four-gigabytes.pcapng', lying({ length: 0xffff_fffc })];
  yield ['hostile/length-of-zero.pcapng', lying({ length: 0 })];
  yield ['hostile/two-lengths.pcapng', lying({ trailer: 84 })];
  yield ['hostile/packet-longer-than-its-block.pcapng', lying({ capturedBytes: 5000 })];
  yield ['hostile/undescribed-interface.pcapng', lying({ interfaceId: 9 })];
  yield ['hostile/garbage-in-the-middle.pcapng', withSecond(noise(777), written[1])];
  yield ['hostile/zeros-at-the-end.pcapng', join(whole, new Uint8Array(1000))];
  yield ['hostile/endless-option.pcapng', join(head, blocks.block(6, endlessOption(first.bytes)), ...written)];
  yield ['hostile/version-9.pcapng', join(blocks.section([], [9, 0]), blocks.interface(), ...written)];
}

/** A packet whose option says that it goes on far behind its block. */
function endlessOption(bytes: Uint8Array): Uint8Array {
  const { fields } = pcapng('little');
  const head = fields(
    [0, 4],
    [Number(STARTED_NS >> 32n), 4],
    [STARTED_NS & 0xffffffffn, 4],
    [bytes.length, 4],
    [bytes.length, 4],
  );
  return join(head, bytes, new Uint8Array(-bytes.length & 3), fields([1, 2], [65_535, 2]));
}
