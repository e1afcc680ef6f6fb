import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type AnalyzeOptions, Analyzer } from '../src/analyze.js';
import type { Report, ReportAttempt } from '../src/report/model.js';
import { join, pcapng } from './build/container.js';
import {
  ack,
  analyze,
  captureOf,
  elsewhere,
  handshake,
  icmpError,
  rst,
  type Step,
  silence,
  syn,
  synAck,
} from './build/scenario.js';
import { readLabels } from './lab/labels.js';

/** A live analysis that is fed step by step. */
class Live {
  readonly told: string[] = [];
  readonly analyzer: Analyzer;
  readonly #input;

  constructor(options: AnalyzeOptions = {}) {
    const onAttempt = ({ id, outcome, cause }: ReportAttempt, isCorrection: boolean) =>
      this.told.push(`${isCorrection ? 'no, ' : ''}${id} ${cause ?? outcome}`);
    this.analyzer = new Analyzer({ ...options, onAttempt });
    this.#input = this.analyzer.addCapture('live');
  }

  /** Feeds steps, each as a chunk of its own. */
  feed(...steps: readonly Step[]): this {
    const whole = captureOf(steps);
    const header = this.#isBegun ? 24 : 0;
    this.#isBegun = true;
    let at = 24;
    for (const [index, { bytes }] of steps.entries()) {
      this.#input.push(whole.subarray(index === 0 ? header : at, at + 16 + bytes.length));
      at += 16 + bytes.length;
    }
    return this;
  }
  #isBegun = false;

  /** Feeds further steps as one chunk. */
  feedAtOnce(...steps: readonly Step[]): this {
    this.#input.push(captureOf(steps).subarray(24));
    return this;
  }

  finish(): Report {
    this.#input.end();
    return this.analyzer.finish();
  }
}

/** The same attempts with the same verdicts, whatever their numbers. */
function verdictsOf({ attempts }: Report): string[] {
  return attempts.map(({ client, server, startedAt, outcome, cause, confidence }) =>
    [client.address, client.port, server.address, server.port, startedAt, outcome, cause, confidence].join(' '),
  );
}

describe('an attempt is told', () => {
  test('at once when it is refused', () => {
    const live = new Live().feed(syn({ at: 0 }));
    expect(live.told).toEqual([]);
    live.feed(rst({ at: 100 }));
    expect(live.told).toEqual(['1 port-closed']);
  });

  test('at once when an ICMP error answers it', () => {
    const live = new Live().feed(syn({ at: 0 }), icmpError({ at: 80, code: 13 }));
    expect(live.told).toEqual(['1 admin-prohibited']);
  });

  test('when its next SYN is overdue, also if no packet comes', () => {
    const live = new Live().feed(syn({ at: 0 }), syn({ at: 1000 }));
    live.analyzer.pass(3000);
    expect(live.told).toEqual([]);
    live.analyzer.pass(3300);
    expect(live.told).toEqual(['1 host-silent']);
    live.analyzer.pass(9000);
    expect(live.told).toHaveLength(1);
  });

  test('later when its SYNs are farther apart', () => {
    const live = new Live().feed(...silence({ at: 0 }, [0, 1000, 3000]));
    live.analyzer.pass(4400);
    expect(live.told).toEqual([]);
    live.analyzer.pass(4600);
    expect(live.told).toEqual(['1 host-silent']);
  });

  test('after ten seconds, though the client goes on', () => {
    const live = new Live().feed(
      ...silence({ at: 0 }, [0, 1000, 2000, 3000, 4000, 5000, 7000]),
      elsewhere({ at: 9900 }),
    );
    expect(live.told).toEqual([]);
    live.feed(elsewhere({ at: 10_300 }));
    expect(live.told).toEqual(['1 host-silent']);
  });

  test('in the order in which they were decided', () => {
    const live = new Live().feed(elsewhere({ at: 0 }));
    const refusal = (port: number) => [syn({ at: 100 + port, port }), rst({ at: 100.4 + port, port })];
    live.feedAtOnce(...refusal(1), ...refusal(2), ...refusal(3));
    expect(live.finish().attempts.map(({ id, server }) => [id, server.port])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  test('never when it is established, unless `all` asks for it', () => {
    const steps = [...handshake({ at: 0 }), elsewhere({ at: 100 })];
    expect(new Live().feed(...steps).told).toEqual([]);
    expect(new Live({ all: true }).feed(...steps).told).toEqual(['1 established']);
  });

  test('only if it is asked for', () => {
    const steps = [syn({ at: 0 }), rst({ at: 1 }), elsewhere({ at: 100 })];
    expect(new Live({ selection: { ports: [80] } }).feed(...steps).told).toEqual([]);
    expect(new Live({ selection: { ports: [443] } }).feed(...steps).told).toEqual(['1 port-closed']);
  });

  test('at the end, if the capture ends before it is clear', () => {
    const live = new Live().feed(syn({ at: 0 }), elsewhere({ at: 1500 }));
    expect(live.told).toEqual([]);
    expect(live.finish().summary['timed-out']).toBe(1);
    expect(live.told).toEqual(['1 host-silent']);
  });
});

describe('what was told is told again under its number', () => {
  test('when a SYN-ACK follows an ICMP error that the client ignored', () => {
    const live = new Live().feed(syn({ at: 0 }), icmpError({ at: 60, code: 1 }), elsewhere({ at: 120 }));
    live.feed(syn({ at: 1000 }), synAck({ at: 1001 }), ack({ at: 1100 }));
    expect(live.told).toEqual(['1 host-unreachable', 'no, 1 established']);
    expect(live.finish().summary).toMatchObject({ attempts: 1, established: 1 });
    expect(live.told).toHaveLength(2);
  });

  test('when it was made and forgotten before anybody looked again', () => {
    const live = new Live().feed(syn({ at: 0 }), icmpError({ at: 60, code: 1 }));
    expect(live.told).toEqual(['1 host-unreachable']);
    live.feedAtOnce(synAck({ at: 100 }), ack({ at: 101 }), elsewhere({ at: 170_000 }));
    expect(live.told).toEqual(['1 host-unreachable', 'no, 1 established']);
    expect(live.finish().summary).toMatchObject({ attempts: 1, established: 1 });
  });

  test('when an answer comes to what was taken for silence', () => {
    const live = new Live().feed(syn({ at: 0 }));
    live.analyzer.pass(5000);
    live.feed(syn({ at: 6000 }), rst({ at: 6001 }), elsewhere({ at: 6100 }));
    expect(live.told).toEqual(['1 host-silent', 'no, 1 port-closed']);
  });

  test('when the end of the capture shows another cause', () => {
    const live = new Live().feed(syn({ at: 0 }), rst({ at: 60 }));
    live.feed(...handshake({ at: 5000, clientPort: 50_001 }));
    const { attempts } = live.finish();
    expect(attempts.map(({ id, cause }) => [id, cause])).toEqual([[1, 'service-unstable']]);
    expect(live.told).toEqual(['1 port-closed', 'no, 1 service-unstable']);
  });

  test('but not when nothing changes', () => {
    const live = new Live().feed(syn({ at: 0 }), rst({ at: 60 }), syn({ at: 600 }), rst({ at: 660 }));
    live.finish();
    expect(live.told).toEqual(['1 port-closed']);
  });
});

test('an answer from another address is told with the attempt that it belongs to', () => {
  const live = new Live().feed(syn({ at: 0 }), synAck({ at: 5, server: '203.0.113.77' }));
  live.analyzer.pass(4000);
  expect(live.told).toEqual(['1 bad-syn-ack']);
});

test('what waits for an answer can be asked for', () => {
  const live = new Live().feed(...silence({ at: 0 }, [0, 1000, 3000]), syn({ at: 3500, clientPort: 50_001 }));
  live.analyzer.pass(2000);
  expect(live.analyzer.pending(3000, 10)).toEqual([
    {
      client: { address: '192.0.2.1', port: 50_000 },
      server: { address: '198.51.100.2', port: 443 },
      syns: 3,
      waitedMs: 5500,
    },
  ]);
  expect(live.analyzer.pending(1000, 10)).toHaveLength(2);
  expect(live.analyzer.pending(1000, 1)).toHaveLength(1);
});

test('there is something to wait for until everything is answered or silent for long', () => {
  const live = new Live().feed(syn({ at: 0 }), syn({ at: 1, clientPort: 50_001 }), rst({ at: 2, clientPort: 50_001 }));
  expect(live.analyzer.isUndecided()).toBe(true);
  live.analyzer.pass(3500);
  expect(live.analyzer.isUndecided()).toBe(false);
  live.feed(...handshake({ at: 3600, clientPort: 50_002 }));
  expect(live.analyzer.isUndecided()).toBe(false);
});

describe('the report', () => {
  test('numbers attempts as they were told', () => {
    const live = new Live().feed(
      syn({ at: 0, clientPort: 50_001 }),
      syn({ at: 10 }),
      rst({ at: 90 }),
      elsewhere({ at: 9000 }),
    );
    expect(live.finish().attempts.map(({ id, client }) => [id, client.port])).toEqual([
      [2, 50_001],
      [1, 50_000],
    ]);
  });

  test('keeps the latest attempts, and counts those before', () => {
    const live = new Live({ limits: { attempts: 10 } });
    for (let index = 0; index < 40; index++) {
      live.feed(
        syn({ at: index * 100, clientPort: 2000 + index }),
        rst({ at: index * 100 + 1, clientPort: 2000 + index }),
      );
    }
    const { attempts, summary, quality } = live.feed(elsewhere({ at: 70_000 })).finish();
    expect(summary).toMatchObject({ attempts: 40, refused: 40 });
    expect(attempts.map(({ client }) => client.port)).toEqual([
      2030, 2031, 2032, 2033, 2034, 2035, 2036, 2037, 2038, 2039,
    ]);
    expect(quality.warnings).toMatchObject([
      { code: 'attempts-not-listed', text: expect.stringContaining('the last 10') },
    ]);
    expect(live.told).toHaveLength(40);
  });

  test('is that of the recorded file, over all captures of real kernels', () => {
    for (const { situation, path } of readLabels()) {
      const content = readFileSync(path);
      const bytes = new Uint8Array(path.endsWith('.gz') ? gunzipSync(content) : content);
      const told = new Map<number, string>();
      const analyzer = new Analyzer({ onAttempt: ({ id, outcome, cause }) => told.set(id, `${outcome} ${cause}`) });
      const input = analyzer.addCapture('live');
      for (let at = 0; at < bytes.length; at += 200) input.push(bytes.subarray(at, at + 200));
      input.end();
      const report = analyzer.finish();
      expect(verdictsOf(report), situation).toEqual(verdictsOf(analyze([bytes])));
      // What was told last is what the report says.
      const failed = (verdict: string) => /^(refused|filtered|timed-out)/.test(verdict);
      expect(
        [...told].filter(([, verdict]) => failed(verdict)).sort(([one], [other]) => one - other),
        situation,
      ).toEqual(
        report.attempts
          .map(({ id, outcome, cause }) => [id, `${outcome} ${cause}`])
          .sort(([one], [other]) => Number(one) - Number(other)),
      );
    }
  });
});

describe('a capture that says until when it went on', () => {
  const block = pcapng('little');
  const atMs = (ms: number) => BigInt(Date.parse('2026-11-20T09:10:12Z') + ms) * 1000n;
  const [{ bytes }] = [syn({ at: 0 })];
  const capture = (endMs: number) =>
    join(
      block.section(),
      block.interface(),
      block.packet({ bytes, time: atMs(0) }),
      block.statistics(0, [[3, block.fields([atMs(endMs) >> 32n, 4], [atMs(endMs) & 0xffffffffn, 4])]]),
    );

  test('has watched the silence behind its last packet', () => {
    expect(analyze([capture(4000)]).attempts).toMatchObject([{ outcome: 'timed-out', cause: 'host-silent' }]);
  });

  test.for([
    ['just ended', 500],
    ['claims more than an hour', 2 * 3_600_000],
    ['ended before its packet', -5000],
  ] as const)('has not, when it %s', ([, endMs]) => {
    expect(analyze([capture(endMs)], { all: true }).attempts).toMatchObject([{ cause: 'capture-ended' }]);
  });
});
