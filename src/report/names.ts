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
  /** How many names of each capture were entered. */
  readonly #entered: number[];
  readonly #blocks = new Map<string, string>();

  constructor(captures: readonly CaptureFacts[], told: NameTable) {
    this.#captures = captures;
    this.#told = told;
    this.#entered = captures.map(() => 0);
    this.renew();
  }

  /** Takes in the names that were read since; there may be thousands of captures, so `of` does not look for them. */
  renew(): void {
    for (const [index, { names }] of this.#captures.entries()) {
      while (this.#entered[index] < names.length) this.#enter(names[this.#entered[index]++]);
    }
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
