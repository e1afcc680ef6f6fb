/** What no packet may do, whatever its bytes are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Packet } from '../../src/capture/format.js';
import { FRAME_ICMP_ERROR, FRAME_OTHER, FRAME_TCP, type Frame } from '../../src/decode/frame.js';
import { decodePacket, UNDECODABLE_REASONS } from '../../src/decode/packet.js';
import { readTcpOptions, TcpOptions } from '../../src/decode/tcp-options.js';
import { usedFrame } from './decoded.js';
import { LINK_TYPES, SAMPLES } from './samples.js';

const BEFORE = 64;
const AFTER = 256;

/** The packet in the middle of bytes that are not its own. */
function packetWithin(content: Uint8Array, linkType: number, originalBytes: number, poison: number): Packet {
  const packet = new Packet();
  packet.bytes = new Uint8Array(BEFORE + content.length + AFTER).fill(poison);
  packet.bytes.set(content, BEFORE);
  packet.view = new DataView(packet.bytes.buffer);
  packet.offset = BEFORE;
  packet.capturedBytes = content.length;
  packet.originalBytes = originalBytes;
  packet.linkType = linkType;
  return packet;
}

interface Outcome {
  reason: number;
  frame: Frame;
  options: TcpOptions;
}

function decodeWithin(content: Uint8Array, linkType: number, originalBytes: number, poison: number): Outcome {
  const packet = packetWithin(content, linkType, originalBytes, poison);
  const frame = usedFrame();
  const options = new TcpOptions();
  const reason = decodePacket(packet, frame);
  if (reason === 0 && isTcp(frame)) {
    expect(frame.optionsBytes).toBeGreaterThanOrEqual(0);
    if (frame.optionsBytes > 0) {
      expect(frame.optionsOffset).toBeGreaterThanOrEqual(packet.offset);
      expect(frame.optionsOffset + frame.optionsBytes).toBeLessThanOrEqual(packet.offset + packet.capturedBytes);
    }
    readTcpOptions(packet.view, frame.optionsOffset, frame.optionsBytes, options);
  }
  return { reason, frame, options };
}

function isTcp(frame: Frame): boolean {
  return frame.kind === FRAME_TCP || frame.kind === FRAME_ICMP_ERROR;
}

/** Decodes among two different poisons: had a byte of theirs been read, it would show. */
function decodeSafely(content: Uint8Array, linkType: number, originalBytes = content.length): Outcome {
  const outcome = decodeWithin(content, linkType, originalBytes, 0x45);
  const other = decodeWithin(content, linkType, originalBytes, 0x60);
  expect(JSON.stringify(other)).toBe(JSON.stringify(outcome));
  const { reason, frame } = outcome;
  expect(UNDECODABLE_REASONS[reason]).toBeTypeOf('string');
  if (reason !== 0) {
    expect(frame.kind).toBe(FRAME_OTHER);
    return outcome;
  }
  expect(frame.kind).toBeGreaterThanOrEqual(0);
  if (isTcp(frame)) {
    expect(frame.payloadBytes).toBeGreaterThanOrEqual(0);
    expect(Object.is(frame.payloadBytes, -0)).toBe(false);
  }
  return outcome;
}

const anyLinkType = fc.constantFrom(...LINK_TYPES);

describe('a packet', () => {
  test('of any bytes and any link type is decoded or has a reason, without a look outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), anyLinkType, fc.nat(70_000), (content, linkType, more) => {
        decodeSafely(content, linkType, content.length + more);
      }),
      { numRuns: 1000 },
    );
  });

  test('of any sort with any bytes changed is decoded or has a reason, without a look outside', () => {
    const anyChange = fc.tuple(fc.nat(0xffff), fc.oneof(fc.nat(255), fc.constantFrom(0, 4, 6, 41, 47, 255)));
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(anyChange, { minLength: 1, maxLength: 6 }),
        fc.nat(40),
        ([linkType, sample], changes, cut) => {
          const content = sample.slice(0, Math.max(0, sample.length - cut));
          for (const [at, value] of changes) if (content.length > 0) content[at % content.length] = value;
          decodeSafely(content, linkType, sample.length);
        },
      ),
      { numRuns: 4000 },
    );
  });

  test('of any sort as another link type is decoded or has a reason', () => {
    for (const [, content] of SAMPLES) for (const linkType of LINK_TYPES) decodeSafely(content, linkType);
  });

  test.each(SAMPLES)(
    'of link type %i cut anywhere has the same TCP or a reason, or shows less (%#)',
    (linkType, sample) => {
      const whole = decodeSafely(sample, linkType);
      expect(whole.reason).toBe(0);
      for (let captured = 0; captured < sample.length; captured++) {
        const { reason, frame } = decodeSafely(sample.slice(0, captured), linkType, sample.length);
        if (reason !== 0 || !isTcp(frame)) continue;
        expect(factsOf(frame)).toEqual(factsOf(whole.frame));
        if (frame.flags < 0) continue;
        expect(frame.flags).toBe(whole.frame.flags);
        expect(frame.payloadBytes).toBe(whole.frame.payloadBytes);
      }
    },
  );

  function factsOf(frame: Frame): unknown[] {
    const { kind, source3, destination3, sourcePort, destinationPort, sequence, tunnelDepth } = frame;
    return [kind, source3, destination3, sourcePort, destinationPort, sequence, tunnelDepth];
  }

  test.each([
    ['VLAN tags', [0x81, 0x00, 0, 1]],
    ['MPLS labels', [0, 0, 0, 0]],
    ['MAC security tags', [0, 0, 0, 0, 0, 1, 0x88, 0xe5]],
    ['IPv6 extension headers', [60, 0, 0, 0, 0, 0, 0, 0]],
    ['authentication headers', [51, 0, 0, 0, 0, 0, 0, 0]],
    ['Ethernet in Ethernet', [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x65, 0x58]],
    ['SNAP in SNAP', [0xaa, 0xaa, 3, 0, 0, 0, 0, 100]],
    ['IPv4 in IPv4', [0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]],
  ])('of nothing but %s ends', (_, pattern) => {
    const content = Uint8Array.from({ length: 262_144 }, (_unused, at) => pattern[at % pattern.length]);
    for (const linkType of LINK_TYPES) {
      for (const from of [0, 12, 14]) {
        const packet = packetWithin(content.subarray(from === 0 ? 0 : pattern.length - 2), linkType, content.length, 0);
        expect(UNDECODABLE_REASONS[decodePacket(packet, usedFrame())]).toEqual(expect.any(String));
      }
    }
  });
});
