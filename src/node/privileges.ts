/** Who may capture here, what to do for it, and giving up root as soon as it is not needed any more. */
import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { findProgram } from './live/child-capture.js';

/** Who ran sudo. */
export interface InvokingUser {
  uid: number;
  gid: number;
  name: string;
  /** Where a command looks for its settings. */
  home: string;
}

/** Of this system, what advice on rights depends on. */
export interface RightsOfSystem {
  platform: NodeJS.Platform;
  userName: string;
  isRoot: boolean;
  /** Undefined: not installed. */
  dumpcap: { path: string; mayRun: boolean } | undefined;
  /** The group that may run dumpcap alone; undefined when there is no such group. */
  group: { name: string; isMember: boolean; isMemberInThisSession: boolean } | undefined;
  isDebian: boolean;
}

/** The types of Node 20 leave it out. */
declare global {
  namespace NodeJS {
    interface Process {
      initgroups(user: number | string, extraGroup: number | string): void;
    }
  }
}

const CAPABILITIES = 'cap_net_raw,cap_net_admin';

/**
 * Gives up root for the user that ran sudo, for good; files and commands are that user's from then on. Undefined: there
 * was nothing to give up, or nobody to become.
 */
export function dropPrivileges(): InvokingUser | undefined {
  const user = invokingUser();
  if (process.getuid?.() !== 0 || user === undefined) return undefined;
  try {
    process.initgroups(user.uid, user.gid);
  } catch {
    // A user that no list knows has no further groups.
    process.setgroups?.([user.gid]);
  }
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
  if (process.getuid() !== user.uid || process.geteuid?.() !== user.uid) throw new Error('root could not be given up');
  return { ...user, ...describeUser(user.uid) };
}

function describeUser(uid: number): { name: string; home: string } {
  try {
    const { username, homedir } = userInfo();
    return { name: username, home: homedir };
  } catch {
    // A user that no list knows.
    return { name: process.env.SUDO_USER ?? String(uid), home: '/' };
  }
}

function invokingUser(): { uid: number; gid: number } | undefined {
  const [uid, gid] = [process.env.SUDO_UID, process.env.SUDO_GID].map((text) =>
    /^\d+$/.test(text ?? '') ? Number(text) : undefined,
  );
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
}

/** What to do on this system so that this user may capture, in lines. */
export function explainMissingPermission(): string[] {
  return adviseOnRights(findRights());
}

/** What to do on such a system so that the user may capture, in lines. */
export function adviseOnRights({ platform, userName, isRoot, dumpcap, group, isDebian }: RightsOfSystem): string[] {
  if (isRoot) {
    return [
      'This is root, but without the right to capture (CAP_NET_RAW), as in a container.',
      'Give it to the container: docker run --cap-add NET_RAW --cap-add NET_ADMIN …',
    ];
  }
  const sudo = '- run it with sudo; root is given up as soon as the interface is open';
  if (platform === 'darwin') {
    return [
      'One of these helps:',
      sudo,
      '- install ChmodBPF, which comes with Wireshark (Install ChmodBPF.pkg), and log in again: it lets the group access_bpf capture',
    ];
  }
  return ['One of these helps:', sudo, `- ${adviseOnDumpcap(userName, dumpcap, group, isDebian)}`];
}

function adviseOnDumpcap(
  userName: string,
  dumpcap: RightsOfSystem['dumpcap'],
  group: RightsOfSystem['group'],
  isDebian: boolean,
): string {
  if (dumpcap === undefined) {
    const what = isDebian
      ? 'sudo apt install wireshark-common'
      : "install dumpcap, which comes with Wireshark's command line";
    return `${what}: it can capture without root`;
  }
  if (group?.isMember === true && !group.isMemberInThisSession) {
    return `log out and in again: ${userName} is in the group ${group.name} since this session began`;
  }
  if (group !== undefined && !dumpcap.mayRun && !group.isMember) {
    return `sudo usermod -aG ${group.name} ${userName}, then log in again: only that group may run ${dumpcap.path}`;
  }
  const setcap = `sudo setcap ${CAPABILITIES}=ep ${dumpcap.path}: then everybody who may run it may capture`;
  if (!isDebian) return setcap;
  const join = `sudo usermod -aG wireshark ${userName}`;
  return `sudo dpkg-reconfigure wireshark-common (answer Yes), ${join}, then log in again; or ${setcap}`;
}

function findRights(): RightsOfSystem {
  const { name: userName } = describeUser(process.getuid?.() ?? 0);
  const dumpcap = findProgram('dumpcap');
  return {
    platform: process.platform,
    userName,
    isRoot: process.geteuid?.() === 0,
    dumpcap,
    group: dumpcap && findGroup(dumpcap.path, userName),
    isDebian: existsSync('/var/lib/dpkg'),
  };
}

/** The group of dumpcap, unless that is root's or everybody may run it. */
function findGroup(path: string, userName: string): RightsOfSystem['group'] {
  try {
    const { gid, mode } = statSync(path);
    const isForEverybody = (mode & constants.S_IXOTH) !== 0;
    if (gid === 0 || isForEverybody) return undefined;
    const lines = readFileSync('/etc/group', 'utf8').split('\n');
    const [name, , , members = ''] = lines.map((line) => line.split(':')).find((line) => line[2] === String(gid)) ?? [];
    if (name === undefined) return undefined;
    const isMemberInThisSession = process.getgroups?.().includes(gid) === true;
    return { name, isMember: isMemberInThisSession || members.split(',').includes(userName), isMemberInThisSession };
  } catch {
    return undefined;
  }
}
