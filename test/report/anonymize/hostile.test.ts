import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Packet } from '../../../src/capture/format.js';
import { Frame } from '../../../src/decode/frame.js';
import { decodePacket } from '../../../src/decode/packet.js';
import { createDisguise } from '../../../src/node/anonymize.js';
import { SAMPLES } from '../../decode/samples.js';

const disguise = createDisguise('a key', true);
const LINK_TYPES = [0, 1, 6, 9, 50, 101, 105, 108, 113, 127, 147, 192, 228, 229, 239, 258, 276] as const;

function packetOf(linkType: number, bytes: Uint8Array, originalBytes = bytes.length): Packet {
  const packet = new Packet();
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  packet.capturedBytes = bytes.length;
  packet.originalBytes = Math.max(bytes.length, originalBytes);
  packet.linkType = linkType;
  return packet;
}

function kindOf(packet: Packet): number {
  const frame = new Frame();
  decodePacket(packet, frame);
  return frame.kind;
}

describe('whatever the bytes of a packet are', () => {
  test('it can be disguised, and stays within what it was', () => {
    const packets = fc.tuple(fc.constantFrom(...LINK_TYPES), fc.uint8Array({ maxLength: 200 }), fc.nat(3000));
    fc.assert(
      fc.property(packets, ([linkType, bytes, more]) => {
        const disguised = disguise.packet(packetOf(linkType, bytes, bytes.length + more));
        expect(disguised.capturedBytes).toBeLessThanOrEqual(disguised.originalBytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('it says the same of TCP as before, of any kind, also when it was damaged or cut', () => {
    const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLES), changes, fc.nat(400), ([linkType, sample], damage, cut) => {
        const bytes = sample.slice(0, cut < 200 ? sample.length : cut - 150);
        for (const [at, value] of damage) if (at < bytes.length) bytes[at] = value;
        const kind = kindOf(packetOf(linkType, bytes, sample.length));
        expect(kindOf(disguise.packet(packetOf(linkType, bytes, sample.length)))).toBe(kind);
      }),
      { numRuns: 5000 },
    );
  });

  test('a message of DNS of the greatest length is no trouble', () => {
    const bytes = new Uint8Array(262_144);
    bytes.set(SAMPLES[0][1].subarray(0, 14));
    bytes.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 53, 0, 53, 0, 0, 0, 0], 14);
    expect(kindOf(disguise.packet(packetOf(1, bytes)))).toBe(kindOf(packetOf(1, bytes)));
  });
});
