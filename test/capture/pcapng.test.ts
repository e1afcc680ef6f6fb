import { describe, expect, test } from 'vitest';
import { MAXIMUM_COMMENTS, MAXIMUM_TEXT_BYTES } from '../../src/capture/facts.js';
import { DIRECTION_INBOUND, DIRECTION_OUTBOUND, DIRECTION_UNKNOWN } from '../../src/capture/format.js';
import { join, pcapng } from '../build/container.js';
import { STARTED_NS } from '../build/make-formats.js';
import { fixture, readAll } from './read-all.js';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);

/** A capture of one interface, and then whatever is given. */
function capture(...blocks: readonly Uint8Array[]): Uint8Array {
  return join(little.section(), little.interface(), ...blocks);
}

const little = pcapng('little');

describe('packets', () => {
  test.for(['little-endian.pcapng', 'big-endian.pcapng'])('%s is read to the nanosecond', (name) => {
    const { packets, facts } = readAll(fixture(`formats/${name}`));
    expect(packets.map((packet) => packet.epochNs - STARTED_NS)).toEqual([
      0n,
      420_137n,
      1_000_000_000n,
      1_000_420_137n,
      2_000_000_000n,
      2_000_420_137n,
    ]);
    expect(packets.map((packet) => packet.number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(facts).toMatchObject({ format: 'pcapng', packets: 6, lastPacketNs: 2_000_420_137, damages: [] });
  });

  test('a simple packet is cut to the snap length of the first interface and has the time of the packet before', () => {
    const { packets, facts } = readAll(
      join(
        little.section(),
        little.interface({ snapLength: 4 }),
        little.simplePacket(bytes, 700),
        little.packet({ bytes, time: 42n }),
        little.simplePacket(bytes, 3),
      ),
    );
    expect(packets.map((packet) => [packet.bytes, packet.originalBytes, packet.epochNs])).toEqual([
      ['01020304', 700, 0n],
      ['0102030405', 5, 42_000n],
      ['010203', 3, 42_000n],
    ]);
    expect(facts).toMatchObject({ firstPacketNs: 0, lastPacketNs: 0 });
  });

  test('an obsolete packet block is a packet like any other', () => {
    const { packets } = readAll(capture(little.obsoletePacket({ bytes, time: 7n, drops: 12, originalBytes: 60 })));
    expect(packets).toMatchObject([{ bytes: '0102030405', epochNs: 7000n, originalBytes: 60 }]);
  });

  test('flags say which way a packet went, for that packet only', () => {
    const flagged = (value: number) => little.packet({ bytes, time: 1n, options: [[2, little.fields([value, 4])]] });
    const { packets } = readAll(capture(flagged(1), flagged(0x102), little.packet({ bytes, time: 1n })));
    const directions = packets.map((packet) => packet.direction);
    expect(directions).toEqual([DIRECTION_INBOUND, DIRECTION_OUTBOUND, DIRECTION_UNKNOWN]);
  });

  test('a custom block takes a frame number as it does in Wireshark, an unknown block does not', () => {
    const { packets, facts } = readAll(fixture('formats/every-block.pcapng'));
    expect(packets.map((packet) => packet.number)).toEqual([1, 2, 4, 5]);
    expect(facts.packets).toBe(4);
  });

  test('a block whose length leaves out its padding is read, as Wireshark does', () => {
    const block = little.packet({ bytes: new Uint8Array(6), time: 1n, length: 38 });
    expect(readAll(capture(block, block))).toMatchObject({ packets: [{}, {}], facts: { damages: [] } });
  });
});

describe('interfaces', () => {
  test('each has its own link type, resolution and offset', () => {
    const { packets, facts } = readAll(fixture('formats/several-interfaces.pcapng'));
    expect(packets.map((packet) => [packet.interfaceIndex, packet.linkType])).toEqual([
      [0, 1],
      [1, 101],
      [2, 1],
      [0, 1],
    ]);
    expect(packets.map((packet) => packet.epochNs - STARTED_NS)).toEqual([0n, 420_137n, 999_999_527n, 1_000_420_137n]);
    expect(facts.interfaces.map((described) => described.linkType)).toEqual([1, 101, 1]);
  });

  test('names, filter, system and drops are kept; the last statistics win', () => {
    const counter = (value: bigint) => little.fields([value, 8]);
    const { facts } = readAll(join(fixture('formats/every-block.pcapng'), little.statistics(0, [[5, counter(9n)]])));
    expect(facts.interfaces).toEqual([
      {
        linkType: 1,
        snapLength: 262_144,
        name: 'eth0',
        description: 'the first one',
        filter: 'tcp port 443',
        operatingSystem: 'Linux 6.18',
        dropped: 9,
      },
    ]);
  });

  test('a new section counts its interfaces from 0 again', () => {
    const { packets, facts } = readAll(fixture('formats/two-sections.pcapng'));
    expect(packets.map((packet) => packet.interfaceIndex)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(packets.at(-1)?.number).toBe(12);
    expect(facts.interfaces).toHaveLength(2);
  });

  test('a packet of an interface that is not described is told as damage', () => {
    const { packets, facts } = readAll(fixture('hostile/undescribed-interface.pcapng'));
    expect(packets).toHaveLength(5);
    expect(facts.damages).toEqual([
      { atByte: 148, skippedBytes: 88, reason: 'a packet of an interface that is not described' },
    ]);
  });
});

describe('names and comments', () => {
  test('the first name that a record gives to its address is kept', () => {
    const v6 = (...groups: number[]) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
    const { facts } = readAll(
      capture(
        little.names([
          [Uint8Array.of(10, 0, 0, 1), 'one.example', 'uno.example'],
          [Uint8Array.of(10, 0, 0, 1), 'late.example'],
          [v6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), 'two.example'],
          [v6(0, 0, 0, 0, 0, 0, 0, 1), 'localhost'],
          [v6(1, 0, 2, 3, 4, 5, 6, 7), 'no-run.example'],
        ]),
      ),
    );
    expect(facts.names).toEqual([
      { address: Uint8Array.of(10, 0, 0, 1), name: 'one.example' },
      { address: Uint8Array.of(10, 0, 0, 1), name: 'late.example' },
      { address: v6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), name: 'two.example' },
      { address: v6(0, 0, 0, 0, 0, 0, 0, 1), name: 'localhost' },
      { address: v6(1, 0, 2, 3, 4, 5, 6, 7), name: 'no-run.example' },
    ]);
  });

  test('comments are kept with the packet that they belong to', () => {
    const { facts } = readAll(fixture('formats/every-block.pcapng'));
    expect(facts.comments).toEqual([
      { packet: 0, text: 'a refused handshake' },
      { packet: 2, text: 'refused' },
    ]);
  });

  test('neither number nor length of comments has a way to fill the memory', () => {
    const talkative = little.packet({ bytes, time: 1n, options: [[1, 'x'.repeat(60_000)]] });
    const { facts } = readAll(capture(...Array.from({ length: MAXIMUM_COMMENTS + 5 }, () => talkative)));
    expect(facts.comments).toHaveLength(MAXIMUM_COMMENTS);
    expect(facts.comments[0].text).toHaveLength(MAXIMUM_TEXT_BYTES);
  });

  test('an option that reaches beyond its block ends the options, not the capture', () => {
    const { packets, facts } = readAll(fixture('hostile/endless-option.pcapng'));
    expect(packets).toHaveLength(7);
    expect(facts).toMatchObject({ comments: [], damages: [] });
  });
});
