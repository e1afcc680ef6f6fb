/** Names of addresses, from the captures themselves. */
import type { CaptureFacts, CaptureName } from '../capture/format.js';
import { formatAddress } from '../decode/address.js';
import { IPV4_MAPPED_WORD } from '../decode/frame.js';
import { NAME_FROM_DNS, type NameTable } from '../track/names.js';

/**
 * What the captures call addresses. A name that was asked for in DNS comes first, then that of a Name Resolution Block
 * (the first of them counts), then what hosts call themselves and their servers.
 */
export class AddressNames {
  readonly #captures: readonly CaptureFacts[];
  readonly #told: NameTable;
  /** How many names of a capture were entered, of those that had any. */
  readonly #entered = new Map<CaptureFacts, number>();
  readonly #blocks = new Map<string, string>();

  constructor(captures: readonly CaptureFacts[], told: NameTable) {
    this.#captures = captures;
    this.#told = told;
    this.renew();
  }

  /** Takes in the names that were read since; there may be thousands of captures, so `of` does not look for them. */
  renew(): void {
    for (const facts of this.#captures) this.take(facts);
  }

  /** Takes in the names that were read since from one capture, which may be a further one. */
  take(facts: CaptureFacts): void {
    const { names } = facts;
    if (names.length === 0) return;
    for (let at = this.#entered.get(facts) ?? 0; at < names.length; at++) this.#enter(names[at]);
    this.#entered.set(facts, names.length);
  }

  /**
   * The name of an address as `formatAddress` writes it, if it has one. Of several the one that `client` asked for last
   * before `untilNs`, if these are told.
   */
  of(address: string, client?: string, untilNs?: number): string | undefined {
    const telling = this.#told.tellingOf(address, client, untilNs);
    if (telling?.source === NAME_FROM_DNS) return telling.name;
    return this.#blocks.get(address) ?? telling?.name;
  }

  #enter({ address, name }: CaptureName): void {
    const text = formatBytes(address);
    if (!this.#blocks.has(text)) this.#blocks.set(text, name);
  }
}

function formatBytes(address: Uint8Array): string {
  const view = new DataView(address.buffer, address.byteOffset, address.length);
  if (address.length === 4) return formatAddress(0, 0, IPV4_MAPPED_WORD, view.getUint32(0));
  return formatAddress(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
}
