import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/model.js';
import { renderTable } from '../../src/report/table.js';
import {
  emptyReport,
  establishedAttempt,
  failuresReport,
  filteredAttempt,
  findingOf,
  refusedAttempt,
} from './sample-reports.js';

function plainLines(report: Report, width?: number): string[] {
  return renderTable(report, width === undefined ? {} : { width }).split('\n');
}

function manyFindings(count: number): Report {
  const findings = Array.from({ length: count }, (_, index) => ({
    ...findingOf(refusedAttempt, 'Nothing listens on the port'),
    server: { address: `10.1.${index >> 8}.${index & 255}`, port: 80 },
  }));
  return { ...failuresReport, findings, attempts: [refusedAttempt] };
}

describe('the table', () => {
  test('tells failures first: refused, filtered, timed out', () => {
    const rows = plainLines(failuresReport).filter((line) => /^\d {2}(refused|filtered|timed-out)/.test(line));
    expect(rows.map((line) => line.split(/ {2,}/)[1])).toEqual(['refused', 'filtered', 'timed-out']);
  });

  test('numbers what it tells in full as it numbers the rows', () => {
    const lines = plainLines(failuresReport);
    expect(lines).toContain('1  10.0.0.5:5432 (db.lan, postgresql)');
    expect(lines).toContain('2  10.0.9.9:22 (ssh)');
  });

  test('shows evidence with frames, the next steps and a filter for Wireshark', () => {
    const text = renderTable(failuresReport);
    expect(text).toContain('RST|ACK in frame 13 after 0.42 ms acknowledges the SYN of frame 12');
    expect(text).toContain("`ss -ltnp 'sport = :5432'`");
    expect(text).toContain('Wireshark filter: tcp.port == 50000');
  });

  test.each([60, 80, 100, 140])('fits into %i columns, but for commands and filters to copy', (width) => {
    const tooLong = plainLines(failuresReport, width).filter((line) => line.length > width);
    expect(tooLong.filter((line) => !/`|Wireshark filter/.test(line))).toEqual([]);
  });

  test('draws thousands of rows as one table, and at once', () => {
    const started = performance.now();
    const lines = renderTable(manyFindings(5000), { verbose: true }).split('\n');
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(lines.filter((line) => line.startsWith('   #'))).toHaveLength(1);
    const rows = lines.filter((line) => /^ *\d+ {2}refused {2}/.test(line));
    expect(rows.map((row) => Number.parseInt(row, 10))).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
    expect(new Set(rows.map((row) => row.indexOf('refused'))).size).toBe(1);
  });

  test('is never drawn narrower than 60 columns', () => {
    expect(plainLines(failuresReport, 10)).toEqual(plainLines(failuresReport, 60));
  });

  test('has no trailing spaces and no escape sequences without colour', () => {
    const text = renderTable(failuresReport, { verbose: true });
    expect(text).not.toMatch(/ \n/);
    expect(text).not.toContain('\x1b');
  });

  test('says the same with colour as without', () => {
    const colored = renderTable(failuresReport, { color: true, verbose: true });
    expect(colored).toContain('\x1b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderTable(failuresReport, { verbose: true }));
  });

  test('is short when nothing failed', () => {
    const summary = { ...emptyReport.summary, attempts: 412, established: 412 };
    expect(plainLines({ ...emptyReport, summary })).toEqual([
      'web.pcapng: pcapng, 12,345 packets, 2026-11-20 09:10:12 to 09:14:02 UTC',
      '412 handshakes, all established',
      '',
      '',
    ]);
  });

  test('says that none failed when some were aborted', () => {
    const summary = { ...emptyReport.summary, attempts: 3, established: 2, aborted: 1 };
    expect(renderTable({ ...emptyReport, summary })).toContain('3 handshakes, none failed: 2 established, 1 aborted');
  });

  test('says so when there is no handshake at all', () => {
    expect(renderTable(emptyReport)).toContain('no TCP handshake');
  });

  test('says what the capture cannot show', () => {
    const text = renderTable(failuresReport);
    expect(text).toContain('Note: 3 packets could not be decoded: truncated-tcp 3.');
    expect(text).toContain('Note: Only one direction of 3 conversations was captured.');
  });

  test('lists attempts that did not fail after those that did, one row for each server', () => {
    const again = { ...establishedAttempt, id: 5, client: { address: '10.0.0.2', port: 1 } };
    const attempts = [...failuresReport.attempts, establishedAttempt, again];
    const row = plainLines({ ...failuresReport, attempts }).find((line) => line.startsWith('4  '));
    expect(row).toMatch(/^4 {2}established +10\.0\.0\.5:5432.* 2 +2 +09:10:12$/);
  });

  test('tells the next steps of a cause once', () => {
    const other = {
      ...findingOf(refusedAttempt, 'Nothing listens on the port'),
      server: { address: '10.0.0.6', port: 1 },
    };
    const text = renderTable({ ...failuresReport, findings: [failuresReport.findings[2], other] });
    expect(text.match(/ss -ltnp/g)).toHaveLength(1);
    expect(text).toContain('Check next: as for 1.');
  });

  test('tells a few findings of very many, and how many there are', () => {
    const lines = plainLines(manyFindings(1000));
    expect(lines.length).toBeLessThan(250);
    expect(lines).toContain('and 960 more rows; -v shows everything, --host and --port less');
    expect(lines).toContain('and 992 more findings; -v shows everything, --host and --port less');
    expect(renderTable(manyFindings(1000), { verbose: true })).toContain('10.1.3.231:80');
  });

  test('shows hostile text as what it is', () => {
    const server = { ...refusedAttempt.server, name: '\x1b]0;owned\x07\u202e' };
    const attempt = { ...refusedAttempt, server, notes: [{ code: 'x', text: '\x1b[2J', frames: [] }] };
    const finding = findingOf(attempt, 'Nothing listens on the port');
    const captures = [{ ...emptyReport.captures[0], name: 'a\x1b[31m.pcap' }];
    const report = { ...failuresReport, captures, findings: [finding], attempts: [attempt] };
    const text = renderTable(report, { verbose: true });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('\\x1b]0;owned\\x07\\u202e');
  });

  test('counts captures that are many instead of naming each', () => {
    const captures = Array.from({ length: 12 }, (_, index) => ({
      ...emptyReport.captures[0],
      name: `ring_${index}.pcap`,
    }));
    expect(plainLines({ ...emptyReport, captures })[0]).toBe(
      '12 captures, ring_0.pcap to ring_11.pcap: 148,140 packets, 2026-11-20 09:10:12 to 09:14:02 UTC',
    );
  });

  test('names the sender of an ICMP error that is not the server', () => {
    const text = renderTable({ ...failuresReport, attempts: [filteredAttempt] }, { verbose: true });
    expect(text).toContain('|<--------- ICMP 3/13 ---------|  frame 31, from 10.0.0.254');
  });
});
