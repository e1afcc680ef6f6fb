/**
 * What the packets call addresses: the names that clients asked DNS for, those that hosts tell of themselves by
 * multicast, and those by which clients ask a server in their first bytes. Names are as hostile as the packets.
 */
import type { FrameReference } from './attempt.js';

/** What rules may ask about names. */
export interface NameFacts {
  /** The name of an address; of several the one that `client` last asked for, if that is told. */
  nameOf(address: string, client?: string): string | undefined;
  /** All other addresses that DNS gave for the names of this one; of the names that `client` asked for, if it did. */
  siblingsOf(address: string, client?: string): readonly string[];
}

/** Where nothing was kept of names. */
export const NO_NAMES: NameFacts = { nameOf: () => undefined, siblingsOf: () => [] };

/** The name was asked for in DNS, and this address was in the answer. */
export const NAME_FROM_DNS = 0;
/** The host tells it of itself: multicast DNS. */
export const NAME_FROM_HOST = 1;
/** A client asked its server by this name: TLS, HTTP. */
export const NAME_FROM_CLIENT = 2;

/** One time that an address was called something. */
export interface Telling {
  name: string;
  /** A NAME_FROM_ constant: the lower one counts more. */
  source: number;
  /** The address of whoever asked by that name; empty for what a host tells everybody. */
  client: string;
  timeNs: number;
  frame: FrameReference;
}

/** More tellings than this are not kept: a resolver's traffic must not fill the memory. */
const MAXIMUM_TELLINGS = 1 << 16;
/** Of each address: those behind a content network have thousands of names. */
const TELLINGS_PER_ADDRESS = 16;
/** Of each name; an answer holds a dozen at most. */
const ADDRESSES_PER_NAME = 64;

/** Names, by address. */
export class NameTable implements NameFacts {
  readonly #tellings = new Map<string, Telling[]>();
  /** What DNS answered, also from several servers and at several times. */
  readonly #addresses = new Map<string, Set<string>>();
  #count = 0;

  /** Notes that an address was called something. */
  note(address: string, telling: Telling): void {
    if (telling.source !== NAME_FROM_CLIENT) this.#noteAddress(telling.name, address);
    const known = this.#tellings.get(address);
    const isNews = known === undefined || !isSame(latestBy(known, telling), telling);
    if (!isNews || this.#count === MAXIMUM_TELLINGS) return;
    if (known === undefined) this.#tellings.set(address, [telling]);
    else if (known.length < TELLINGS_PER_ADDRESS) known.push(telling);
    else return;
    this.#count++;
  }

  /**
   * Who called an address what. Of several the best source counts; what the client itself asked for, latest before
   * `untilNs`, comes before what others did, and without a client the first.
   */
  tellingOf(address: string, client?: string, untilNs = Number.POSITIVE_INFINITY): Telling | undefined {
    const known = this.#tellings.get(address);
    if (known === undefined) return undefined;
    const own = known.filter((telling) => telling.client === client);
    const before = own.filter(({ timeNs }) => timeNs <= untilNs);
    return best(before.reverse()) ?? best(own) ?? best(known);
  }

  nameOf(address: string, client?: string): string | undefined {
    return this.tellingOf(address, client)?.name;
  }

  /** The addresses that DNS gave for a name. */
  addressesOf(name: string): readonly string[] {
    return [...(this.#addresses.get(name.toLowerCase()) ?? [])];
  }

  siblingsOf(address: string, client?: string): readonly string[] {
    const siblings = new Set<string>();
    const known = this.#tellings.get(address) ?? [];
    const own = known.filter((telling) => telling.client === client);
    // Who connects over IPv6 may have asked over IPv4.
    for (const telling of own.length > 0 ? own : known) {
      for (const sibling of this.#addresses.get(telling.name) ?? []) siblings.add(sibling);
    }
    siblings.delete(address);
    return [...siblings];
  }

  #noteAddress(name: string, address: string): void {
    const known = this.#addresses.get(name);
    if (known === undefined) {
      if (this.#addresses.size < MAXIMUM_TELLINGS) this.#addresses.set(name, new Set([address]));
    } else if (known.size < ADDRESSES_PER_NAME) known.add(address);
  }
}

/** The first of those from the best source. */
function best(tellings: readonly Telling[]): Telling | undefined {
  let found: Telling | undefined;
  for (const telling of tellings) if (found === undefined || telling.source < found.source) found = telling;
  return found;
}

/** The last time that the same client was told something by the same means. */
function latestBy(tellings: readonly Telling[], { client, source }: Telling): Telling | undefined {
  return tellings.findLast((telling) => telling.client === client && telling.source === source);
}

function isSame(known: Telling | undefined, { name }: Telling): boolean {
  return known?.name === name;
}
