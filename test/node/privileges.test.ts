import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BACKENDS } from '../../src/node/live/capture-session.js';
import { adviseOnRights, type RightsOfSystem } from '../../src/node/privileges.js';
import { needsTool, repositoryRoot } from '../tools.js';

const PATH = '/usr/bin/dumpcap';
const SYSTEM: RightsOfSystem = {
  platform: 'linux',
  userName: 'ann',
  isRoot: false,
  dumpcap: { path: PATH, mayRun: true },
  group: undefined,
  isDebian: false,
};

/** The advice that depends on dumpcap. */
function adviceFor(differences: Partial<RightsOfSystem>): string {
  return adviseOnRights({ ...SYSTEM, ...differences }).join('\n');
}

describe('who may not capture is told what to do on this system', () => {
  test('a dumpcap without rights of its own can be given them', () => {
    expect(adviceFor({})).toContain(`sudo setcap cap_net_raw,cap_net_admin=ep ${PATH}`);
  });

  test('on Debian its package can do that', () => {
    const advice = adviceFor({ isDebian: true });
    expect(advice).toContain('sudo dpkg-reconfigure wireshark-common');
    expect(advice).toContain('sudo usermod -aG wireshark ann');
  });

  test('where a group may run dumpcap, one has to be in it', () => {
    const dumpcap = { path: PATH, mayRun: false };
    const group = { name: 'pcap', isMember: false, isMemberInThisSession: false };
    const advice = adviceFor({ dumpcap, group });
    expect(advice).toContain('sudo usermod -aG pcap ann, then log in again');
    expect(advice).not.toContain('setcap');
  });

  test('who is in the group only since then has to log in again', () => {
    const dumpcap = { path: PATH, mayRun: false };
    const group = { name: 'wireshark', isMember: true, isMemberInThisSession: false };
    expect(adviceFor({ dumpcap, group })).toContain('log out and in again: ann is in the group wireshark');
  });

  test('without dumpcap, it can be installed', () => {
    expect(adviceFor({ dumpcap: undefined })).toContain('install dumpcap');
    expect(adviceFor({ dumpcap: undefined, isDebian: true })).toContain('sudo apt install wireshark-common');
  });

  test('on macOS it is ChmodBPF', () => {
    expect(adviceFor({ platform: 'darwin' })).toContain('ChmodBPF');
  });

  test('everywhere else but in a container, sudo helps; there, it is the container that lacks the right', () => {
    for (const platform of ['linux', 'darwin', 'freebsd'] as const)
      expect(adviceFor({ platform })).toContain('with sudo');
    const advice = adviceFor({ isRoot: true });
    expect(advice).toContain('--cap-add NET_RAW');
    expect(advice).not.toContain('sudo');
  });
});

describe('a user without rights', () => {
  test.for(BACKENDS)('is told so of %s', (backend, context) => {
    needsTool(context, 'root', 'setpriv', backend);
    const said = asNobody('--backend', backend);
    expect(said).toContain(`Not with ${backend}: this user may not capture with it.`);
    expect(said).toContain('with sudo');
  });

  test('is told of every backend that was tried', (context) => {
    needsTool(context, 'root', 'setpriv');
    const said = asNobody();
    for (const backend of BACKENDS) expect(said).toContain(`Not with ${backend}: `);
  });

  test('is told so as root without the right to capture, too', (context) => {
    needsTool(context, 'root', 'setpriv', 'tcpdump');
    const said = live(['--bounding-set=-net_raw'], '--backend', 'tcpdump');
    expect(said).toContain('--cap-add NET_RAW');
  });

  function asNobody(...words: readonly string[]): string {
    return live(['--reuid=65534', '--regid=65534', '--clear-groups'], ...words);
  }
});

/** What the command says when it captures on lo with these rights, which do not suffice. */
function live(rights: readonly string[], ...words: readonly string[]): string {
  const bin = join(repositoryRoot(), 'bin', 'synwhy.js');
  const command = [process.execPath, bin, 'live', '-i', 'lo', '--for', '1s', ...words];
  const { status, stdout, stderr } = spawnSync('setpriv', [...rights, ...command], { encoding: 'utf8', cwd: '/' });
  expect([status, stdout], stderr).toEqual([3, '']);
  return stderr;
}
