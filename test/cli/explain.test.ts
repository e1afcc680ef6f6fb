import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/classify/catalogue.js';
import { NOTES } from '../../src/classify/descriptions/notes.js';
import { synwhy } from './run.js';

describe('synwhy explain', () => {
  test('lists every cause', () => {
    const { status, stdout } = synwhy(['explain']);
    for (const { id } of CATALOGUE) expect(stdout).toMatch(new RegExp(`^ {2}${id} `, 'm'));
    expect(status).toBe(0);
  });

  test('tells a cause in full, under headings', () => {
    const { stdout } = synwhy(['explain', 'port-closed']);
    expect(stdout).toMatch(/^Nothing listens on the port \(port-closed, refused\)\n/);
    expect(stdout.match(/(?<=\n\n)[A-Z][^\n]{0,30}(?=\n)/g)?.filter((line) => !line.endsWith('.'))).toEqual([
      'On the wire',
      'What happens',
      'What the application sees',
      'On Linux',
      'On macOS',
      'On Windows',
      'In containers',
      'In clouds',
      'What looks alike',
      'What to check',
    ]);
    expect(stdout).toContain('|<--------- RST, ACK ----------|');
    expect(stdout).toContain("`ss -ltnp 'sport = :PORT'`");
    expect(stdout).toContain('- reject-port-unreachable: there');
    expect(stdout).toContain('- Linux: ECONNREFUSED, "Connection refused".');
  });

  test('says which error comes on which ICMP error, and that a time limit of the program comes first', () => {
    const { stdout } = synwhy(['explain', 'admin-prohibited'], { environment: { COLUMNS: '110' } });
    expect(stdout).toContain('ENETUNREACH, "Network is unreachable", on ICMP 3/9; EHOSTUNREACH');
    expect(stdout).toContain('(it takes 21 s)');
    expect(stdout).toMatch(/shorter time limit of its own\s+reports that first/);
    expect(synwhy(['explain', 'port-closed']).stdout).not.toContain('time limit of its own');
  });

  test('tells what a note means, and lists the notes', () => {
    expect(synwhy(['explain', 'slow-handshake']).stdout).toMatch(
      /^The connection was made, but .*\(slow-handshake, a note/,
    );
    const { stdout } = synwhy(['explain']);
    for (const { code } of NOTES) expect(stdout).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  });

  test('lists the causes of an outcome', () => {
    const { stdout } = synwhy(['explain', 'timed-out']);
    expect(stdout).toContain('host-silent');
    expect(stdout).not.toContain('port-closed');
  });

  test.each([
    ['ECONNREFUSED', 'ECONNREFUSED', 'port-closed'],
    ['10061', 'ECONNREFUSED', 'port-closed'],
    ['-111', 'ECONNREFUSED', 'reject-port-unreachable'],
    ['No connection could be made because the target machine actively refused it', 'ECONNREFUSED', 'port-closed'],
    ['Connection timed out', 'ETIMEDOUT', 'host-silent'],
    ['no route to host', 'EHOSTUNREACH', 'neighbor-unresolved'],
  ])('leads from %s to its causes', (text, name, cause) => {
    // As one argument in quotes and as several without.
    for (const words of [[text], text.split(' ')]) {
      const { status, stdout } = synwhy(['explain', ...words]);
      expect(stdout.startsWith(name)).toBe(true);
      expect(stdout).toContain(`  ${cause} `);
      expect(status).toBe(0);
    }
  });

  test('says that it was the own time limit of the program, and which', () => {
    const { status, stdout } = synwhy(['explain', 'dial tcp 10.0.0.5:5432: i/o timeout']);
    expect(stdout).toMatch(/^The program's own time limit \(Go: /);
    expect(stdout).toContain('\nETIMEDOUT (110 on Linux');
    expect(stdout).toContain('  host-silent ');
    expect(status).toBe(0);
  });

  test('tells the causes of one system from those of all', () => {
    const { stdout } = synwhy(['explain', 'ETIMEDOUT']);
    const [everywhere, windows] = ['On every system:', 'On Windows only:'].map((heading) => stdout.indexOf(heading));
    expect(everywhere).toBeGreaterThan(0);
    expect(stdout.indexOf('  host-silent ')).toBeGreaterThan(everywhere);
    expect(stdout.indexOf('  host-silent ')).toBeLessThan(windows);
    expect(stdout.indexOf('  reject-port-unreachable ')).toBeGreaterThan(windows);
  });

  test('leads from a connection that was accepted and closed to that note', () => {
    expect(synwhy(['explain', 'curl: (52) Empty reply from server']).stdout).toContain('(accepted-then-closed, a note');
  });

  test('says of what is no error of connecting what it is about', () => {
    const { status, stderr } = synwhy(['explain', 'getaddrinfo ENOTFOUND db.lan']);
    expect(stderr).toMatch(/is no error of connecting: it is about a name that was not resolved/);
    expect(status).toBe(2);
  });

  test.each([
    ['portclosed', /did you mean port-closed\?/],
    ['the printer is on fire', /neither a cause, a note nor an error of connect\(\); synwhy explain lists the causes/],
  ])('does not know %s', (text, message) => {
    const { status, stdout, stderr } = synwhy(['explain', text]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test.each(['', 'ETIMEDOUT', 'slow-handshake', ...CATALOGUE.map(({ id }) => id)])(
    '%s fits into 80 columns',
    (word) => {
      const { stdout } = synwhy(word === '' ? ['explain'] : ['explain', word], { environment: { COLUMNS: '80' } });
      // A command stays in one line, to be pasted.
      const text = stdout.split('\n').filter((line) => !/`[^`]{60,}`/.test(line));
      expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test('fits into fewer columns', () => {
    const { stdout } = synwhy(['explain'], { environment: { COLUMNS: '72' } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});
