import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/classify/catalogue.js';
import { synwhy } from './run.js';

describe('synwhy explain', () => {
  test('lists every cause', () => {
    const { status, stdout } = synwhy(['explain']);
    for (const { id } of CATALOGUE) expect(stdout).toMatch(new RegExp(`^ {2}${id} `, 'm'));
    expect(status).toBe(0);
  });

  test('tells a cause in full', () => {
    const { stdout } = synwhy(['explain', 'port-closed']);
    expect(stdout).toMatch(/^Nothing listens on the port \(port-closed, refused\)\n/);
    expect(stdout).toContain('|<--------- RST, ACK ----------|');
    expect(stdout).toContain("`ss -ltnp 'sport = :PORT'`");
    expect(stdout).toContain('- reject-port-unreachable: there');
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

  test('fits into the width it has', () => {
    const { stdout } = synwhy(['explain'], { environment: { COLUMNS: '72' } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});
