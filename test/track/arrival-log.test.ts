import { describe, expect, test } from 'vitest';
import { ARRIVED_PLACES, ArrivalLog } from '../../src/track/arrival-log.js';
import { HostRows } from '../../src/track/host-rows.js';
import { echoReply, elsewhere, follow, icmpError, rst, type Step, silence, syn, synAck } from '../build/scenario.js';

const SECOND_NS = 1e9;
const HOST = 0;

/** A log of so many hosts. */
function logOf(hosts: number): ArrivalLog {
  const rows = new HostRows(4);
  for (let host = 0; host < hosts; host++) rows.add(0, 0, 0xffff, host);
  return new ArrivalLog(rows, ARRIVED_PLACES);
}

/** A log in which something came to one host at these seconds, each in the frame of its place. */
function arrivalsAt(seconds: readonly number[]): ArrivalLog {
  const log = logOf(4);
  for (const [index, second] of seconds.entries()) log.note(HOST, { timeNs: second * SECOND_NS, frame: index + 1 });
  return log;
}

function around(seconds: readonly number[], from: number, to: number, within = 120) {
  return arrivalsAt(seconds).around(HOST, from * SECOND_NS, to * SECOND_NS, within * SECOND_NS);
}

describe('what came to a host', () => {
  test('is told as the last before a time, whether anything came meanwhile, and the first behind it', () => {
    expect(around([1, 2, 3, 40, 41], 10, 30)).toEqual({ before: 3, meanwhile: false, after: 4 });
    expect(around([1, 2, 3, 20, 40, 41], 10, 30)).toEqual({ before: 3, meanwhile: true, after: 5 });
  });

  test('is not told of a host to which nothing came', () => {
    expect(around([], 0, 9)).toBeUndefined();
    expect(logOf(4).around(-1, 0, 9, 9)).toBeUndefined();
    expect(logOf(4).latestNs(HOST)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('came meanwhile also if it is one of many without a long gap', () => {
    expect(around([0, 3, 6, 9, 12], 7, 8)).toEqual({ before: undefined, meanwhile: true, after: undefined });
  });

  test('counts only within the time asked for', () => {
    expect(around([1, 300], 150, 160)).toEqual({ before: undefined, meanwhile: false, after: undefined });
    expect(around([31, 280], 150, 160)).toEqual({ before: 1, meanwhile: false, after: 2 });
  });

  test('includes both ends of the time', () => {
    expect(around([10], 10, 20)?.meanwhile).toBe(true);
    expect(around([20], 10, 20)?.meanwhile).toBe(true);
  });

  test('is known also after the clock has jumped back', () => {
    const seconds = [1000, 1001, 5, 6, 40];
    expect(around(seconds, 10, 30)).toEqual({ before: 4, meanwhile: false, after: 5 });
    expect(around(seconds, 1000.5, 1000.7)?.meanwhile).toBe(true);
  });

  test('may be a little out of order, as packets of several interfaces are', () => {
    expect(around([5, 4.9, 5.1, 40], 10, 30)).toEqual({ before: 3, meanwhile: false, after: 4 });
  });

  test('is kept of many hosts when room is made for more', () => {
    const rows = new HostRows(4);
    rows.add(0, 0, 0xffff, 0);
    const log = new ArrivalLog(rows, ARRIVED_PLACES);
    log.note(HOST, { timeNs: SECOND_NS, frame: 1 });
    for (let host = 1; host < 4096; host++) rows.add(0, 0, 0xffff, host);
    log.note(4000, { timeNs: 2 * SECOND_NS, frame: 9 });
    expect(log.around(HOST, 3 * SECOND_NS, 4 * SECOND_NS, 9e9)?.before).toBe(1);
    expect(log.around(4000, 3 * SECOND_NS, 4 * SECOND_NS, 9e9)?.before).toBe(9);
    expect(log.around(3999, 0, 9e9, 9e9)).toBeUndefined();
  });
});

describe('the memory of arrivals', () => {
  test('holds the latest hundred or so of a host that is cut off again and again', () => {
    const seconds = Array.from({ length: 1000 }, (_, index) => index * 10);
    expect(around(seconds, 9902, 9908)).toEqual({ before: 991, meanwhile: false, after: 992 });
    expect(around(seconds, 102, 108)).toEqual({ before: undefined, meanwhile: false, after: undefined });
  });

  test('does not grow with a flood of hosts, and says so: where something was forgotten, nothing is told', () => {
    const hosts = 1 << 16;
    const log = logOf(hosts);
    for (let second = 0; second < 80; second += 10) {
      for (let host = 0; host < hosts; host++) log.note(host, { timeNs: second * SECOND_NS, frame: second + 1 });
    }
    expect(log.around(7, 2e9, 8e9, 120e9)).toEqual({ before: 1, meanwhile: false, after: 11 });
    expect(log.around(7, 52e9, 58e9, 120e9)).toBeUndefined();
    expect(log.around(7, 72e9, 78e9, 120e9)).toEqual({ before: 71, meanwhile: false, after: undefined });
  });
});

describe('what reached the client of a silent attempt', () => {
  const tries = (at: number): Step[] => silence({ at }, [0, 1000, 3000]);
  const reached = (...steps: (Step | Step[])[]) =>
    follow(steps.flat().sort((one, other) => one.at - other.at)).attempts.find(
      ({ events, server }) => server.port === 443 && events.every(({ kind }) => kind === 'syn'),
    )?.clientReached;
  const other = { server: '203.0.113.7', port: 80, clientPort: 1 };
  const end = elsewhere({ at: 200_000 });

  test('is any answer to it: a SYN-ACK, an RST, an ICMP error, or a packet without TCP', () => {
    const answers = [
      synAck({ at: 1, ...other }),
      rst({ at: 1, ...other }),
      icmpError({ at: 1, ...other, from: '203.0.113.254' }),
      echoReply({ at: 1, from: '203.0.113.7' }),
    ];
    for (const answer of answers) {
      expect(reached(syn({ at: 0, ...other }), answer, tries(10_000), end)).toMatchObject({
        before: 2,
        meanwhile: false,
      });
    }
  });

  test('is told meanwhile and afterwards as well', () => {
    const more = { ...other, clientPort: 2, isn: 5 };
    const later = (at: number) => [syn({ at, ...more }), rst({ at: at + 1, ...more })];
    const first = [syn({ at: 0, ...other }), rst({ at: 1, ...other })];
    expect(reached(first, tries(10_000), later(12_000), end)).toMatchObject({ meanwhile: true });
    expect(reached(first, tries(10_000), later(30_000), end)).toEqual({ before: 2, meanwhile: false, after: 7 });
  });

  test('is no ICMP error of its own system, and nothing that was sent to others', () => {
    const own = icmpError({ at: 1, ...other, from: '192.0.2.1' });
    expect(reached(syn({ at: 0, ...other }), own, tries(10_000), end)).toBeUndefined();
    const others = { ...other, client: '192.0.2.99' };
    expect(reached(syn({ at: 0, ...others }), rst({ at: 1, ...others }), tries(10_000), end)).toBeUndefined();
  });

  test('is asked for silent attempts only', () => {
    const { attempts } = follow([syn({ at: 0 }), synAck({ at: 1 }), end]);
    expect(attempts[0]?.clientReached).toBeUndefined();
  });
});
