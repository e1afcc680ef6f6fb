import { describe, expect, test } from 'vitest';
import type { AnalyzeLimits } from '../../src/analyze.js';
import { renderHtml } from '../../src/report/html.js';
import { renderJson } from '../../src/report/json.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import type { Report } from '../../src/report/model.js';
import { renderTable } from '../../src/report/table.js';
import {
  dataElsewhere,
  elsewhere,
  handshake,
  report,
  rst,
  type SegmentFields,
  type Step,
  silence,
  syn,
  synAck,
} from '../build/scenario.js';
import { schemaErrors } from './schema.js';

const SERVER = '198.51.100.2';
const made = (number: number) => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;

/** So many SYNs of as many senders, a millisecond apart. */
function flood(count: number, fields: (number: number) => Partial<SegmentFields> = () => ({})): Step[] {
  return Array.from({ length: count }, (_, number) =>
    syn({ at: number, client: made(number), clientPort: 1024 + number, isn: 7 * number, ...fields(number) }),
  );
}

function found(steps: readonly Step[], limits: Partial<AnalyzeLimits>): Report {
  return report([...steps, dataElsewhere({ at: 90_000 }), elsewhere({ at: 90_000 })], { limits });
}

const warningsOf = ({ quality }: Report) => quality.warnings.map(({ code }) => code);

describe('a flood of SYNs towards one port', () => {
  const flooded = found(flood(3000), { attempts: 100 });

  test('is one finding that says from how many addresses it came', () => {
    expect(flooded.findings).toMatchObject([
      {
        title: `SYN flood towards ${SERVER}:443`,
        outcome: 'timed-out',
        confidence: 'low',
        attempts: 3000,
        server: { address: SERVER, port: 443 },
        firstAt: '2026-11-20T09:10:12.000000000Z',
        lastAt: '2026-11-20T09:10:14.999000000Z',
        text: expect.stringMatching(
          /^3,000 attempts from about [23],\d\d0 addresses: 3,000 timed-out \(host-silent\)\. 2,900 are not listed\.$/,
        ),
      },
    ]);
    const [{ attemptIds, clients, nextSteps, targets }] = flooded.findings as [Report['findings'][0]];
    expect(attemptIds).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(Math.abs(clients - 3000)).toBeLessThan(200);
    expect(nextSteps[0]).toContain(`On ${SERVER}, \`nstat`);
    expect(targets).toBeUndefined();
    expect(warningsOf(flooded)).toEqual(['attempts-not-listed']);
    expect(flooded.summary).toMatchObject({ attempts: 3000, 'timed-out': 3000 });
  });

  test('is told with those that had to be judged early, and says so', () => {
    const early = found(flood(3000), { attempts: 100, pending: 500 });
    expect(early.summary).toMatchObject({ attempts: 3000, 'timed-out': 500, inconclusive: 2500 });
    expect(early.findings).toMatchObject([{ attempts: 3000, outcome: 'timed-out', cause: 'host-silent' }]);
    expect(early.findings[0]?.text).toMatch(
      /: 2,500 inconclusive \(capture-ended\), 500 timed-out \(host-silent\)\. 2,900 are not listed\. 2,500 were judged early, because too many were pending at once: an answer may have come later\.$/,
    );
    expect(early.quality.warnings).toContainEqual({
      code: 'too-many-pending',
      text: '2,500 attempts were judged early, because more than 500 were pending at once (--max-pending).',
    });
  });

  test('is inconclusive where the capture ends in the middle of it', () => {
    const quick = flood(3000).map((step) => ({ ...step, at: step.at / 10 }));
    const cut = report(quick, { limits: { attempts: 100 } });
    expect(cut.findings).toMatchObject([{ outcome: 'inconclusive', cause: 'capture-ended', attempts: 3000 }]);
    expect(renderTable(cut)).toMatch(/inconclusive: SYN flood towards/);
  });

  test('is one also where the server answers and nobody goes on', () => {
    const halfOpen = flood(2000).flatMap((step, number) => [
      step,
      synAck({ at: number + 0.5, client: made(number), clientPort: 1024 + number, isn: 7 * number }),
    ]);
    for (const limits of [{ attempts: 100 }, { attempts: 100, pending: 300 }]) {
      const { findings, summary } = found(halfOpen, limits);
      expect(findings).toMatchObject([
        { title: `SYN flood towards ${SERVER}:443`, cause: 'return-path-lost', attempts: 2000 },
      ]);
      expect(summary.established).toBe(0);
    }
  });

  test('is none while all attempts are listed, or few, or slow, or by clients that ask again', () => {
    const titles = (steps: readonly Step[], attempts = 100) =>
      found(steps, { attempts }).findings.map(({ title }) => title);
    expect(titles(flood(1200), 1200)).not.toContain(`SYN flood towards ${SERVER}:443`);
    expect(titles(flood(900))).not.toContain(`SYN flood towards ${SERVER}:443`);
    const slow = flood(1100).map((step) => ({ ...step, at: step.at * 1000 }));
    expect(titles([...slow, elsewhere({ at: 1_200_000 })]).join()).not.toContain('flood');
    const patient = flood(1100).flatMap((step) => [step, { ...step, at: step.at + 1000 }]);
    expect(titles(patient.toSorted((one, other) => one.at - other.at)).join()).not.toContain('flood');
  });

  test('is none where the port refuses', () => {
    const refused = flood(1200).flatMap((step, number) => [
      step,
      rst({ at: number + 0.5, client: made(number), clientPort: 1024 + number, isn: 7 * number }),
    ]);
    const { findings } = found(refused, { attempts: 100 });
    expect(findings).toMatchObject([{ outcome: 'refused', cause: 'port-closed', attempts: 1200 }]);
    expect(findings[0]?.title).not.toContain('flood');
    expect(findings[0]?.text).toMatch(/ 1,100 more from about 1,\d\d0 clients are not listed\.$/);
  });
});

describe('more findings than are made', () => {
  const scanner = '10.9.9.9';
  const probe = (number: number): Partial<SegmentFields> => ({
    client: scanner,
    server: `203.0.113.${number % 200}`,
    port: 1 + Math.floor(number / 200),
  });
  const scan = flood(2000, probe).flatMap((step, number) =>
    number % 10 === 0
      ? [step, rst({ at: number + 0.5, clientPort: 1024 + number, isn: 7 * number, ...probe(number) })]
      : [step],
  );

  test('are a port scan where they are of one client', () => {
    const { findings, quality } = found(scan, { attempts: 100, findings: 64 });
    expect(findings).toMatchObject([
      {
        title: `Port scan by ${scanner}`,
        attempts: 2000,
        clients: 1,
        server: { address: '203.0.113.0', port: 1 },
        targets: { ports: 10 },
        displayFilter: expect.stringContaining(`ip.addr == ${scanner}`),
      },
    ]);
    const [{ attemptIds, targets, text }] = findings as [Report['findings'][0]];
    expect(attemptIds).toHaveLength(100);
    expect(Math.abs(targets!.servers - 200)).toBeLessThan(20);
    expect(text).toMatch(/^2,000 attempts at about \d+ hosts, 10 ports: .*200 refused \(port-closed\)/);
    expect(quality.warnings).toContainEqual({
      code: 'findings-merged',
      text: 'More than 64 findings would have to be made: 2,000 attempts were brought together by client, by server or by port.',
    });
  });

  test('are a port scan also where all attempts are listed', () => {
    const { attempts, findings } = found(scan, { findings: 64 });
    expect(attempts).toHaveLength(2000);
    expect(findings).toMatchObject([{ title: `Port scan by ${scanner}`, attempts: 2000 }]);
    expect(findings[0]?.attemptIds).toHaveLength(2000);
    expect(findings[0]?.text).not.toContain('not listed');
  });

  test('are a flood where they are of one port, or of one server, and of very many clients', () => {
    const carpet = found(
      flood(2000, (number) => ({ server: `203.0.113.${number % 200}`, port: 80 })),
      {
        attempts: 100,
        findings: 64,
      },
    );
    expect(carpet.findings).toMatchObject([
      { title: 'SYN flood towards port 80 of many hosts', attempts: 2000, targets: { ports: 1 } },
    ]);
    const allPorts = found(
      flood(2000, (number) => ({ port: 1 + (number % 500) })),
      { attempts: 100, findings: 64 },
    );
    expect(allPorts.findings).toMatchObject([
      { title: `SYN flood towards ${SERVER}`, attempts: 2000, targets: { servers: 1, ports: 500 } },
    ]);
  });

  test('are many failures, and no scan, where the client asks again', () => {
    const steps = Array.from({ length: 300 }, (_, number) =>
      silence({ at: number, ...probe(number), clientPort: 1024 + number }, [0, 1000]),
    ).flat();
    const { findings } = found(
      steps.toSorted((one, other) => one.at - other.at),
      { attempts: 10, findings: 64 },
    );
    expect(findings).toMatchObject([{ title: `Many failures by ${scanner}`, attempts: 300 }]);
  });

  test('are brought together without anything in common at last, and none is lost', () => {
    const scattered = flood(3000, (number) => ({
      client: made(number),
      server: `198.${18 + (number >> 12)}.${(number >> 4) & 255}.${number & 15}`,
      port: 1 + number,
    }));
    const { findings, summary } = found(scattered, { attempts: 100, findings: 64 });
    expect(findings.length).toBeLessThanOrEqual(65);
    expect(findings.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(3000);
    expect(findings.map(({ title }) => title)).toContain('Failures at many hosts and ports');
    expect(summary['timed-out']).toBe(3000);
  });

  test('leave the findings of other problems as they are', () => {
    const outage = Array.from({ length: 90 }, (_, number) =>
      silence({ at: 2000 + number, client: made(number), server: '192.0.2.200', port: 5432 }, [0, 1000]),
    ).flat();
    const steps = [...scan, ...outage, ...handshake({ at: 4000 })].toSorted((one, other) => one.at - other.at);
    const { findings } = found(steps, { attempts: 100, findings: 64 });
    expect(findings.map(({ attempts, server }) => [server.port, attempts])).toContainEqual([5432, 90]);
    expect(findings).toHaveLength(2);
  });

  test('are told by every renderer, and fulfil the schema', () => {
    const scanned = found(scan, { attempts: 100, findings: 64 });
    expect(schemaErrors(JSON.parse(renderJson(scanned)))).toEqual([]);
    const target = /\d+ hosts, 10 ports/;
    for (const text of [renderTable(scanned), renderMarkdown(scanned), renderHtml(scanned)]) {
      expect(text).toContain('Port scan by');
      expect(text).toMatch(target);
    }
    expect(Object.keys(JSON.parse(renderJson(scanned)).findings[0]).at(-1)).toBe('targets');
  });
});
