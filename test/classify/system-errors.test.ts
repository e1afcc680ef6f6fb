import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/classify/catalogue.js';
import { applicationError, causesOf, findSystemError, SYSTEM_ERRORS } from '../../src/classify/system-errors.js';

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

  test('is no error where nothing failed', () => {
    expect(applicationError('none')).toBeNull();
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

describe('an error that an application printed', () => {
  test.each([
    ['ECONNREFUSED', 'ECONNREFUSED'],
    ['econnrefused', 'ECONNREFUSED'],
    ['Error: connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'],
    ['10061', 'ECONNREFUSED'],
    ['-111', 'ECONNREFUSED'],
    ['[WinError 10061] No connection could be made', 'ECONNREFUSED'],
    ['Connection refused (os error 111)', 'ECONNREFUSED'],
    ['No connection could be made because the target machine actively refused it', 'ECONNREFUSED'],
    ['dial tcp 10.0.0.5:5432: connect: connection refused', 'ECONNREFUSED'],
    ['WSAETIMEDOUT', 'ETIMEDOUT'],
    ['WSAETIMEDOUT (10060)', 'ETIMEDOUT'],
    ['Connection timed out', 'ETIMEDOUT'],
    ['dial tcp 10.0.0.5:111: i/o timeout', 'ETIMEDOUT'],
    ['java.net.SocketTimeoutException: connect timed out', 'ETIMEDOUT'],
    [
      'A connection attempt failed because the connected party did not properly respond after a period of time',
      'ETIMEDOUT',
    ],
    ['EHOSTUNREACH', 'EHOSTUNREACH'],
    ['No route  to host', 'EHOSTUNREACH'],
    ['ssh: connect to host db port 22: No route to host', 'EHOSTUNREACH'],
    ['A socket operation was attempted to an unreachable host', 'EHOSTUNREACH'],
    ['Network is unreachable', 'ENETUNREACH'],
    ['OSError: [Errno 101] whatever', 'ENETUNREACH'],
    ['Host is down', 'EHOSTDOWN'],
    ['Protocol not available', 'ENOPROTOOPT'],
    ['Permission denied', 'EACCES'],
    ['Connection reset by peer', 'ECONNRESET'],
    ['61', 'ECONNREFUSED'],
  ])('%s is understood', (text, name) => expect(findSystemError(text)?.name).toBe(name));

  test.each(['', 'all is well', '10.0.0.5:111', '4711', 'ENOENT'])("'%s' is not taken for one", (text) => {
    expect(findSystemError(text)).toBeUndefined();
  });

  test('leads to the causes that can produce it', () => {
    const causes = (name: string) => causesOf(findSystemError(name)!);
    expect(causes('ECONNREFUSED')).toEqual(
      expect.arrayContaining(['port-closed', 'reset-after-syn-ack', 'reject-port-unreachable']),
    );
    expect(causes('ECONNREFUSED')).not.toContain('host-silent');
    expect(causes('EHOSTUNREACH')).toEqual(expect.arrayContaining(['host-unreachable', 'neighbor-unresolved']));
    expect(causes('ECONNRESET')).toEqual(['reset-after-syn-ack']);
  });

  test('always leads to a cause, and every failure leads to an error', () => {
    const reached = new Set(SYSTEM_ERRORS.flatMap((error) => causesOf(error)));
    for (const error of SYSTEM_ERRORS) expect(causesOf(error)).not.toEqual([]);
    for (const { id, applicationError: kind } of CATALOGUE) if (kind !== 'none') expect(reached).toContain(id);
  });
});
