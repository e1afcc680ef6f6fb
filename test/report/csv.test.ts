import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvPieces, renderCsv } from '../../src/report/csv.js';
import type { Report } from '../../src/report/model.js';
import { readCsv } from './read-csv.js';
import { emptyReport, establishedAttempt, failuresReport, refusedAttempt } from './sample-reports.js';

/** What a spreadsheet may take for the beginning of a formula. */
const FORMULA = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

function named(name: string): Report {
  const attempt = { ...refusedAttempt, server: { ...refusedAttempt.server, name } };
  return { ...failuresReport, attempts: [attempt] };
}

/** A report's lines, each by the names of the columns. */
function records(report: Report): Record<string, string>[] {
  const [head = [], ...rows] = readCsv(renderCsv(report));
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}

describe('CSV', () => {
  test('is one line an attempt below a line of names', () => {
    const [refused, silent] = records(failuresReport);
    expect(refused).toMatchObject({
      id: '1',
      startedAt: '2026-11-20T09:10:12.181938000Z',
      durationMs: '0.42',
      client: '10.0.0.1',
      clientPort: '50000',
      clientName: 'laptop.lan',
      server: '10.0.0.5',
      serverPort: '5432',
      serverName: 'db.lan',
      service: 'postgresql',
      outcome: 'refused',
      cause: 'port-closed',
      confidence: 'high',
      linuxError: 'ECONNREFUSED',
      windowsError: 'WSAECONNREFUSED (10061)',
      syns: '1',
      resets: '1',
      frames: '12 13',
      evidence: 'RST|ACK in frame 13 after 0.42 ms acknowledges the SYN of frame 12',
      displayFilter: 'tcp.port == 50000 && tcp.port == 5432 && ip.addr == 10.0.0.5',
    });
    expect(silent).toMatchObject({ clientName: '', alternatives: 'port-dropped', notes: 'slow-handshake' });
  });

  test('ends every line with CR LF and has as many cells in each', () => {
    const text = renderCsv(failuresReport);
    expect(text.split('\r\n')).toHaveLength(failuresReport.attempts.length + 2);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(new Set(readCsv(text).map((row) => row.length)).size).toBe(1);
  });

  test('is the line of names alone where nothing is listed', () => {
    expect(readCsv(renderCsv(emptyReport))).toHaveLength(1);
  });

  test('leaves cells empty for what an established attempt does not have', () => {
    const [established] = records({ ...emptyReport, attempts: [establishedAttempt] });
    expect(established).toMatchObject({ outcome: 'established', cause: '', linuxError: '', evidence: '' });
  });

  test('comes in pieces that are the same text', () => {
    expect([...csvPieces(failuresReport)].join('')).toBe(renderCsv(failuresReport));
  });

  test('keeps commas, quotes and letters of every language in their cell', () => {
    const [record] = records(named('a "b", c; Zürich サーバー'));
    expect(record?.serverName).toBe('a "b", c; Zürich サーバー');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '"=1', '\uff1d1', "=cmd|'/c calc'!A0"])(
    'lets no formula begin a cell: %j',
    (name) => {
      const [record] = records(named(name));
      expect(record?.serverName).not.toMatch(FORMULA);
      expect(record?.serverName).toContain(name.trim().slice(-1));
    },
  );

  test('lets no formula begin a cell for programs with another separator either', () => {
    const text = fc.string({ unit: fc.constantFrom('=', '-', '@', '+', ';', ',', '"', "'", '\t', '\n', ' ', 'a') });
    fc.assert(
      fc.property(text, (name) => {
        for (const separator of [',', ';', '\t', '|']) {
          for (const cell of readCsv(renderCsv(named(name)), separator).flat()) {
            expect(cell, separator).not.toMatch(FORMULA);
          }
        }
      }),
    );
  });
});
