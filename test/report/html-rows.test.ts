import { describe, expect, test } from 'vitest';
import { packAttempts } from '../../src/report/html/pack.js';
import { EVERYTHING, type RowFilter, Rows, type SortColumn } from '../../src/report/html/rows.js';
import type { ReportAttempt } from '../../src/report/model.js';
import { manyAttempts } from './html-reports.js';
import { emptyReport, failuresReport, refusedAttempt } from './sample-reports.js';

const report = manyAttempts(500);
const packed = packAttempts(report);
const rows = new Rows(packed);

function select(filter: Partial<RowFilter>, column: SortColumn = 'began', isDescending = false): ReportAttempt[] {
  return [...rows.select({ ...EVERYTHING, ...filter }, { column, isDescending })].map((row) => report.attempts[row]);
}

describe('the table of attempts, sorted', () => {
  test('by when they began has them in their order, and the other way round', () => {
    expect(select({})).toEqual(report.attempts);
    expect(select({}, 'began', true)).toEqual([...report.attempts].reverse());
  });

  test('by a number goes from the smallest to the largest, equal ones in the order of time', () => {
    const sorted = [...report.attempts].sort((one, other) => one.durationMs - other.durationMs || one.id - other.id);
    expect(select({}, 'took')).toEqual(sorted);
    const bySyns = [...report.attempts].sort((one, other) => one.syns - other.syns || one.id - other.id);
    expect(select({}, 'syns')).toEqual(bySyns);
  });

  test('by address goes by its numbers and then by port', () => {
    const addresses = ['10.0.0.9', '10.0.0.10', '9.255.0.1', '10.0.0.9'];
    const attempts = addresses.map((address, index) => ({
      ...refusedAttempt,
      id: index + 1,
      server: { address, port: index === 0 ? 443 : 80 },
    }));
    const few = new Rows(packAttempts({ ...emptyReport, attempts }));
    const order = few.select(EVERYTHING, { column: 'server', isDescending: false });
    expect([...order].map((row) => `${attempts[row].server.address}:${attempts[row].server.port}`)).toEqual([
      '9.255.0.1:80',
      '10.0.0.9:80',
      '10.0.0.9:443',
      '10.0.0.10:80',
    ]);
  });
});

describe('the table of attempts, filtered', () => {
  const finds = (text: string, isMeant: (attempt: ReportAttempt) => boolean) => {
    const meant = report.attempts.filter(isMeant);
    expect(meant.length).toBeGreaterThan(0);
    expect(select({ text })).toEqual(meant);
  };

  test('finds addresses, names, services and outcomes, in part and in any case', () => {
    finds('10.1.3.', ({ client }) => client.address.startsWith('10.1.3.'));
    finds('HOST-3', ({ client }) => client.name === 'host-3.lan');
    finds('postgres', ({ server }) => server.service === 'postgresql');
    finds('filtered', ({ outcome }) => outcome === 'filtered');
    finds('host-silent', ({ cause }) => cause === 'host-silent');
    finds('nothing listens', ({ cause }) => cause === 'port-closed');
  });

  test('finds a port as a whole number, one behind its address, and an attempt by its number', () => {
    finds('443', ({ server, client, id }) => [server.port, client.port, id].includes(443));
    finds('10.0.0.5:5433', ({ server }) => server.address === '10.0.0.5' && server.port === 5433);
    finds('[2001:db8:aaaa:bbbb:cccc:dddd:eeee:5]:443', ({ server }) => server.port === 443);
    finds('#17', ({ id }) => id === 17);
  });

  test('wants every word, and every criterion', () => {
    finds('refused 5432', ({ outcome, server }) => outcome === 'refused' && server.port === 5432);
    const refused = packed.outcomes.indexOf('refused');
    const both = select({ text: 'host-1.lan', outcomes: new Set([refused]) });
    expect(both.length).toBeGreaterThan(0);
    expect(both.every(({ outcome, client }) => outcome === 'refused' && client.name === 'host-1.lan')).toBe(true);
    expect(select({ text: 'nobody is called that' })).toEqual([]);
  });

  test('shows those of one finding', () => {
    for (const { attemptIds } of report.findings) {
      const like = rows.rowOf(attemptIds[0]);
      expect(select({ like }).map(({ id }) => id)).toEqual(attemptIds);
    }
  });

  test('shows a cause, and takes none for any', () => {
    const cause = packed.causes.findIndex(([id]) => id === 'admin-prohibited');
    expect(select({ cause }).every((attempt) => attempt.cause === 'admin-prohibited')).toBe(true);
    expect(
      new Rows(packAttempts(failuresReport)).select(EVERYTHING, { column: 'cause', isDescending: false }),
    ).toHaveLength(3);
  });
});
