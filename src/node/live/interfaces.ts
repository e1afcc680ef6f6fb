/** What can be captured on here, and with what: every interface is opened, which captures nothing. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { BACKENDS, type Backend, CaptureStartError, type StartProblem } from './capture-session.js';
import { probeProgram } from './child-capture.js';
import { EVERY_INTERFACE, PROGRAMS } from './programs.js';
import { interfaceNames } from './start-problems.js';

/** Whether a backend can capture on an interface, and if not, why. */
export type BackendAnswer = { canCapture: true } | Refusal;
type Refusal = { canCapture: false; code: StartProblem; reason: string };

/** One interface that there is. */
export interface FoundInterface {
  name: string;
  addresses: string[];
  /** null: the system does not say, or it is no interface of its own. */
  linkState: 'up' | 'no-carrier' | 'down' | null;
  /** libpcap's name of the link type, such as EN10MB; null where no backend can open it. */
  linkType: string | null;
  backends: Record<Backend, BackendAnswer>;
}

/** What decides for all interfaces alike. */
const EVERYWHERE: ReadonlySet<StartProblem> = new Set(['permission', 'no-backend']);
/** Interfaces that are opened at the same time. */
const PROBED_TOGETHER = 4;
const INTERFACE_IS_UP = 1;

/** The interfaces of this system in its own order, and at the end the one that stands for all, where there is that. */
export async function listInterfaces(): Promise<FoundInterface[]> {
  const known = interfaceNames();
  const names = known === undefined ? Object.keys(networkInterfaces()) : [...known, EVERY_INTERFACE];
  const found: FoundInterface[] = [];
  const waiting = [...names.entries()];
  const decided = new Map<Backend, Refusal>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, name] = next;
      found[index] = await describe(name, decided);
    }
  };
  await Promise.all(Array.from({ length: PROBED_TOGETHER }, work));
  return found;
}

async function describe(name: string, decided: Map<Backend, Refusal>): Promise<FoundInterface> {
  const backends: Partial<Record<Backend, BackendAnswer>> = {};
  let linkType: string | null = null;
  for (const backend of BACKENDS) {
    const answer: Probe = decided.get(backend) ?? (await probe(backend, name));
    backends[backend] = answer.canCapture ? { canCapture: true } : answer;
    if (answer.canCapture) linkType ??= answer.linkType;
    else if (EVERYWHERE.has(answer.code) && !isAboutName(backend, name)) decided.set(backend, answer);
  }
  return {
    name,
    addresses: (networkInterfaces()[name] ?? []).map(({ address }) => address),
    linkState: readLinkState(name),
    linkType,
    backends: backends as Record<Backend, BackendAnswer>,
  };
}

type Probe = { canCapture: true; linkType: string } | Refusal;

async function probe(backend: Backend, name: string): Promise<Probe> {
  try {
    return { canCapture: true, linkType: await probeProgram(PROGRAMS[backend], name) };
  } catch (error) {
    if (!(error instanceof CaptureStartError)) throw error;
    return { canCapture: false, code: error.code, reason: error.message };
  }
}

function isAboutName(backend: Backend, name: string): boolean {
  return PROGRAMS[backend].refuses?.(name) !== undefined;
}

function readLinkState(name: string): FoundInterface['linkState'] {
  try {
    const read = (what: string): string => readFileSync(`/sys/class/net/${name}/${what}`, 'utf8').trim();
    if ((Number(read('flags')) & INTERFACE_IS_UP) === 0) return 'down';
    // 'unknown' is what interfaces say that have no carrier to speak of, such as lo.
    return /down|dormant/.test(read('operstate')) ? 'no-carrier' : 'up';
  } catch {
    return null;
  }
}
