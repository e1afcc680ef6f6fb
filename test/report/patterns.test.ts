import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnalyzeOptions } from '../../src/analyze.js';
import type { Report, ReportAttempt, ReportFinding } from '../../src/report/model.js';
import {
  ack,
  clientRst,
  dataElsewhere,
  elsewhere,
  handshake,
  report,
  rst,
  type SegmentFields,
  type Step,
  syn,
  synAck,
} from '../build/scenario.js';

/** What becomes of an attempt that begins at this time; 'answered' goes wrong behind its SYN-ACK. */
type Fate = 'accepted' | 'refused' | 'silent' | 'aborted' | 'answered';

function attempt(fate: Fate, fields: SegmentFields, answerMs = 1): Step[] {
  const later = { ...fields, at: fields.at + answerMs };
  switch (fate) {
    case 'accepted':
      return [syn(fields), synAck(later), ack({ ...later, at: later.at + 0.5 })];
    case 'refused':
      return [syn(fields), rst(later)];
    case 'silent':
      return [syn(fields)];
    case 'aborted':
      return [syn(fields), synAck(later), clientRst({ ...later, at: later.at + 0.1 })];
    case 'answered':
      return [syn(fields), synAck(later), synAck({ ...later, at: later.at + 1000 })];
  }
}

/** 'a' is an accepted attempt, 'r' a refused one, and so on: a second apart, each from a port of its own. */
function sequence(fates: string, fields: (index: number) => Partial<SegmentFields> = () => ({})): Step[] {
  const byLetter: Record<string, Fate> = { a: 'accepted', r: 'refused', s: 'silent', x: 'aborted', w: 'answered' };
  const steps = [...fates].flatMap((letter, index) =>
    attempt(byLetter[letter] ?? 'silent', {
      at: index * 1000,
      clientPort: 40_000 + index,
      isn: 1000 * (index + 1),
      ...fields(index),
    }),
  );
  return [dataElsewhere({ at: 0 }), ...steps, elsewhere({ at: fates.length * 1000 + 60_000 })].sort(
    (one, other) => one.at - other.at,
  );
}

function textOf(steps: readonly Step[], options: AnalyzeOptions = {}): string {
  return report(steps, options).findings[0]?.text ?? '';
}

const client = (number: number) => ({ client: `192.0.2.${number}` });
/** Clients 1, 2, 3, 1, 2, 3 … */
const taking =
  (...clients: number[]) =>
  (index: number) =>
    client(clients[index % clients.length] ?? 0);

describe('whom a finding met', () => {
  test('all clients that tried', () => {
    expect(textOf(sequence('rrrr', taking(1, 2, 3)))).toMatch(/^4 attempts from all 3 clients that tried;/);
    expect(textOf(sequence('rr', taking(1, 2)))).toMatch(/^2 attempts from both clients that tried;/);
  });

  test('some of those that tried, as far as all are known', () => {
    expect(textOf(sequence('arra', taking(1, 2, 3, 4)))).toMatch(/^2 attempts from 2 of 4 clients that tried;/);
    const many = sequence('aaaaaaaaarr', (index) => client(index + 1));
    expect(textOf(many)).toMatch(/^2 attempts from 2 clients;/);
  });

  test('only this client, which the port never answers while it answers others', () => {
    const text = textOf(sequence('rararar', taking(1, 2)));
    expect(text).toMatch(/^4 attempts from 192\.0\.2\.1; /);
    expect(text).toMatch(/Only this client: 3 others connected in the same time\.$/);
  });

  test('not only this client, if another one was not answered either', () => {
    const text = textOf(sequence('raras', (index) => client(index === 4 ? 9 : (index % 2) + 1)));
    expect(text).not.toContain('Only');
  });
});

describe('when it met them', () => {
  test.each([
    ['rrr', 'Every time: no attempt at this port connected.'],
    ['arrra', 'From 09:10:13 to 09:10:15: others connected before and after, none in between.'],
    ['aarr', 'From 09:10:14 on for good: others connected before, none since.'],
    ['rraa', 'Until 09:10:13: others connected after that, none before.'],
    ['aaaraaaraaar', 'Every 4th attempt from 09:10:15 to 09:10:23: the 6 others connected.'],
    ['rarar', 'Every other attempt from 09:10:12 to 09:10:16: the 2 others connected.'],
    ['raaraaaraaraaaraaar', 'About every 4th attempt from 09:10:12 to 09:10:30: the 13 others connected.'],
    ['raaaaaarra', 'Now and then: 6 others connected in between.'],
    ['aarraaaaar', 'Now and then: 5 others connected in between.'],
    ['aara', 'Once: 3 others connected, before and after.'],
  ])('%s: %s', (fates, expected) => {
    expect(textOf(sequence(fates))).toContain(` ${expected}`);
  });

  test.each([
    ['r', 'one attempt has no pattern'],
    ['ar', 'one attempt has no pattern'],
    ['ara', 'once among two says nothing'],
    ['rrx', 'a probe found the port open'],
    ['arxar', 'another attempt failed in another way in between'],
  ])('%s: nothing, since %s', (fates) => {
    expect(textOf(sequence(fates))).not.toMatch(/Every|From|Until|Once|Only/);
  });

  test('counts a SYN-ACK as a success only if the attempt succeeded', () => {
    // Of a port that lets nobody in: SYN-ACKs, and nothing behind them.
    const [finding] = report(sequence('www')).findings;
    expect(finding?.text).toContain('Every time: no attempt at this port connected.');
    expect(textOf(sequence('awwa'))).toContain('From 09:10:13 to 09:10:14: others connected before and after');
  });

  test('counts a success whose SYN-ACK stands in the capture before its SYN', () => {
    const early = [synAck({ at: 3000, clientPort: 41_000 }), syn({ at: 3001, clientPort: 41_000 })];
    const steps = [...sequence('rrr'), ...early, ack({ at: 3002, clientPort: 41_000 })];
    const text = textOf(steps.sort((one, other) => one.at - other.at));
    expect(text).toContain('Until 09:10:14: others connected after that');
  });

  test('looks at the hosts of attempts that were decided before their server was ever heard', () => {
    const later = [...handshake({ at: 300_000, clientPort: 41_000 }), elsewhere({ at: 301_000 })];
    const text = textOf([...sequence('ss').slice(0, 3), elsewhere({ at: 200_000 }), ...later]);
    expect(text).toContain('Until 09:10:13: others connected after that, none before.');
  });

  test('tells the day where midnight lies in between', () => {
    const steps = [
      ...attempt('refused', { at: 0 }),
      ...Array.from({ length: 20 }, (_, hour) => elsewhere({ at: (hour + 0.5) * 3000e3 })),
      ...attempt('refused', { at: 60_000e3, clientPort: 2 }),
      ...attempt('accepted', { at: 60_100e3, clientPort: 3 }),
    ];
    expect(textOf(steps)).toContain('Until 11-21 01:50:12: others connected');
  });

  test('is not told of what was not seen in full', () => {
    const steps = sequence('rararar');
    expect(textOf(steps)).toContain('Every other attempt');
    expect(textOf(steps, { limits: { attempts: 3 } })).not.toContain('Every');
    // A clock that jumps leaves no order of time.
    const jumps = [...steps, elsewhere({ at: -400_000 }), elsewhere({ at: -399_000 })];
    expect(textOf(jumps)).not.toContain('Every');
  });

  test('is the same whether or not connections are listed, and of the whole port whatever is selected', () => {
    const steps = sequence('araraxrra', taking(1, 2));
    expect(textOf(steps, { all: true })).toBe(textOf(steps));
    const selected = textOf(sequence('rrr', taking(1, 2, 3)), {
      selection: { hosts: [(address) => address === '192.0.2.1'] },
    });
    expect(selected).not.toMatch(/all|both|Every time/);
  });
});

describe('what the attempts contradict is never said', () => {
  const fates = fc.constantFrom<Fate>(
    'accepted',
    'accepted',
    'accepted',
    'refused',
    'refused',
    'silent',
    'aborted',
    'answered',
  );
  const conversation = fc.record({
    fate: fates,
    gapMs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 500, max: 3000 })),
    answerMs: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 900 })),
    client: fc.integer({ min: 1, max: 3 }),
    port: fc.constantFrom(80, 80, 443),
  });
  const regular = fc
    .tuple(
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 6, max: 30 }),
      fc.nat(4),
      fc.constantFrom<Fate>('refused', 'silent'),
    )
    .map(([period, length, phase, fate]) =>
      Array.from({ length }, (_, index) => ({
        fate: index % period === phase ? fate : ('accepted' as const),
        gapMs: 1000,
        answerMs: 1,
        client: 1,
        port: 80,
      })),
    );

  function stepsOf(attempts: readonly { fate: Fate; gapMs: number; answerMs: number; client: number; port: number }[]) {
    let at = 0;
    const steps = attempts.flatMap(({ fate, gapMs, answerMs, client: number, port }, index) => {
      at += gapMs;
      return attempt(
        fate,
        { at, clientPort: 40_000 + index, isn: 5000 * (index + 1), port, ...client(number) },
        answerMs,
      );
    });
    return [dataElsewhere({ at: 0 }), ...steps, elsewhere({ at: at + 60_000 })].sort((one, other) => one.at - other.at);
  }

  test('for any mixture of attempts', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(conversation, { minLength: 1, maxLength: 30 }), regular), (attempts) => {
        const whole = report(stepsOf(attempts), { all: true });
        for (const finding of whole.findings) checkClaims(finding, whole);
      }),
      { numRuns: 300 },
    );
  });
});

const ms = (time: string) => Date.parse(time) + Number(time.slice(23, 29)) / 1e6;

/** Holds each sentence of a finding to the attempts of its port. */
function checkClaims(finding: ReportFinding, { attempts }: Report): void {
  const { text } = finding;
  const atPort = attempts.filter(({ server }) => server.port === finding.server.port);
  const group = atPort.filter(({ id }) => finding.attemptIds.includes(id));
  const others = atPort.filter(({ id }) => !finding.attemptIds.includes(id));
  const connected = others.filter(({ outcome }) => outcome === 'established');
  const times = connected.map(answeredMs);
  const starts = group.map(({ startedAt }) => ms(startedAt));
  const [first = 0, last = 0] = [starts[0], starts.at(-1)];
  const before = times.filter((time) => time <= first).length;
  const between = times.filter((time) => time > first && time <= last).length;
  const after = times.filter((time) => time > last).length;
  const clientsOf = (some: readonly ReportAttempt[]) => new Set(some.map(({ client }) => client.address));
  const told = Number(/(\d+) others? connected/.exec(text)?.[1] ?? Number.NaN);

  const share = /from (?:(\d+) of (\d+)|all (\d+)|(both)) clients that tried/.exec(text);
  if (share !== null) {
    const all = clientsOf(atPort).size;
    expect([all, share[3] === undefined && share[4] === undefined]).toEqual(
      share[4] ? [2, false] : [Number(share[2] ?? share[3]), share[2] !== undefined],
    );
    expect(clientsOf(group).size, text).toBe(share[2] === undefined ? all : Number(share[1]));
  }
  if (text.includes('Every time')) expect(others, text).toEqual([]);
  if (text.includes('before and after, none in between')) {
    expect([before > 0, between, after > 0], text).toEqual([true, 0, true]);
  }
  if (text.includes('on for good')) expect([before > 0, between, after], text).toEqual([true, 0, 0]);
  if (text.includes('Until')) expect([before, between, after > 0], text).toEqual([0, 0, true]);
  if (text.includes('Once'))
    expect([told, before > 0, after > 0, group.length], text).toEqual([times.length, true, true, 1]);
  if (/Now and then|Only this|very \S+ attempt/.test(text)) expect(told, text).toBe(between);
  if (text.includes('Only this client')) {
    expect(clientsOf(others.filter(({ outcome }) => outcome !== 'established')).size, text).toBeLessThan(2);
    for (const address of clientsOf(connected)) expect([...clientsOf(group)], text).not.toContain(address);
  }
  const rhythm = /(About e|E)very (?:other|(\d+)(?:st|nd|rd|th)) attempt/.exec(text);
  if (rhythm !== null) {
    const nth = Number(rhythm[2] ?? 2);
    const gaps = starts
      .slice(1)
      .map((start, index) => times.filter((time) => time > (starts[index] ?? 0) && time <= start).length);
    if (rhythm[1] === 'E') expect(new Set(gaps), text).toEqual(new Set([nth - 1]));
    else for (const gap of gaps) expect(Math.abs(gap + 1 - nth), text).toBeLessThanOrEqual(nth);
    expect(
      others.filter(
        ({ outcome, startedAt }) => outcome !== 'established' && ms(startedAt) > first && ms(startedAt) < last,
      ),
    ).toEqual([]);
  }
}

/** When its SYN-ACK came, in milliseconds since 1970. */
function answeredMs({ startedAt, frames }: ReportAttempt): number {
  return ms(startedAt) + (frames.find(({ kind }) => kind === 'syn-ack')?.atMs ?? Number.NaN);
}
