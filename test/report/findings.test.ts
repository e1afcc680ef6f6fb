import { describe, expect, test } from 'vitest';
import {
  clientRst,
  elsewhere,
  handshake,
  IPV6,
  icmpError,
  report,
  rst,
  type SegmentFields,
  type Step,
  silence,
  syn,
  synAck,
} from '../build/scenario.js';

function refused(fields: SegmentFields): Step[] {
  return [syn(fields), rst({ ...fields, at: fields.at + 1 })];
}

describe('findings', () => {
  test('join attempts that share server, port, outcome and cause', () => {
    const [finding, ...others] = report([
      ...refused({ at: 0 }),
      ...refused({ at: 1000, clientPort: 50_001 }),
      ...refused({ at: 2000, client: '192.0.2.7' }),
    ]).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      outcome: 'refused',
      cause: 'port-closed',
      confidence: 'high',
      server: { address: '198.51.100.2', port: 443 },
      clients: 2,
      attempts: 3,
      firstAt: '2026-11-20T09:10:12.000000000Z',
      lastAt: '2026-11-20T09:10:14.000000000Z',
      attemptIds: [1, 2, 3],
    });
    expect(finding?.text).toMatch(/^3 attempts from both clients that tried; of the first one: The RST of frame 2/);
  });

  test.each([
    ['servers', refused({ at: 0 }), refused({ at: 10, server: '198.51.100.3' })],
    ['ports', refused({ at: 0 }), refused({ at: 10, port: 80 })],
    ['causes', refused({ at: 0 }), [syn({ at: 10, clientPort: 1 }), icmpError({ at: 11, clientPort: 1, code: 13 })]],
  ])('keep different %s apart', (_, one, other) => {
    expect(report([...one, ...other]).findings.map(({ attemptIds }) => attemptIds)).toEqual([[1], [2]]);
  });

  test('come with refusals first, and within an outcome with the most attempts first', () => {
    const { findings } = report([
      ...silence({ at: 0, server: '203.0.113.1' }),
      syn({ at: 10, port: 1 }),
      icmpError({ at: 11, port: 1, code: 13 }),
      ...refused({ at: 20, port: 2 }),
      ...refused({ at: 30, port: 3 }),
      ...refused({ at: 40, port: 3, clientPort: 50_001 }),
      elsewhere({ at: 60_000 }),
    ]);
    expect(findings.map(({ outcome, server }) => `${outcome} ${server.port}`)).toEqual([
      'refused 3',
      'refused 2',
      'filtered 1',
      'timed-out 443',
    ]);
  });

  test('are as sure as the least sure of their attempts', () => {
    const silent = { server: '203.0.113.1' };
    const steps = [
      ...silence({ at: 0, ...silent }),
      syn({ at: 10, ...silent, clientPort: 50_001 }),
      elsewhere({ at: 60_000 }),
    ];
    expect(report(steps)).toMatchObject({
      findings: [{ attempts: 2, confidence: 'low' }],
      attempts: [{ confidence: 'medium' }, { confidence: 'low' }],
    });
  });

  test('speak of failures only', () => {
    const steps = [
      ...handshake({ at: 0 }),
      syn({ at: 10, clientPort: 1 }),
      synAck({ at: 11, clientPort: 1 }),
      clientRst({ at: 12, clientPort: 1 }),
      syn({ at: 20, clientPort: 2 }),
    ];
    expect(report(steps, { all: true })).toMatchObject({ findings: [], attempts: { length: 3 } });
  });

  test('name the sender of an ICMP error in what to check next', () => {
    const steps = [syn({ at: 0 }), icmpError({ at: 1, code: 13, from: '203.0.113.254' })];
    const [finding] = report(steps).findings;
    expect(finding?.nextSteps.join()).toContain('203.0.113.254');
    expect(finding?.nextSteps).toEqual(report(steps).attempts[0]?.nextSteps);
  });

  test('filter for the server in its own protocol', () => {
    expect(report(refused({ at: 0 })).findings[0]?.displayFilter).toContain(
      'ip.addr == 198.51.100.2 && tcp.port == 443',
    );
    expect(report(refused({ at: 0, ...IPV6 })).findings[0]?.displayFilter).toContain('ipv6.addr == 2001:db8::2');
  });

  test('speak of one attempt that is not listed in the singular', () => {
    const steps = [...refused({ at: 0 }), ...refused({ at: 1000, clientPort: 50_001 })];
    const [same] = report(steps, { limits: { attempts: 1 } }).findings;
    expect(same?.text).toMatch(/ 1 more from 1 client is not listed\.$/);
    const elsewhereToo = [...refused({ at: 0 }), ...refused({ at: 1000, port: 80 })];
    const [, other] = report(elsewhereToo, { limits: { attempts: 1 } }).findings;
    expect(other?.text).toBe('1 attempt from 1 client, which is not listed.');
  });
});
