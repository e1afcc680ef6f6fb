import { describe, expect, test } from 'vitest';
import { parseHostPattern } from '../../src/report/address-pattern.js';
import { type AttemptSelection, matches, parseMoment, type SelectableAttempt } from '../../src/report/select.js';

const attempt: SelectableAttempt = {
  client: { address: '10.0.0.1', port: 50000 },
  server: { address: '10.0.0.5', port: 5432, name: 'db.lan' },
  outcome: 'refused',
  cause: 'port-closed',
  startedNs: BigInt(Date.parse('2026-11-20T09:10:12.500Z')) * 1_000_000n,
};

function during(since: string | undefined, until: string | undefined): boolean {
  const selection: AttemptSelection = {};
  if (since !== undefined) selection.since = parseMoment(since)!;
  if (until !== undefined) selection.until = parseMoment(until)!;
  return matches(selection, attempt);
}

describe('a selection', () => {
  test('without criteria means every attempt', () => {
    expect(matches({}, attempt)).toBe(true);
  });

  test('by host looks at either end, by address and by name', () => {
    const hosts = (text: string) => ({ hosts: [parseHostPattern(text)!] });
    expect(matches(hosts('10.0.0.1'), attempt)).toBe(true);
    expect(matches(hosts('db.lan'), attempt)).toBe(true);
    expect(matches(hosts('10.0.0.2'), attempt)).toBe(false);
  });

  test('by port looks at either end', () => {
    expect(matches({ ports: [1, 5432] }, attempt)).toBe(true);
    expect(matches({ ports: [50000] }, attempt)).toBe(true);
    expect(matches({ ports: [80] }, attempt)).toBe(false);
  });

  test('by outcome and cause wants both', () => {
    expect(matches({ outcomes: ['refused', 'filtered'], causes: ['port-closed'] }, attempt)).toBe(true);
    expect(matches({ outcomes: ['filtered'], causes: ['port-closed'] }, attempt)).toBe(false);
    expect(matches({ causes: ['port-closed'] }, { ...attempt, outcome: 'established', cause: null })).toBe(false);
  });

  test('by time includes both ends', () => {
    expect(during('2026-11-20T09:10:12.5Z', '2026-11-20T09:10:12.5Z')).toBe(true);
    expect(during('2026-11-20T09:10:12.500000001Z', undefined)).toBe(false);
    expect(during(undefined, '2026-11-20T10:10:12.499999999+01:00')).toBe(false);
  });

  test('by time of day means that time on every day', () => {
    expect(during('09:10', '09:11')).toBe(true);
    expect(during('09:10:12.5', undefined)).toBe(true);
    expect(during('09:10:13', undefined)).toBe(false);
    expect(during(undefined, '09:10:12')).toBe(false);
  });

  test('by time of day may go over midnight', () => {
    expect(during('23:50', '09:11')).toBe(true);
    expect(during('23:50', '09:10')).toBe(false);
    expect(during('09:00', '00:10')).toBe(true);
  });

  test('may mix a day and a time of day', () => {
    expect(during('2026-11-20', '09:11')).toBe(true);
    expect(during('2026-11-21', '09:11')).toBe(false);
  });
});

describe('a moment', () => {
  test.each(['', 'noon', '24:00', '9:60', '2026-13-01', '2026-02-30', '2026-11-20T09', '2026-11-20T09:10:00+25:00'])(
    "can't be read from '%s'",
    (text) => expect(parseMoment(text)).toBeUndefined(),
  );

  test('keeps nanoseconds', () => {
    expect(parseMoment('2026-11-20T09:10:12.181938473Z')).toEqual({ epochNs: 1_795_165_812_181_938_473n });
  });

  test('without an offset is UTC', () => {
    expect(parseMoment('2026-11-20 09:10')).toEqual(parseMoment('2026-11-20T10:10:00+01:00'));
  });
});
