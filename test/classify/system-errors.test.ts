import { describe, expect, test } from 'vitest';
import { CATALOGUE, type CauseId } from '../../src/classify/catalogue.js';
import {
  SYSTEM_ERRORS,
  type System,
  type SystemErrorName,
  systemError,
} from '../../src/classify/descriptions/system-errors.js';
import { applicationError, causesOf, errorsOfCause } from '../../src/classify/system-errors.js';

function onLinux(version: 4 | 6, type: number, code: number): string | undefined {
  return applicationError('icmp', { version, type, code })?.linux;
}

describe('what an application saw', () => {
  test('is a refusal after an RST', () => {
    expect(applicationError('reset')).toEqual({
      linux: 'ECONNREFUSED',
      macos: 'ECONNREFUSED',
      windows: 'WSAECONNREFUSED (10061)',
    });
  });

  test('is a timeout after silence', () => {
    expect(applicationError('silence')).toEqual({
      linux: 'ETIMEDOUT',
      macos: 'ETIMEDOUT',
      windows: 'WSAETIMEDOUT (10060)',
    });
  });

  test('is no error where nothing failed, and none of the system where the program gave up', () => {
    expect(applicationError('none')).toBeNull();
    expect(applicationError('own-limit')).toBeNull();
    expect(causesOf(systemError('ETIMEDOUT'))).toContain('client-gave-up');
  });

  test.each([
    [4, 3, 0, 'ENETUNREACH'],
    [4, 3, 1, 'EHOSTUNREACH'],
    [4, 3, 2, 'ENOPROTOOPT'],
    [4, 3, 3, 'ECONNREFUSED'],
    [4, 3, 9, 'ENETUNREACH'],
    [4, 3, 10, 'EHOSTUNREACH'],
    [4, 3, 13, 'EHOSTUNREACH'],
    [4, 11, 0, 'EHOSTUNREACH'],
    [6, 1, 0, 'ENETUNREACH'],
    [6, 1, 1, 'EACCES'],
    [6, 1, 3, 'EHOSTUNREACH'],
    [6, 1, 4, 'ECONNREFUSED'],
    [6, 1, 5, 'EACCES'],
    [6, 1, 6, 'EACCES'],
    [6, 3, 0, 'EHOSTUNREACH'],
  ] as const)('on Linux after ICMP (IPv%i) %i/%i is %s', (version, type, code, error) => {
    expect(onLinux(version, type, code)).toBe(error);
  });

  test('is a timeout after an ICMP error that systems do not act upon', () => {
    expect(onLinux(4, 4, 0)).toBe('ETIMEDOUT');
    expect(applicationError('icmp')?.linux).toBe('ETIMEDOUT');
  });

  test('is a timeout on Windows after any ICMP error', () => {
    expect(applicationError('icmp', { version: 4, type: 3, code: 3 })?.windows).toBe('WSAETIMEDOUT (10060)');
  });

  test('is a refusal on macOS where a firewall says no, and a missing route only after more SYNs', () => {
    expect(applicationError('icmp', { version: 4, type: 3, code: 13 })?.macos).toBe('ECONNREFUSED');
    expect(applicationError('icmp', { version: 4, type: 3, code: 1 })?.macos).toBe('EHOSTUNREACH');
  });
});

describe('an error', () => {
  test('leads to the causes that can produce it', () => {
    const causes = (name: SystemErrorName) => causesOf(systemError(name));
    expect(causes('ECONNREFUSED')).toEqual(
      expect.arrayContaining(['port-closed', 'reset-after-syn-ack', 'reject-port-unreachable']),
    );
    expect(causes('ECONNREFUSED')).not.toContain('host-silent');
    expect(causes('EHOSTUNREACH')).toEqual(expect.arrayContaining(['host-unreachable', 'neighbor-unresolved']));
    expect(causes('ECONNRESET')).toEqual(['reset-after-syn-ack']);
  });

  test('leads to fewer causes on one system than on all', () => {
    const timeout = systemError('ETIMEDOUT');
    expect(causesOf(timeout, 'linux')).not.toContain('admin-prohibited');
    expect(causesOf(timeout, 'windows')).toContain('admin-prohibited');
    expect(causesOf(timeout, 'macos')).toContain('host-silent');
  });

  test('always leads to a cause, and every failure leads to an error', () => {
    const reached = new Set(SYSTEM_ERRORS.flatMap((error) => causesOf(error)));
    for (const error of SYSTEM_ERRORS) expect(causesOf(error)).not.toEqual([]);
    for (const { id, applicationError: kind } of CATALOGUE) if (kind !== 'none') expect(reached).toContain(id);
  });
});

describe('the errors of a cause', () => {
  const names = (cause: CauseId, system: System) => errorsOfCause(cause, system).map(({ error }) => error.name);

  test('are the same whatever came, where only one error can be', () => {
    expect(names('port-closed', 'linux')).toEqual(['ECONNREFUSED']);
    expect(errorsOfCause('port-closed', 'linux')[0].after).toEqual([]);
    expect(names('half-open-probe', 'linux')).toEqual([]);
  });

  test('depend on the ICMP error where several can be', () => {
    expect(errorsOfCause('admin-prohibited', 'linux').map(({ error, after }) => [error.name, ...after])).toEqual([
      ['ENETUNREACH', '4 3/9'],
      ['EHOSTUNREACH', '4 3/10', '4 3/13'],
      ['EACCES', '6 1/1', '6 1/5'],
    ]);
    expect(names('admin-prohibited', 'windows')).toEqual(['ETIMEDOUT']);
  });
});
