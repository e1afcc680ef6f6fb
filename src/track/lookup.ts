/** One client's try to learn the addresses of one name: what it asked, whom, and what came of it. */
import { type DnsMessage, NAME_ERROR, NO_ERROR, TYPE_A, TYPE_AAAA } from '../decode/dns.js';
import type { FrameReference } from './attempt.js';

/**
 * Why a name gave no address: it does not exist; it exists and has none; the servers failed or refused; nobody
 * answered.
 */
export type LookupFailure = 'not-found' | 'no-address' | 'server-failed' | 'unanswered';

/** Enough to look at; the rest are more of the same. */
const KEPT_FRAMES = 8;
const KEPT_SERVERS = 8;
/** Search lists have six entries at most on most systems. */
const MOST_ENDINGS = 16;

/** Both types of address and all retries belong to one lookup, whichever server they went to. */
export class Lookup {
  readonly client: string;
  readonly name: string;
  readonly servers = new Set<string>();
  readonly frames: FrameReference[] = [];
  queries = 0;
  firstNs: number;
  /** Of the last query or answer; `lastQueryNs` is on the clock that does not jump. */
  lastNs: number;
  lastQueryNs = Number.NEGATIVE_INFINITY;
  era = 0;
  /** When it was last said that the name does not exist; -Infinity if nobody said so. */
  notFoundNs = Number.NEGATIVE_INFINITY;
  /** The response code of a server that failed or refused. */
  failureCode = NO_ERROR;
  #previous: Lookup | undefined;
  #endings = 1;
  /** True if the client went on with another ending of a search list: what came of that counts. */
  isContinued = false;
  #asksForIpv4 = false;
  #isEmpty4 = false;
  #isEmpty6 = false;
  #isAnswered = false;

  constructor(client: string, name: string, timeNs: number) {
    this.client = client;
    this.name = name;
    this.firstNs = timeNs;
    this.lastNs = timeNs;
  }

  /** True if it got an address, or an answer that may have held one. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** The same host name with another ending, which the client tried before. */
  get previous(): Lookup | undefined {
    return this.#previous;
  }

  /** Goes on with a search list; of one that never ends the beginning stays alone. */
  continue(previous: Lookup): void {
    if (previous.#endings === MOST_ENDINGS) return;
    this.#previous = previous;
    this.#endings = previous.#endings + 1;
    previous.isContinued = true;
  }

  noteQuery(type: number, server: string, timeNs: number, frame: FrameReference): void {
    this.queries++;
    this.#noteServer(server);
    this.#noteFrame(frame);
    this.lastNs = timeNs;
    if (type === TYPE_A) this.#asksForIpv4 = true;
  }

  /** Takes an answer to a question of this type, of which perhaps only the beginning was captured. */
  noteAnswer(message: DnsMessage, type: number, server: string, timeNs: number, frame: FrameReference): void {
    this.#noteServer(server);
    this.#noteFrame(frame);
    this.lastNs = timeNs;
    if (message.responseCode === NAME_ERROR) this.notFoundNs = timeNs;
    else if (message.responseCode !== NO_ERROR) this.failureCode = message.responseCode;
    else if (!hasNoAddress(message)) this.#isAnswered = true;
    else if (type === TYPE_AAAA) this.#isEmpty6 = true;
    else this.#isEmpty4 = true;
  }

  /** Why there was no address; undefined if there was one, or if too little was seen. */
  failure(isSilenceSure: boolean): LookupFailure | undefined {
    if (this.#isAnswered) return undefined;
    if (this.notFoundNs !== Number.NEGATIVE_INFINITY) return 'not-found';
    if (this.failureCode !== NO_ERROR) return 'server-failed';
    if (this.#isEmpty4) return 'no-address';
    // Asked for IPv6 only: it may know the IPv4 address from before.
    if (this.#isEmpty6 && !this.#asksForIpv4) return undefined;
    return isSilenceSure ? 'unanswered' : undefined;
  }

  #noteServer(server: string): void {
    if (this.servers.size < KEPT_SERVERS) this.servers.add(server);
  }

  #noteFrame(frame: FrameReference): void {
    if (this.frames.length < KEPT_FRAMES) this.frames.push(frame);
  }
}

/** Only where the whole answer is there and leads to no address; a truncated one is asked for again over TCP. */
function hasNoAddress({ answerCount, isWhole, isTruncated, records }: DnsMessage): boolean {
  if (isTruncated) return false;
  return answerCount === 0 || (isWhole && records.every(({ isAlias }) => isAlias));
}
