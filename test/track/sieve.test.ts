import { describe, expect, test } from 'vitest';
import type { Packet } from '../../src/capture/format.js';
import { ACK, SYN } from '../../src/decode/frame.js';
import { runOf, Sieve } from '../../src/track/sieve.js';
import { ethernet, ipv4, packetOf, tcp } from '../build/packet.js';

const CLIENT = '192.0.2.1';
const SERVER = '198.51.100.2';

interface Ends {
  from?: string;
  to?: string;
  sourcePort?: number;
  destinationPort?: number;
}

function segment(flags: number, ends: Ends = {}): Packet {
  const { from = CLIENT, to = SERVER, sourcePort = 50_000, destinationPort = 443 } = ends;
  return packetOf(ethernet({}, ipv4({ source: from, destination: to }, tcp({ sourcePort, destinationPort, flags }))));
}

const BACK = { from: SERVER, to: CLIENT, sourcePort: 443, destinationPort: 50_000 } as const;

/** A sieve, and what it lets through: 'passed over', 'first' or 'repetition'. */
class Tried {
  readonly sieve = new Sieve();

  /** Sifts a packet; `isOpen`: whether an attempt between its ends is open once it was followed. */
  sift(packet: Packet, isOpen = false): string {
    if (this.sieve.look(packet)) return 'passed over';
    this.sieve.note(isOpen, isOpen);
    return this.sieve.isRepetition ? 'repetition' : 'first';
  }
}

function tried(): Tried {
  const one = new Tried();
  one.sieve.startRun();
  return one;
}

describe('the sieve', () => {
  test('lets the first segment of a connection through, in each direction', () => {
    const sieve = tried();
    expect(sieve.sift(segment(ACK))).toBe('first');
    expect(sieve.sift(segment(ACK))).toBe('passed over');
    expect(sieve.sift(segment(ACK, BACK))).toBe('first');
    expect(sieve.sift(segment(ACK, BACK))).toBe('passed over');
    expect(sieve.sift(segment(ACK))).toBe('passed over');
  });

  test('tells connections apart by each address and each port', () => {
    const sieve = tried();
    sieve.sift(segment(ACK));
    const others: Ends[] = [
      { from: '192.0.2.2' },
      { to: '198.51.100.3' },
      { sourcePort: 50_001 },
      { destinationPort: 444 },
    ];
    for (const ends of others) expect(sieve.sift(segment(ACK, ends))).toBe('first');
  });

  test('lets repetitions through as such while an attempt between their ends may be open', () => {
    const sieve = tried();
    sieve.sift(segment(ACK));
    sieve.sieve.look(segment(SYN));
    sieve.sieve.noteSyn();
    expect(sieve.sift(segment(ACK), true)).toBe('repetition');
    expect(sieve.sift(segment(ACK), false)).toBe('repetition');
    expect(sieve.sift(segment(ACK))).toBe('passed over');
  });

  test('counts a segment as the first only if no attempt between its ends was open', () => {
    const sieve = tried();
    expect(sieve.sift(segment(ACK), true)).toBe('first');
    expect(sieve.sift(segment(ACK), false)).toBe('first');
    expect(sieve.sift(segment(ACK))).toBe('passed over');
  });

  test('lets all repetitions through once nobody knows between which ends something was opened', () => {
    const sieve = tried();
    sieve.sift(segment(ACK));
    sieve.sieve.isUnsure = true;
    expect(sieve.sift(segment(ACK))).toBe('repetition');
    sieve.sieve.startRun();
    expect(sieve.sieve.isUnsure).toBe(false);
  });

  test('begins anew with each run', () => {
    const sieve = tried();
    sieve.sift(segment(ACK));
    sieve.sieve.startRun();
    expect(sieve.sift(segment(ACK))).toBe('first');
  });

  test('knows as many connections as a run has', () => {
    const sieve = tried();
    const ports = Array.from({ length: 5000 }, (_, index) => 1024 + index);
    for (const sourcePort of ports) expect(sieve.sift(segment(ACK, { sourcePort }))).toBe('first');
    for (const sourcePort of ports) expect(sieve.sift(segment(ACK, { sourcePort }))).toBe('passed over');
    sieve.sieve.moveTo({ words: (count) => new Int32Array(count) });
    for (const sourcePort of ports) expect(sieve.sift(segment(ACK, { sourcePort }))).toBe('passed over');
  });

  test('takes a connection of an address with itself as one, by its ports', () => {
    const sieve = tried();
    const there = { from: CLIENT, to: CLIENT, sourcePort: 5, destinationPort: 6 };
    expect(sieve.sift(segment(ACK, there))).toBe('first');
    expect(sieve.sift(segment(ACK, { ...there, sourcePort: 6, destinationPort: 5 }))).toBe('first');
    expect(sieve.sift(segment(ACK, there))).toBe('passed over');
  });
});

test('a run is two seconds of the time that a capture counts from its first packet, before that one too', () => {
  expect([0, 1.9e9, 2e9, 3.5e9, -1, -2e9].map(runOf)).toEqual([0, 0, 2e9, 2e9, -2e9, -2e9]);
});
