import { describe, expect, test } from 'vitest';
import { join, pcapng } from '../build/container.js';
import {
  analyze,
  clientRst,
  elsewhere,
  handshake,
  icmpError,
  report,
  rst,
  silence,
  syn,
  synAck,
} from '../build/scenario.js';

describe('an attempt in the report', () => {
  test('has its packets with frame numbers and times since its first', () => {
    const [attempt] = report([elsewhere({ at: 0 }), syn({ at: 10 }), rst({ at: 10.42 })]).attempts;
    expect(attempt).toMatchObject({
      startedAt: '2026-11-20T09:10:12.010000000Z',
      durationMs: 0.42,
      frames: [
        { frame: 2, kind: 'syn', atMs: 0 },
        { frame: 3, kind: 'rst', atMs: 0.42 },
      ],
    });
  });

  test('counts its SYNs, SYN-ACKs, RSTs and ICMP errors of all kinds', () => {
    const [attempt] = report([
      syn({ at: 0 }),
      rst({ at: 1, acknowledgement: 5 }),
      icmpError({ at: 2, code: 13 }),
      synAck({ at: 3, acknowledgement: 9 }),
      clientRst({ at: 4 }),
      syn({ at: 1000 }),
      synAck({ at: 1001 }),
      icmpError({ at: 1002, quotes: 'syn-ack', code: 13 }),
    ]).attempts;
    expect(attempt).toMatchObject({ syns: 2, synAcks: 2, resets: 2, icmpErrors: 2 });
  });

  test('tells of an ICMP error what it was and who sent it', () => {
    const [attempt] = report([syn({ at: 0 }), icmpError({ at: 1, code: 13, from: '203.0.113.254' })]).attempts;
    expect(attempt?.frames[1]).toEqual({
      frame: 2,
      kind: 'icmp',
      atMs: 1,
      icmp: { version: 4, type: 3, code: 13, from: '203.0.113.254' },
    });
  });

  test('says what the application saw', () => {
    const seen = (steps: Parameters<typeof report>[0]) =>
      report(steps, { all: true }).attempts.map(({ applicationError }) => applicationError?.linux ?? null);
    expect(seen([syn({ at: 0 }), rst({ at: 1 })])).toEqual(['ECONNREFUSED']);
    expect(seen([syn({ at: 0 }), icmpError({ at: 1, code: 13 })])).toEqual(['EHOSTUNREACH']);
    expect(seen([syn({ at: 0 }), icmpError({ at: 1, code: 0 })])).toEqual(['ENETUNREACH']);
    expect(seen([...silence({ at: 0 }), elsewhere({ at: 60_000 })])).toEqual(['ETIMEDOUT']);
    expect(seen(handshake({ at: 0 }))).toEqual([null]);
    expect(seen([syn({ at: 0 })])).toEqual([null]);
  });

  test('has no cause and nothing to check when the connection was made', () => {
    expect(report(handshake({ at: 0 }), { all: true }).attempts[0]).toMatchObject({
      outcome: 'established',
      cause: null,
      nextSteps: [],
      alternatives: [],
    });
  });

  test('has something to check for every failure', () => {
    for (const steps of [
      [syn({ at: 0 }), rst({ at: 1 })],
      [syn({ at: 0 }), icmpError({ at: 1, code: 3 })],
      [...silence({ at: 0 }), elsewhere({ at: 60_000 })],
    ]) {
      expect(report(steps).attempts[0]?.nextSteps.length).toBeGreaterThan(0);
    }
  });
});

describe('the captures in the report', () => {
  test('are told in years that can be written, whatever a corrupted one claims', () => {
    const blocks = pcapng('little');
    const claims = [new Uint8Array([0]), new Uint8Array([1])].map((resolution) =>
      join(
        blocks.section(),
        blocks.interface({ options: [[9, resolution]] }),
        blocks.packet({ bytes: syn({ at: 0 }).bytes, time: 2n ** 63n }),
        blocks.packet({ bytes: rst({ at: 0 }).bytes, time: 2n ** 63n }),
      ),
    );
    for (const content of claims) expect(analyze([content]).captures[0]?.firstPacketAt).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  test('are told with format, link types, packets, bytes and times', () => {
    const steps = [syn({ at: 0 }), rst({ at: 1.000001 })];
    expect(report(steps).captures).toEqual([
      {
        name: 'capture-1.pcap',
        format: expect.stringContaining('pcap'),
        linkTypes: ['EN10MB'],
        packets: 2,
        bytes: 24 + 2 * 16 + steps.reduce((sum, { bytes }) => sum + bytes.length, 0),
        firstPacketAt: '2026-11-20T09:10:12.000000000Z',
        lastPacketAt: '2026-11-20T09:10:12.001000001Z',
      },
    ]);
  });
});
