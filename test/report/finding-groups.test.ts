import { describe, expect, test } from 'vitest';
import { groupFindings } from '../../src/report/finding-groups.js';
import type { ReportFinding } from '../../src/report/model.js';
import { findingOf, refusedAttempt } from './sample-reports.js';

function at(address: string, port: number, more: Partial<ReportFinding> = {}): ReportFinding {
  return { ...findingOf(refusedAttempt, 'Nothing listens on the port'), server: { address, port }, ...more };
}

function ports(address: string, count: number): ReportFinding[] {
  return Array.from({ length: count }, (_, index) => at(address, index + 1));
}

/** 'address 10.0.0.5:1 4': what a group shares, its first server, and how many findings it has. */
function inShort(findings: readonly ReportFinding[]): string[] {
  return groupFindings(findings).map(
    ({ shared, findings: [first, ...others] }) =>
      `${shared} ${first.server.address}:${first.server.port} ${others.length + 1}`,
  );
}

describe('findings that one problem made', () => {
  test('are those with the same cause at four or more ports of a host, or at one port of as many hosts', () => {
    expect(inShort(ports('10.0.0.5', 3))).toEqual([
      'server 10.0.0.5:1 1',
      'server 10.0.0.5:2 1',
      'server 10.0.0.5:3 1',
    ]);
    expect(inShort(ports('10.0.0.5', 4))).toEqual(['address 10.0.0.5:1 4']);
    expect(inShort([1, 2, 3, 4].map((host) => at(`10.0.0.${host}`, 22)))).toEqual(['port 10.0.0.1:22 4']);
  });

  test('differ in cause and outcome from others', () => {
    const filtered = ports('10.0.0.5', 4).map((finding) => ({ ...finding, outcome: 'filtered' as const }));
    const others = ports('10.0.0.5', 4).map((finding) => ({ ...finding, cause: 'middlebox-reset' }));
    expect(groupFindings([...ports('10.0.0.5', 4), ...filtered, ...others])).toHaveLength(3);
  });

  test('are each in one group: the larger one, a host rather than a port', () => {
    const hosts = [1, 2, 3, 4].flatMap((host) => ports(`10.0.0.${host}`, 4));
    expect(inShort(hosts)).toEqual([1, 2, 3, 4].map((host) => `address 10.0.0.${host}:1 4`));
    const wide = [at('10.0.0.1', 1), at('10.0.0.1', 2), at('10.0.0.1', 3), at('10.0.0.1', 4)];
    const tall = [2, 3, 4, 5, 6].map((host) => at(`10.0.0.${host}`, 1));
    expect(inShort([...wide, ...tall])).toEqual([
      'port 10.0.0.1:1 6',
      ...[2, 3, 4].map((port) => `server 10.0.0.1:${port} 1`),
    ]);
  });

  test('add up, are as sure as the least sure, and began with the first', () => {
    const [first = at('', 1), second = at('', 2), ...rest] = ports('10.0.0.5', 4);
    const [group] = groupFindings([
      { ...first, attempts: 7 },
      { ...second, confidence: 'low', firstAt: '2026-11-20T08:00:00.000000000Z' },
      ...rest,
    ]);
    expect(group).toMatchObject({ attempts: 10, confidence: 'low', firstAt: '2026-11-20T08:00:00.000000000Z' });
    expect(group?.displayFilter).toMatch(/^ip\.addr == 10\.0\.0\.5 && \(/);
  });

  test('are found at once among very many', () => {
    const hosts = Array.from({ length: 300 }, (_, host) => ports(`10.0.${host >> 8}.${host & 255}`, 300)).flat();
    const started = performance.now();
    expect(groupFindings(hosts)).toHaveLength(300);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
