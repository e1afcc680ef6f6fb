/** Names of addresses, from the captures themselves. */
import type { CaptureFacts, CaptureName } from '../capture/format.js';
import { formatAddress } from '../decode/address.js';
import { IPV4_MAPPED_WORD } from '../decode/frame.js';

/** What the captures call addresses; the first name that is given to one counts. */
export class AddressNames {
  readonly #captures: readonly CaptureFacts[];
  /** How many names of each capture were entered. */
  readonly #entered: number[];
  readonly #names = new Map<string, string>();

  constructor(captures: readonly CaptureFacts[]) {
    this.#captures = captures;
    this.#entered = captures.map(() => 0);
    this.renew();
  }

  /** Takes in the names that were read since; there may be thousands of captures, so `of` does not look for them. */
  renew(): void {
    for (const [index, { names }] of this.#captures.entries()) {
      while (this.#entered[index] < names.length) this.#enter(names[this.#entered[index]++]);
    }
  }

  /** The name of an address as `formatAddress` writes it, if it has one. */
  of(address: string): string | undefined {
    return this.#names.get(address);
  }

  #enter({ address, name }: CaptureName): void {
    const text = formatBytes(address);
    if (!this.#names.has(text)) this.#names.set(text, name);
  }
}

function formatBytes(address: Uint8Array): string {
  const view = new DataView(address.buffer, address.byteOffset, address.length);
  if (address.length === 4) return formatAddress(0, 0, IPV4_MAPPED_WORD, view.getUint32(0));
  return formatAddress(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
}
