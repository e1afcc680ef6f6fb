import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { needsTool, whatIsMissing } from '../tools.js';
import { bin, synwhy } from './run.js';

const NAMESPACE = `synwhy-live-i${process.pid}`;
const NEEDS = ['namespaces', 'ip', 'dumpcap', 'tcpdump', 'cap'] as const;
const canRun = NEEDS.every((need) => whatIsMissing(need) === undefined);

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** What the command prints in a namespace that has lo, eth7 with an address, a cable without carrier, one that is down, and 4711. */
function interfaces(...words: readonly string[]): string {
  const command = ['netns', 'exec', NAMESPACE, process.execPath, bin, 'interfaces', ...words];
  const { stdout, stderr, status } = spawnSync('ip', command, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, COLUMNS: '200' },
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('interfaces', () => {
  beforeAll(() => {
    if (!canRun) return;
    ip('netns', 'add', NAMESPACE);
    ip('-n', NAMESPACE, 'link', 'set', 'lo', 'up');
    for (const [name, peer] of [
      ['eth7', 'far'],
      ['quiet', 'far2'],
      ['4711', 'far3'],
    ] as const) {
      ip('-n', NAMESPACE, 'link', 'add', name, 'type', 'veth', 'peer', 'name', peer);
      ip('-n', NAMESPACE, 'link', 'set', name, 'up');
    }
    for (const name of ['far', 'far3']) ip('-n', NAMESPACE, 'link', 'set', name, 'up');
    ip('-n', NAMESPACE, 'address', 'add', '10.9.8.7/24', 'dev', 'eth7');
  });
  afterAll(() => {
    if (canRun) ip('netns', 'delete', NAMESPACE);
  });
  beforeEach((context) => needsTool(context, ...NEEDS));

  test('are listed with state, link type, addresses, and what can capture on them', () => {
    const { interfaces: found } = JSON.parse(interfaces('--format', 'json'));
    const yes = { canCapture: true };
    const byName = Object.fromEntries(found.map((each: { name: string }) => [each.name, each]));
    expect(byName.eth7).toEqual({
      name: 'eth7',
      addresses: expect.arrayContaining(['10.9.8.7']),
      linkState: 'up',
      linkType: 'EN10MB',
      backends: { dumpcap: yes, tcpdump: yes, cap: yes },
    });
    expect(byName.quiet).toMatchObject({ linkState: 'no-carrier', backends: { dumpcap: yes } });
    const reason = 'the interface far2 is down';
    const no = { canCapture: false, code: 'interface-down', reason };
    expect(byName.far2).toMatchObject({
      linkState: 'down',
      linkType: null,
      backends: { dumpcap: no, tcpdump: no, cap: no },
    });
    expect(byName['4711'].backends).toEqual({
      dumpcap: { canCapture: false, code: 'no-backend', reason: 'it takes 4711 for a place in its list of interfaces' },
      tcpdump: yes,
      cap: yes,
    });
    expect(byName.any).toMatchObject({ linkState: null, linkType: 'LINUX_SLL', addresses: [] });
  });

  test('are a table for people, with the reasons below', () => {
    const lines = interfaces().split('\n');
    expect(lines[0]).toMatch(/^interface +state +link type +captured with +addresses$/);
    expect(lines.find((line) => line.startsWith('eth7 '))).toMatch(
      /^eth7 +up +EN10MB +dumpcap, tcpdump, cap +10\.9\.8\.7/,
    );
    expect(lines.find((line) => line.startsWith('far2 '))).toMatch(/^far2 +down +nothing$/);
    expect(lines).toContain('Not with dumpcap on 4711: it takes 4711 for a place in its list of interfaces.');
  });
});

test('a user who may not capture sees the interfaces all the same, and what to do', (context) => {
  needsTool(context, 'root', 'setpriv', 'tcpdump');
  const rights = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const { stdout, status } = spawnSync('setpriv', [...rights, process.execPath, bin, 'interfaces'], {
    encoding: 'utf8',
    cwd: '/',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^lo .*nothing/m);
  expect(stdout).toMatch(/^Not with tcpdump: this user may not capture with it\.$/m);
  expect(stdout).toContain('with sudo');
});

test.for([
  [['interfaces', 'eth0'], 'interfaces takes no operand, but here is eth0'],
  [['interfaces', '--format', 'xml'], '--format of interfaces is table or json, not xml'],
  [['interfaces', '-w', 'a'], 'there is no option -w'],
] as const)('%j is wrong usage', ([words, message]) => {
  const { status, stderr } = synwhy(words);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('interfaces tells its options', () => {
  expect(synwhy(['interfaces', '--help']).stdout).toMatch(
    /synwhy interfaces +lists what can be captured on[\s\S]*--format/,
  );
});
