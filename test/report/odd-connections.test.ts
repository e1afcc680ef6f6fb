import { describe, expect, test } from 'vitest';
import { FIN, PSH } from '../../src/decode/frame.js';
import { renderTable } from '../../src/report/table.js';
import { CLIENT_ISN, clientData, handshake, lateRst, report, rst, type Step, syn } from '../build/scenario.js';

/** A connection that the server resets before it is used. */
function resetConnection(at: number, port = 443, clientPort = 50_000): Step[] {
  return [...handshake({ at, port, clientPort }), lateRst({ at: at + 5, port, clientPort })];
}

function usedConnection(at: number, clientPort: number): Step[] {
  return [...handshake({ at, clientPort }), clientData({ at: at + 3, clientPort, data: 10 })];
}

/** The ports behind the first, each with one such connection. */
function manyPorts(count: number): Step[] {
  return Array.from({ length: count }, (_, index) => resetConnection(index * 10, 1000 + index)).flat();
}

describe('connections that were made and yet did not work', () => {
  test('are told although established ones are only counted', () => {
    const { observations, attempts, summary } = report(resetConnection(0));
    expect(attempts).toEqual([]);
    expect(summary.established).toBe(1);
    expect(observations).toEqual([
      {
        code: 'accepted-then-reset',
        text: 'The only connection that 198.51.100.2:443 accepted was reset by it before either side sent data (in frames 3 and 4): what accepts there may be a proxy, load balancer or port forwarding that reaches no service.',
        frames: [3, 4],
      },
    ]);
  });

  test('are told with --all alike', () => {
    const steps = resetConnection(0);
    expect(report(steps, { all: true }).observations).toEqual(report(steps).observations);
  });

  test('are counted by port, and compared with all that it accepted', () => {
    const steps = [
      ...usedConnection(0, 50_001),
      ...resetConnection(100, 443, 50_002),
      ...resetConnection(200, 443, 50_003),
      ...resetConnection(300, 80, 50_004),
      ...resetConnection(400, 80, 50_005),
    ];
    const texts = report(steps).observations.map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('2 of 3 connections that 198.51.100.2:443 accepted were reset');
    expect(texts[0]).toContain('(first in frames 7 and 8)');
    expect(texts[1]).toContain('Both connections that 198.51.100.2:80 accepted were reset');
  });

  test('are told apart by how they ended', () => {
    const closed = [...handshake({ at: 0 }), lateRst({ at: 5, flags: FIN | 0x10 })];
    const codes = report([...closed, ...resetConnection(100, 443, 50_001)]).observations.map(({ code }) => code);
    expect(codes).toEqual(['accepted-then-closed', 'accepted-then-reset']);
  });

  test('are passed over where nearly all others were used', () => {
    const used = Array.from({ length: 12 }, (_, index) => usedConnection(index * 100, 40_000 + index)).flat();
    expect(report([...used, ...resetConnection(5000)]).observations).toEqual([]);
  });

  test('are none if the server spoke, or the client', () => {
    const spoke = [
      ...handshake({ at: 0 }),
      lateRst({ at: 5, flags: PSH | 0x10, data: 20 }),
      lateRst({ at: 9, sequence: 900_021 }),
    ];
    expect(report(spoke).observations).toEqual([]);
    expect(
      report([...usedConnection(0, 50_000), lateRst({ at: 9, acknowledgement: CLIENT_ISN + 11 })]).observations,
    ).toEqual([]);
  });

  test('are those that were asked for, and then not compared with others', () => {
    const steps = [...usedConnection(0, 50_001), ...resetConnection(100, 443, 50_002)];
    const told = (ports: number[]) => report(steps, { selection: { ports } }).observations;
    expect(told([50_002])[0]?.text).toContain('The only connection');
    expect(told([22])).toEqual([]);
    expect(report(steps, { selection: { outcomes: ['refused'] } }).observations).toEqual([]);
  });

  test('of many ports are counted', () => {
    const { observations } = report(manyPorts(23));
    expect(observations).toHaveLength(21);
    expect(observations[20]).toEqual({
      code: 'accepted-then-reset',
      text: 'The like was seen of 3 more ports.',
      frames: [],
    });
  });

  test('are sockets that connected to themselves, too', () => {
    const self = { client: '127.0.0.1', server: '127.0.0.1', clientPort: 40_000, port: 40_000, serverIsn: CLIENT_ISN };
    const { observations, summary } = report(handshake({ at: 0, ...self }));
    expect(summary).toMatchObject({ attempts: 1, established: 1 });
    expect(observations).toEqual([
      {
        code: 'self-connect',
        text: 'A socket connected to itself, from 127.0.0.1:40000 to the same (in frames 1, 2 and 3): nothing listens there, and the program talks to itself.',
        frames: [1, 2, 3],
      },
    ]);
  });
});

describe('notes in the report', () => {
  test('name frames as the report does, and stand in the text', () => {
    const steps = [syn({ at: 0, timestamp: 1 }), rst({ at: 5000 })];
    const made = report([
      ...resetConnection(-100, 80, 40_000).map((step) => ({ ...step, at: step.at + 100 })),
      ...steps.map((step) => ({ ...step, at: step.at + 100 })),
    ]);
    const [attempt] = made.attempts;
    expect(attempt?.notes.map(({ code, frames }) => [code, frames])).toEqual([['answer-after-give-up', [5, 6]]]);
    expect(renderTable(made)).toContain(
      'The application reported a timeout; had it waited, it would have seen ECONNREFUSED',
    );
    expect(renderTable(made)).toContain('Note: The RST of frame 6 came 5 s after the last SYN (frame 5)');
  });

  test('are counted in a finding of several attempts', () => {
    const late = (at: number, clientPort: number) => [
      syn({ at, clientPort, timestamp: 1 }),
      rst({ at: at + 5000, clientPort }),
    ];
    const prompt = [syn({ at: 20_000 }), rst({ at: 20_001 })];
    const [finding] = report([...late(0, 50_001), ...late(10_000, 50_002), ...prompt]).findings;
    expect(finding?.text).toContain('2 of 3: The answer came after the program had given up (answer-after-give-up).');
  });
});
