import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DIRECTION_INBOUND, DIRECTION_UNKNOWN, Packet } from '../../src/capture/format.js';
import { PcapngWriter } from '../../src/capture/pcapng-writer.js';
import { needsTool } from '../tools.js';
import { readAll } from './read-all.js';

const SECTION = {
  hardware: 'a machine',
  operatingSystem: 'Linux 6',
  application: 'synwhy 1',
  comment: 'on the host h',
};
const EPOCH_NS = 1_795_165_812_181_938_473n;

/** A packet as a reader would give it: somewhere inside a larger buffer. */
function packet(bytes: Uint8Array, fields: Partial<Packet> = {}): Packet {
  const around = new Uint8Array(bytes.length + 5);
  around.set(bytes, 3);
  return Object.assign(new Packet(), {
    bytes: around,
    offset: 3,
    capturedBytes: bytes.length,
    originalBytes: bytes.length,
    ...fields,
  });
}

function written(fill: (writer: PcapngWriter) => void): Uint8Array {
  const writer = new PcapngWriter(SECTION);
  fill(writer);
  return writer.take();
}

describe('what is written is read again', () => {
  test('any packets at any times, to the nanosecond', () => {
    const any = fc.record({
      bytes: fc.uint8Array({ maxLength: 3000 }),
      timeNs: fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
      more: fc.integer({ min: 0, max: 9000 }),
      direction: fc.constantFrom(DIRECTION_UNKNOWN, DIRECTION_INBOUND),
      interfaceId: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), fc.bigInt(2n ** 51n, 2n ** 62n), (packets, epochNs) => {
        const bytes = written((writer) => {
          writer.addInterface({ linkType: 1, snapLength: 0 });
          writer.addInterface({ linkType: 276, snapLength: 262_144 });
          for (const { bytes, timeNs, more, direction, interfaceId } of packets) {
            const fields = { timeNs, direction, originalBytes: bytes.length + more };
            writer.addPacket(interfaceId, packet(bytes, fields), epochNs);
          }
        });
        const read = readAll(bytes);
        expect(read.facts.damages).toEqual([]);
        expect(read.packets).toEqual(
          packets.map(({ bytes, timeNs, more, direction, interfaceId }, index) => ({
            number: index + 1,
            bytes: Buffer.from(bytes).toString('hex'),
            epochNs: epochNs + BigInt(timeNs),
            originalBytes: bytes.length + more,
            direction,
            interfaceIndex: interfaceId,
            linkType: interfaceId === 0 ? 1 : 276,
          })),
        );
      }),
    );
  });

  test('what is known of the interface and of what was lost on it', () => {
    const { facts } = readAll(
      written((writer) => {
        const filter = 'tcp or icmp';
        writer.addInterface({ linkType: 113, snapLength: 300, name: 'ä"<b>', filter, operatingSystem: 'Linux 6' });
        writer.addPacket(0, packet(Uint8Array.of(1)), EPOCH_NS);
        writer.addStatistics(0, {
          startNs: EPOCH_NS,
          endNs: EPOCH_NS + 7_000_000_123n,
          received: 10,
          dropped: 2,
          droppedByInterface: 1,
        });
      }),
    );
    expect(facts.interfaces).toEqual([
      {
        linkType: 113,
        snapLength: 300,
        name: 'ä"<b>',
        filter: 'tcp or icmp',
        operatingSystem: 'Linux 6',
        dropped: 3,
        endNs: 7_000_000_123,
      },
    ]);
    expect(facts.comments).toEqual([{ packet: 0, text: 'on the host h' }]);
  });

  test('losses that are not known are not said to be none', () => {
    const unknown = { received: undefined, dropped: undefined, droppedByInterface: undefined };
    const { facts } = readAll(
      written((writer) => {
        writer.addInterface({ linkType: 1, snapLength: 0 });
        writer.addStatistics(0, { startNs: EPOCH_NS, endNs: EPOCH_NS, ...unknown });
      }),
    );
    expect(facts.interfaces[0]).not.toHaveProperty('dropped');
  });

  test('what is taken is not given again', () => {
    const writer = new PcapngWriter(SECTION);
    const first = writer.take().slice();
    writer.addInterface({ linkType: 1, snapLength: 0 });
    const second = writer.take().slice();
    expect(writer.waitingBytes).toBe(0);
    expect(readAll(new Uint8Array([...first, ...second])).facts.interfaces).toHaveLength(1);
  });

  test('a text that is longer than an option may be is cut', () => {
    const { facts } = readAll(
      written((writer) => writer.addInterface({ linkType: 1, snapLength: 0, name: 'ä'.repeat(70_000) })),
    );
    expect(facts.damages).toEqual([]);
    expect(facts.interfaces[0]?.name).toBe('ä'.repeat(2048));
  });
});

describe('Wireshark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-writer-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('reads times, interface, filter, and where it comes from', (context) => {
    needsTool(context, 'tshark', 'capinfos');
    const file = join(folder, 'a.pcapng');
    const bytes = written((writer) => {
      writer.addInterface({ linkType: 1, snapLength: 262_144, name: 'eth7', filter: 'tcp port 80' });
      writer.addPacket(0, packet(new Uint8Array(60), { timeNs: 1_500_000_001, originalBytes: 99 }), EPOCH_NS);
      const statistics = { received: 5, dropped: 0, droppedByInterface: 0 };
      writer.addStatistics(0, { startNs: EPOCH_NS, endNs: EPOCH_NS, ...statistics });
    });
    writeFileSync(file, bytes);
    const fields = ['frame.time_epoch', 'frame.cap_len', 'frame.len', 'frame.interface_name'];
    const shown = run('tshark', '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
    expect(shown.trim().split('\t')).toEqual(['1795165813.681938474', '60', '99', 'eth7']);
    const said = run('capinfos', file);
    for (const words of ['synwhy 1', 'a machine', 'Linux 6', 'on the host h', 'eth7', 'tcp port 80']) {
      expect(said).toContain(words);
    }
    expect(said).toMatch(/Number of stat entries = 1/);
  });
});

function run(program: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}
