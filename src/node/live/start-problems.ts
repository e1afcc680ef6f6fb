/** Makes of what libpcap and the programs above it say a problem that has a name, and a sentence. */
import { readFileSync } from 'node:fs';
import { CaptureStartError } from './capture-session.js';

/** The names that are no interfaces of the system, but known to libpcap. */
const PSEUDO_INTERFACE = /^(?:any|nflog|nfqueue|usbmon|bluetooth|dbus|rpcap)/;

const NOT_LOADED = /^cap: the package does not load/m;
const NO_PERMISSION = /permission|not permitted|CAP_NET_RAW/i;
const NO_INTERFACE = /no such device|there is no device named|doesn't exist|does not exist|SIOCGIFHWADDR/i;
const INTERFACE_DOWN = /not up|network is down/i;

/** What a backend said instead of capturing. */
interface Complaint {
  said: string;
  program: string;
  interfaceName: string;
  filter: string | undefined;
}

/** Says why a capture did not begin. Where nothing else is known to be wrong, it is the filter, if there is one. */
export function explainStart({ said, program, interfaceName, filter }: Complaint): CaptureStartError {
  const words = complaintIn(said, program);
  if (NOT_LOADED.test(said)) return new CaptureStartError('no-backend', words);
  if (NO_INTERFACE.test(said)) return noSuchInterface(interfaceName);
  if (INTERFACE_DOWN.test(said)) {
    return new CaptureStartError('interface-down', `the interface ${interfaceName} is down`);
  }
  if (NO_PERMISSION.test(said)) return new CaptureStartError('permission', 'this user may not capture with it');
  if (filter !== undefined) return new CaptureStartError('bad-filter', `the filter '${filter}' is wrong: ${words}`);
  return new CaptureStartError('failed', `it did not begin: ${words}`);
}

/** The error for an interface that is not there; it lists those that are. */
function noSuchInterface(interfaceName: string): CaptureStartError {
  const names = interfaceNames();
  const known = names === undefined ? '' : `; there are ${[...names, 'any'].join(', ')}`;
  return new CaptureStartError('no-such-interface', `there is no interface ${interfaceName}${known}`);
}

/**
 * The interfaces of the network namespace that this process is in, or undefined where that cannot be known. Not from
 * /sys, which may still show those of the namespace that it was mounted in.
 */
export function interfaceNames(): string[] | undefined {
  try {
    const lines = readFileSync('/proc/self/net/dev', 'utf8').split('\n').slice(2);
    return lines.filter((line) => line.includes(':')).map((line) => line.slice(0, line.lastIndexOf(':')).trim());
  } catch {
    return undefined;
  }
}

/** Throws CaptureStartError for an interface that is certainly not there. */
export function checkInterface(interfaceName: string): void {
  const names = interfaceNames();
  if (names === undefined || names.includes(interfaceName) || PSEUDO_INTERFACE.test(interfaceName)) return;
  throw noSuchInterface(interfaceName);
}

/** The words that say what is wrong, without the program's name and in one line. */
function complaintIn(said: string, program: string): string {
  // dumpcap puts the words of libpcap into parentheses, and explains around them.
  const ofLibpcap = /That string isn't a valid capture filter \((.*)\)\./.exec(said)?.[1];
  if (ofLibpcap !== undefined) return ofLibpcap;
  const lines = said.split(/[\r\n]+/).filter((line) => line !== '' && !/^(?:Capturing on|File:|Warning:)/.test(line));
  const line = lines.find((text) => text.startsWith(`${program}: `)) ?? lines[0] ?? 'it did not say why';
  return line.replace(`${program}: `, '').replace(/\.$/, '');
}
