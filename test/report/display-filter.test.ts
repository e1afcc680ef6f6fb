import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { attemptFilter, hostFilter, portFilter, serverFilter } from '../../src/report/display-filter.js';
import type { Report } from '../../src/report/model.js';
import { analyze, captureOf, handshake, IPV6, icmpError, rst, syn } from '../build/scenario.js';
import { readLabels } from '../lab/labels.js';
import { findProgram, needsTool } from '../tools.js';

const folder = mkdtempSync(join(tmpdir(), 'synwhy-filter-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Frame numbers that a display filter selects. */
function select(path: string, filter: string): number[] {
  const parameters = ['-n', '-r', path, '-Y', filter, '-T', 'fields', '-e', 'frame.number'];
  const output = execFileSync(findProgram('tshark') ?? 'tshark', parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.split('\n').filter(Boolean).map(Number);
}

/** Every frame of every attempt has to be selected by its filter, and those of a finding's attempts by its own. */
function expectToSelect(path: string, { attempts, findings }: Report): void {
  for (const { id, displayFilter, frames } of attempts) {
    const selected = select(path, displayFilter);
    expect(selected, `attempt ${id}: ${displayFilter}`).toEqual(
      expect.arrayContaining(frames.map(({ frame }) => frame)),
    );
  }
  for (const { displayFilter, attemptIds } of findings) {
    const shown = new Set(select(path, displayFilter));
    for (const { id, frames } of attempts.filter(({ id }) => attemptIds.includes(id))) {
      const [first] = frames;
      expect(shown.has(first?.frame ?? 0), `attempt ${id}: ${displayFilter}`).toBe(true);
    }
  }
}

describe('display filters', () => {
  test('speak of IPv4 and IPv6 as Wireshark does', () => {
    const client = { address: '192.0.2.1', port: 50_000 };
    expect(attemptFilter(client, { address: '198.51.100.2', port: 443 })).toBe(
      'tcp.port == 50000 && tcp.port == 443 && ip.addr == 198.51.100.2',
    );
    expect(attemptFilter(client, { address: '2001:db8::2', port: 443 })).toContain('ipv6.addr == 2001:db8::2');
    expect(attemptFilter(client, { address: '198.51.100.2', port: 443 }, [{ address: '10.0.0.9', port: 8443 }])).toBe(
      'tcp.port == 50000 && ((tcp.port == 443 && ip.addr == 198.51.100.2) || (tcp.port == 8443 && ip.addr == 10.0.0.9))',
    );
    expect(serverFilter({ address: '198.51.100.2', port: 443 })).toContain('icmp)');
    expect(serverFilter({ address: '2001:db8::2', port: 443 })).toContain('icmpv6)');
  });

  test('select an attempt with what quotes it, and nothing else', (context) => {
    needsTool(context, 'tshark');
    const path = join(folder, 'built.pcap');
    const content = captureOf([
      ...handshake({ at: 0, clientPort: 50_001 }),
      syn({ at: 10 }),
      icmpError({ at: 11, code: 13, from: '203.0.113.1' }),
      syn({ at: 12, server: '198.51.100.3' }),
      rst({ at: 13, server: '198.51.100.3' }),
      syn({ at: 20, ...IPV6 }),
      icmpError({ at: 21, ...IPV6, code: 1, from: '2001:db8::99' }),
    ]);
    writeFileSync(path, content);
    const { attempts } = analyze([content], { all: true });
    expect(attempts.map(({ displayFilter }) => select(path, displayFilter))).toEqual([
      [1, 2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
  });

  test('select how all ports of a host answered, or all hosts on a port', (context) => {
    needsTool(context, 'tshark');
    const path = join(folder, 'scan.pcap');
    const one = { server: '198.51.100.3' };
    const content = captureOf([
      ...handshake({ at: 0, ...one }),
      syn({ at: 10, ...one, port: 80 }),
      icmpError({ at: 11, ...one, port: 80, from: '203.0.113.1' }),
      syn({ at: 12 }),
      rst({ at: 13 }),
      syn({ at: 20, ...IPV6, port: 80 }),
      icmpError({ at: 21, ...IPV6, port: 80, from: '2001:db8::99' }),
    ]);
    writeFileSync(path, content);
    expect(select(path, hostFilter('198.51.100.3'))).toEqual([1, 2, 4, 5]);
    expect(select(path, hostFilter(IPV6.server))).toEqual([8, 9]);
    expect(select(path, portFilter(80))).toEqual([4, 5, 8, 9]);
  });

  // One of each cause: tshark takes most of a second to start.
  const firstOfEachCause = new Map(readLabels().map((labelled) => [labelled.situation.split('/')[0], labelled]));
  for (const { situation, path } of firstOfEachCause.values()) {
    test(`select all frames of every attempt in ${situation}`, { timeout: 60_000 }, (context) => {
      needsTool(context, 'tshark');
      const content = readFileSync(path);
      expectToSelect(path, analyze([path.endsWith('.gz') ? gunzipSync(content) : content], { all: true }));
    });
  }
});
