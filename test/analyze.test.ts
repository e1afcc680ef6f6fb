import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnalyzeOptions, Analyzer } from '../src/analyze.js';
import { CaptureError } from '../src/capture/errors.js';
import { parseHostPattern } from '../src/report/address-pattern.js';
import type { Report, ReportAttempt } from '../src/report/model.js';
import { parseMoment } from '../src/report/select.js';
import { join, pcapng } from './build/container.js';
import { ip } from './build/layer.js';
import {
  analyze,
  captureOf,
  clientRst,
  dataElsewhere,
  elsewhere,
  handshake,
  IPV6,
  icmpError,
  report,
  rst,
  type Step,
  silence,
  syn,
  synAck,
} from './build/scenario.js';
import { fixture, fixtureNames } from './capture/read-all.js';
import { readLabels } from './lab/labels.js';

/** One of every outcome, and a clock that jumps. */
const VARIED: readonly Step[] = [
  ...handshake({ at: 0 }),
  syn({ at: 10, clientPort: 50_001 }),
  rst({ at: 11, clientPort: 50_001 }),
  syn({ at: 20, clientPort: 50_002, ...IPV6 }),
  icmpError({ at: 25, clientPort: 50_002, ...IPV6, code: 3, from: '2001:db8::fe' }),
  ...silence({ at: 30, clientPort: 50_003, server: '203.0.113.7' }),
  synAck({ at: 7100, clientPort: 50_004 }),
  syn({ at: 7200, clientPort: 50_005 }),
  synAck({ at: 7201, clientPort: 50_005 }),
  clientRst({ at: 7202, clientPort: 50_005 }),
  dataElsewhere({ at: 12_000 }),
  syn({ at: 12_001, clientPort: 50_006 }),
  ...silence({ at: 9_000_000, clientPort: 50_007 }),
  elsewhere({ at: 9_200_000 }),
];

const SHARED_CAPTURES = new Map([
  ['built', captureOf(VARIED)],
  ...[...fixtureNames('formats'), ...fixtureNames('hostile')].map((name) => [name, fixture(name)] as const),
  ...readLabels().map(({ situation, path }) => {
    const content = readFileSync(path);
    return [situation, new Uint8Array(path.endsWith('.gz') ? gunzipSync(content) : content)] as const;
  }),
]);

/** The report, or the code of the error that says why there is none. */
function outcomeOf(content: Uint8Array, chunkSizes: readonly number[] = [content.length || 1]): Report | string {
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture('a capture');
  try {
    for (let at = 0, index = 0; at < content.length; index++) {
      const size = chunkSizes[index % chunkSizes.length] ?? 1;
      input.push(content.subarray(at, at + size));
      at += size;
    }
    input.end();
  } catch (error) {
    if (error instanceof CaptureError) return error.code;
    throw error;
  }
  return analyzer.finish();
}

const chunkSizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 });

describe('any chunking of the same bytes gives the same report', () => {
  for (const [name, content] of SHARED_CAPTURES) {
    test(name, () => {
      const expected = outcomeOf(content);
      expect(outcomeOf(content, [1])).toEqual(expected);
      fc.assert(
        fc.property(chunkSizes, (sizes) => {
          expect(outcomeOf(content, sizes)).toEqual(expected);
        }),
        { numRuns: 5 },
      );
    });
  }
});

/** Two thousand analyses take seconds, and many more where others run beside them. */
const LIMIT_MS = 120_000;

describe('whatever is read ends in a report or in a CaptureError', () => {
  test('when it breaks off at any byte', { timeout: LIMIT_MS }, () => {
    const content = captureOf(VARIED);
    for (let length = 0; length < content.length; length++) {
      const outcome = outcomeOf(content.subarray(0, length));
      if (length >= 24) expect(typeof outcome).toBe('object');
    }
  });

  test('when bytes of it are corrupted', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...SHARED_CAPTURES.keys()), changes, (name, changed) => {
        const content = SHARED_CAPTURES.get(name)?.slice() ?? new Uint8Array();
        if (content.length === 0) return;
        for (const [at, value] of changed) content[at % content.length] = value;
        expect(outcomeOf(content)).toEqual(outcomeOf(content, [64]));
      }),
      { numRuns: 400 },
    );
  });

  test('when it is nothing but random bytes behind a header', () => {
    const header = captureOf([]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (content, hasHeader) => {
        outcomeOf(hasHeader ? join(header, content) : content);
      }),
      { numRuns: 400 },
    );
  });
});

/** Attempts without what may differ when captures are given in another way. */
function withoutFrames(attempts: readonly ReportAttempt[]) {
  return attempts.map(({ frames, evidence, alternatives, notes, ...rest }) => ({
    ...rest,
    frames: frames.map(({ frame, ...others }) => others),
    evidence: evidence.map(({ text }) => text.replace(/frames? [\d, and]+/g, '')),
    alternatives: alternatives.map(({ cause }) => cause),
    notes: notes.map(({ code }) => code),
  }));
}

/** When the first packet of a report's only capture was captured. */
function epochOf({ captures }: Report): bigint {
  const [, seconds = '', nanoseconds = ''] = /^(.*)\.(\d{9})Z$/.exec(captures[0]?.firstPacketAt ?? '') ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(nanoseconds);
}

describe('several captures', () => {
  const whole = report(VARIED, { all: true });
  const borders = VARIED.map((_, index) => index).slice(1);

  test('that continue each other give the attempts and frame numbers of one, wherever it was split', () => {
    for (const border of borders) {
      const parts = [captureOf(VARIED.slice(0, border)), captureOf(VARIED.slice(border))];
      const { attempts, summary, findings } = analyze(parts, { all: true });
      expect({ attempts, summary, findings }, `split at packet ${border}`).toEqual({
        attempts: whole.attempts,
        summary: whole.summary,
        findings: whole.findings,
      });
    }
  });

  test('given in the wrong order give the same attempts with other frame numbers', () => {
    for (const border of borders) {
      const parts = [captureOf(VARIED.slice(border)), captureOf(VARIED.slice(0, border))];
      const { attempts, summary } = analyze(parts, { all: true });
      expect(withoutFrames(attempts), `split at packet ${border}`).toEqual(withoutFrames(whole.attempts));
      expect(summary).toEqual(whole.summary);
    }
  });

  test('count frames over the captures in the order given', () => {
    const parts = [
      captureOf([elsewhere({ at: 0 }), rst({ at: 501 })]),
      captureOf([elsewhere({ at: 1 }), syn({ at: 500 })]),
    ];
    const { attempts } = analyze(parts);
    expect(attempts[0]?.frames.map(({ frame, kind }) => [frame, kind])).toEqual([
      [4, 'syn'],
      [2, 'rst'],
    ]);
    expect(attempts[0]?.evidence[0]?.frames).toEqual([4, 2]);
  });

  test('that overlap are merged by time: one with the questions, one with the answers', () => {
    const questions = [
      ...handshake({ at: 0 }),
      ...silence({ at: 50, clientPort: 50_001 }),
      syn({ at: 8000, clientPort: 50_002 }),
    ];
    const isAnswer = (_: Step, index: number) => index === 1;
    const parts = [
      captureOf(questions.filter((step, index) => !isAnswer(step, index))),
      captureOf([...questions.filter(isAnswer), rst({ at: 8001, clientPort: 50_002 })]),
    ];
    expect(analyze(parts, { all: true }).attempts.map(({ outcome }) => outcome)).toEqual([
      'established',
      'inconclusive',
      'refused',
    ]);
  });

  test('of the same traffic at the client and at the server hold copies, not more attempts', () => {
    const steps = [...handshake({ at: 0 }), syn({ at: 10, port: 80 }), rst({ at: 11, port: 80 })];
    const atServer = steps.map((step) => ({ ...step, at: step.at + 0.2 }));
    const { summary, quality, attempts } = analyze([captureOf(steps), captureOf(atServer)], { all: true });
    expect(summary).toMatchObject({ attempts: 2, established: 1, refused: 1 });
    expect(attempts.map(({ syns }) => syns)).toEqual([1, 1]);
    expect(quality.copies).toBeGreaterThan(0);
  });

  test('may be of different formats, and one of them empty', () => {
    const blocks = pcapng('big');
    const parts = [captureOf([]), captureOf(VARIED), join(blocks.section(), blocks.interface())];
    expect(analyze(parts, { all: true }).attempts).toEqual(whole.attempts);
  });

  test('give the same report when it is known beforehand when they begin, and are asked for in order of time', () => {
    const parts = borders.slice(0, 6).map((border, index) => VARIED.slice(index === 0 ? 0 : border - 1, border));
    const last = VARIED.slice(borders[5]);
    const shuffled = [last, ...parts.reverse()].map((steps) => ({ bytes: captureOf(steps), atMs: steps[0]?.at ?? 0 }));
    const analyzer = new Analyzer({ all: true });
    const inputs = shuffled.map(({ atMs }, index) =>
      analyzer.addCapture(`capture ${index}`, undefined, undefined, epochOf(whole) + BigInt(atMs * 1e6)),
    );
    const asked: number[] = [];
    for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
      const index = inputs.indexOf(input);
      if (!asked.includes(index)) {
        asked.push(index);
        input.push(shuffled[index]?.bytes ?? new Uint8Array());
      } else input.end();
    }
    expect(asked).toEqual([6, 5, 4, 3, 2, 1, 0]);
    const unknown = analyze(
      shuffled.map(({ bytes }) => bytes),
      { all: true },
    );
    expect(analyzer.finish()).toEqual({
      ...unknown,
      captures: unknown.captures.map((capture, index) => ({ ...capture, name: `capture ${index}` })),
    });
  });

  test('may be added while others are read that go before them', () => {
    const told: ReportAttempt[] = [];
    const analyzer = new Analyzer({ onAttempt: (attempt) => told.push(attempt) });
    for (const [index, part] of [
      [elsewhere({ at: 0 }), syn({ at: 1 })],
      [rst({ at: 2 }), syn({ at: 500, clientPort: 50_001 }), rst({ at: 501, clientPort: 50_001 })],
    ].entries()) {
      const input = analyzer.addCapture(`part ${index}`);
      input.push(captureOf(part));
      input.end();
    }
    expect(told.map(({ frames }) => frames.map(({ frame }) => frame))).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(analyzer.finish().attempts).toEqual(told);
  });

  test('are read on when one of them turns out to be none', () => {
    const analyzer = new Analyzer();
    const [good, bad] = [analyzer.addCapture('good'), analyzer.addCapture('bad')];
    good.push(captureOf([syn({ at: 0 }), rst({ at: 1 })]));
    expect(() => {
      bad.push(new TextEncoder().encode('this is no capture, but a text that goes on for a while'));
      bad.end();
    }).toThrow(CaptureError);
    good.end();
    expect(analyzer.starving()).toBeUndefined();
    expect(analyzer.finish().summary.refused).toBe(1);
  });
});

describe('a selection', () => {
  const only = (selection: AnalyzeOptions['selection'], options: AnalyzeOptions = {}) => {
    const { summary, findings, attempts } = report(VARIED, { ...options, ...(selection && { selection }) });
    return { counted: summary.attempts, findings: findings.length, listed: attempts.length };
  };
  const host = (text: string) => {
    const pattern = parseHostPattern(text);
    if (pattern === undefined) throw new Error(`not a pattern: ${text}`);
    return pattern;
  };

  test('counts only what it selects: by host', () => {
    expect(only({ hosts: [host('203.0.113.7')] })).toEqual({ counted: 1, findings: 1, listed: 1 });
    expect(only({ hosts: [host('192.0.2.0/24')] }).counted).toBe(report(VARIED).summary.attempts - 1);
  });

  test('by port, also of connections that were made', () => {
    expect(only({ ports: [50_000] })).toEqual({ counted: 1, findings: 0, listed: 0 });
    expect(only({ ports: [50_000] }, { all: true })).toEqual({ counted: 1, findings: 0, listed: 1 });
    expect(only({ ports: [9] })).toEqual({ counted: 0, findings: 0, listed: 0 });
  });

  test('by outcome and cause', () => {
    expect(only({ outcomes: ['refused'] })).toEqual({ counted: 1, findings: 1, listed: 1 });
    expect(only({ outcomes: ['established'] })).toEqual({ counted: 1, findings: 0, listed: 0 });
    expect(only({ causes: ['host-unreachable'] })).toEqual({ counted: 1, findings: 1, listed: 1 });
  });

  test('by time', () => {
    const moment = (text: string) => {
      const parsed = parseMoment(text);
      if (parsed === undefined) throw new Error(`no moment: ${text}`);
      return parsed;
    };
    expect(only({ until: moment('2026-11-20T09:10:12.015Z') }).counted).toBe(2);
    expect(only({ since: moment('2026-11-20T10:00:00Z') }).counted).toBe(1);
    expect(only({ since: moment('2027-01-01') }).counted).toBe(0);
  });
});

describe('the report', () => {
  test('counts every outcome', () => {
    expect(report(VARIED).summary).toEqual({
      attempts: 8,
      established: 1,
      refused: 1,
      filtered: 1,
      'timed-out': 2,
      aborted: 1,
      inconclusive: 2,
    });
  });

  test('lists failed attempts only, and with `all` the others too', () => {
    expect(report(VARIED).attempts.map(({ outcome }) => outcome)).toEqual([
      'refused',
      'filtered',
      'timed-out',
      'timed-out',
    ]);
    expect(report(VARIED, { all: true }).attempts).toHaveLength(8);
  });

  test('counts the same with and without `all`', () => {
    for (const [name, content] of SHARED_CAPTURES) {
      const all = outcomeOf(content);
      if (typeof all === 'string') continue;
      expect(analyze([content]).summary, name).toEqual(all.summary);
    }
  });

  test('of a capture without packets is empty', () => {
    const empty = report([]);
    expect(empty).toMatchObject({ summary: { attempts: 0 }, findings: [], attempts: [], observations: [] });
    expect(empty.captures).toMatchObject([{ packets: 0, firstPacketAt: null, lastPacketAt: null }]);
    expect(empty.quality).toMatchObject({ copies: 0, droppedByKernel: null, truncatedAtByte: null, warnings: [] });
  });

  test('lists fewer attempts when they have very many packets', () => {
    const steps = Array.from({ length: 10 }, (_, index) => silence({ at: index, clientPort: 2000 + index })).flat();
    const listed = report([...steps, elsewhere({ at: 60_000 })], { limits: { packets: 9 } });
    expect(listed.attempts).toHaveLength(3);
    expect(listed.summary).toMatchObject({ attempts: 10, 'timed-out': 10 });
  });

  test('says how many attempts were too many to list', () => {
    const steps = Array.from({ length: 30 }, (_, index) => [
      syn({ at: index, clientPort: 2000 + index }),
      rst({ at: index + 0.5, clientPort: 2000 + index }),
    ]).flat();
    const { attempts, quality, summary } = report(steps, { limits: { attempts: 10 } });
    expect(attempts).toHaveLength(10);
    expect(summary).toMatchObject({ attempts: 30, refused: 30 });
    expect(quality.warnings).toEqual([
      { code: 'attempts-not-listed', text: expect.stringMatching(/20 more are counted/) },
    ]);
  });

  test('is the same for those who look at one attempt after the other', () => {
    for (const options of [{}, { all: true }, { limits: { attempts: 3 } }]) {
      const read = (finish: (analyzer: Analyzer) => Report): Report => {
        const analyzer = new Analyzer(options);
        const input = analyzer.addCapture('a.pcap');
        input.push(captureOf(VARIED));
        input.end();
        return finish(analyzer);
      };
      const lazy = read((analyzer) => analyzer.finishLazily());
      const plain = read((analyzer) => analyzer.finish());
      expect(JSON.stringify(lazy)).toBe(JSON.stringify(plain));
      expect(structuredClone(plain)).toEqual(plain);
    }
  });

  test('holds nothing of the analysis, unlike that of `finishLazily`, whose texts are made when they are asked for', () => {
    const findingOf = (told: Report) => Object.getOwnPropertyDescriptors(told.findings[0]);
    const lazily = new Analyzer();
    const input = lazily.addCapture('varied.pcap');
    input.push(captureOf(VARIED));
    input.end();
    const { text, nextSteps } = findingOf(lazily.finishLazily());
    expect([text.value, nextSteps.value]).toEqual([undefined, undefined]);
    const held = findingOf(report(VARIED));
    expect(held.text.value).toBe(text.get?.call(undefined));
    expect(held.nextSteps.value).toEqual(nextSteps.get?.call(undefined));
  });

  test('counts connections however few attempts may be listed', () => {
    const steps = Array.from({ length: 30 }, (_, index) =>
      handshake({ at: index * 10, clientPort: 2000 + index }),
    ).flat();
    expect(report(steps, { limits: { attempts: 1 } })).toMatchObject({
      summary: { established: 30 },
      quality: { warnings: [] },
    });
  });

  test('numbers attempts in the order in which they began', () => {
    const { attempts } = report(VARIED, { all: true });
    expect(attempts.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const starts = attempts.map(({ startedAt }) => startedAt);
    expect(starts).toEqual(starts.toSorted());
    expect(starts[1]).toBe('2026-11-20T09:10:12.010000000Z');
  });

  test('counts what cannot be decoded and goes on', () => {
    const broken = { at: 5, bytes: new Uint8Array([1, 2, 3]) };
    const { quality, summary } = report([syn({ at: 0 }), broken, rst({ at: 6 })]);
    expect(Object.values(quality.undecodable)).toEqual([1]);
    expect(summary.refused).toBe(1);
  });

  describe('names', () => {
    const blocks = pcapng('little');
    const named = join(
      blocks.section(),
      blocks.interface(),
      blocks.names([
        [ip('198.51.100.2'), 'db.example'],
        [ip('192.0.2.1'), 'laptop.example'],
      ]),
      blocks.packet({ bytes: syn({ at: 0 }).bytes, time: 1000n }),
      blocks.packet({ bytes: rst({ at: 1 }).bytes, time: 2000n }),
    );
    const serviceName = (port: number) => (port === 443 ? 'https' : undefined);

    test('are those of the capture, and services those of their ports', () => {
      const [attempt] = analyze([named], { serviceName }).attempts;
      expect(attempt?.server).toEqual({ address: '198.51.100.2', port: 443, name: 'db.example', service: 'https' });
      expect(attempt?.client).toEqual({ address: '192.0.2.1', port: 50_000, name: 'laptop.example' });
    });

    test('are left out when numbers only are asked for', () => {
      const [attempt] = analyze([named], { serviceName, numeric: true }).attempts;
      expect(attempt?.server).toEqual({ address: '198.51.100.2', port: 443 });
      expect(attempt?.client).toEqual({ address: '192.0.2.1', port: 50_000 });
    });

    test('can be selected by, also connections that were made', () => {
      const pattern = parseHostPattern('db.example');
      if (pattern === undefined) throw new Error('not a pattern');
      expect(analyze([named], { selection: { hosts: [pattern] } }).summary.attempts).toBe(1);
      const made = join(
        named,
        ...handshake({ at: 9, clientPort: 2 }).map((step) => blocks.packet({ bytes: step.bytes, time: 9000n })),
      );
      expect(analyze([made], { selection: { hosts: [pattern] } }).summary).toMatchObject({
        attempts: 2,
        established: 1,
      });
    });
  });
});
