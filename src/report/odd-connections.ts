/**
 * Connections that were made and yet did not work: the server ended them before either side sent data, or a socket
 * connected to itself. They are told also where established attempts are only counted: for the program it 'cannot
 * connect'.
 */
import type { NoteCode } from '../classify/descriptions/notes.js';
import { endByServer } from '../classify/notes/ended-by-server.js';
import { isSelfConnected } from '../classify/notes/self-connect.js';
import type { Attempt, Endpoint, FrameReference } from '../track/attempt.js';
import type { HostFacts } from '../track/hosts.js';
import type { Observation } from './model.js';
import { formatCount, formatNumberOf } from './wording.js';

/** What is odd about a connection, and what shows it. */
export interface Oddity {
  code: NoteCode;
  frames: FrameReference[];
}

/** Connections to one port with the same oddity; the frames are those of the first. */
interface OddGroup extends Oddity {
  server: Endpoint;
  serverHost: number;
  count: number;
}

/** More ports than this are not told apart. */
const MAXIMUM_GROUPS = 10_000;
/** So many are told. */
const MOST_TOLD = 20;
/** Where fewer than one in so many ended like this, it is the way of single clients and not of the service. */
const NOTEWORTHY_SHARE = 10;

/** What the sentences are made with. */
export interface OddWording {
  hosts: HostFacts;
  /** False if only some connections were looked at, so that they cannot be compared with all. */
  isOfAll: boolean;
  frameNumber(reference: FrameReference): number;
  /** Address and port, and what else they are called. */
  nameServer(server: Endpoint): string;
}

/** Collects such connections, by port. */
export class OddConnections {
  readonly #groups = new Map<string, OddGroup>();

  /** Takes a connection, and what is odd about it. */
  note({ server, serverHost }: Attempt, oddity: Oddity): void {
    const key = `${oddity.code} ${server.address} ${server.port}`;
    const known = this.#groups.get(key);
    if (known !== undefined) known.count++;
    else if (this.#groups.size < MAXIMUM_GROUPS) this.#groups.set(key, { ...oddity, server, serverHost, count: 1 });
  }

  /** What there is to tell: the most frequent first. */
  tell(wording: OddWording): Observation[] {
    const groups = [...this.#groups.values()]
      .filter((group) => group.count * NOTEWORTHY_SHARE >= acceptedBy(group, wording))
      .sort((one, other) => other.count - one.count);
    const told = groups.slice(0, MOST_TOLD).map((group) => ({
      code: group.code,
      text: `${describe(group, wording)}.`,
      frames: group.frames.map((frame) => wording.frameNumber(frame)),
    }));
    const more = groups.length - told.length;
    if (more === 0) return told;
    const text = `The like was seen of ${formatNumberOf(more, 'more port')}.`;
    return [...told, { code: groups[MOST_TOLD].code, text, frames: [] }];
  }
}

/** What is odd about a connection, if anything is. */
export function findOddity(attempt: Attempt): Oddity | undefined {
  if (isSelfConnected(attempt)) return { code: 'self-connect', frames: attempt.events.map(({ frame }) => frame) };
  const found = endByServer(attempt);
  if (found === undefined) return undefined;
  const code = found.end.kind === 'late-rst' ? 'accepted-then-reset' : 'accepted-then-closed';
  return { code, frames: [found.ack.frame, found.end.frame] };
}

/** How many connections the port accepted, those that were seen to end so among them. */
function acceptedBy({ server, serverHost, count }: OddGroup, { hosts, isOfAll }: OddWording): number {
  return Math.max(count, isOfAll ? (hosts.port(serverHost, server.port)?.accepted ?? 0) : 0);
}

function describe(group: OddGroup, wording: OddWording): string {
  const { code, count, frames, server } = group;
  const numbers = frames.map((frame) => wording.frameNumber(frame));
  const where = `${count === 1 ? '' : 'first '}in frames ${numbers.slice(0, -1).join(', ')} and ${numbers[numbers.length - 1]}`;
  const name = wording.nameServer(server);
  if (code === 'self-connect') {
    const sockets = count === 1 ? 'A socket' : `${formatCount(count)} sockets`;
    return `${sockets} connected to ${count === 1 ? 'itself' : 'themselves'}, from ${name} to the same (${where}): nothing listens there, and the program talks to itself`;
  }
  const verb = `${count === 1 ? 'was' : 'were'} ${code === 'accepted-then-reset' ? 'reset' : 'closed'}`;
  const accepted = acceptedBy(group, wording);
  return `${describeShare(count, accepted)} that ${name} accepted ${verb} by it before either side sent data (${where}): what accepts there may be a proxy, load balancer or port forwarding that reaches no service`;
}

function describeShare(count: number, all: number): string {
  if (all === 1) return 'The only connection';
  if (count < all) return `${formatCount(count)} of ${formatCount(all)} connections`;
  return all === 2 ? 'Both connections' : `All ${formatCount(all)} connections`;
}
