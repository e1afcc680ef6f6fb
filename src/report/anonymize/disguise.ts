/**
 * Anonymizes captures before anything is made of them: packet by packet, and what they say of themselves. What is
 * analysed, reported and written as an excerpt has never held an original address or name.
 */
import {
  type CaptureFacts,
  type CaptureInterface,
  type CaptureName,
  DIRECTION_INBOUND,
  DIRECTION_OUTBOUND,
  DIRECTION_UNKNOWN,
  Packet,
} from '../../capture/format.js';
import { parseAddress } from '../../decode/address.js';
import {
  FRAME_DNS,
  FRAME_ICMP_ERROR,
  FRAME_TCP,
  Frame,
  IPV4_MAPPED_WORD,
  PASSAGE_RECEIVED,
  PASSAGE_SENT,
} from '../../decode/frame.js';
import { LINKTYPE_ETHERNET } from '../../decode/link-types.js';
import { decodePacket } from '../../decode/packet.js';
import { AddressMap } from './addresses.js';
import { NameMap } from './names.js';
import type { BlockCipher } from './prefix-cipher.js';
import { Rebuilder } from './rebuilder.js';
import { Rewriter, UNKNOWN } from './rewriter.js';

/** What is asked of a disguise. */
export interface DisguiseOptions {
  /** AES in ECB mode, or another block cipher of 16 bytes, with the key; synwhy has none of its own. */
  cipher: BlockCipher;
  /** Keep the first half of MAC addresses, which names the vendor. */
  keepsVendor: boolean;
}

/** Longer packets are of no use: what is kept of one is its headers, and DNS. */
const MOST_BYTES = 1 << 16;
/** What a rebuilt packet may have more than the original. */
const SPARE_BYTES = 256;

/** Replaces addresses and names; the same everywhere, and with the same key always. */
export class Disguise {
  readonly addresses: AddressMap;
  readonly names: NameMap;
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  readonly #again = new Frame();
  readonly #rewriter: Rewriter;
  readonly #rebuilder: Rebuilder;
  readonly #facts = new WeakMap<CaptureFacts, CaptureFacts>();

  constructor({ cipher, keepsVendor }: DisguiseOptions) {
    this.addresses = new AddressMap(cipher, keepsVendor);
    this.names = new NameMap(cipher);
    const bytes = new Uint8Array(MOST_BYTES + SPARE_BYTES);
    const view = new DataView(bytes.buffer);
    this.#packet.bytes = bytes;
    this.#packet.view = view;
    this.#rewriter = new Rewriter(view, this.addresses, this.names);
    this.#rebuilder = new Rebuilder(view, this.addresses, this.names);
  }

  /** The packet in disguise; it is the same object each time. */
  packet(original: Packet): Packet {
    const disguised = this.#packet;
    const { bytes, offset, capturedBytes } = original;
    const captured = Math.min(capturedBytes, MOST_BYTES);
    disguised.timeNs = original.timeNs;
    disguised.interfaceIndex = original.interfaceIndex;
    disguised.number = original.number;
    disguised.linkType = original.linkType;
    disguised.direction = original.direction;
    disguised.originalBytes = original.originalBytes;
    decodePacket(original, this.#frame);
    disguised.bytes.set(bytes.subarray(offset, offset + captured));
    const kept = this.#frame.tunnelDepth > 0 ? UNKNOWN : this.#rewriter.packet(original.linkType, captured);
    disguised.capturedBytes = Math.max(0, kept);
    if (kept === UNKNOWN || !this.#tellsTheSame()) this.#rebuild(original);
    return disguised;
  }

  /** What a capture says of itself, without words of anybody; it grows as the original does. */
  facts(original: CaptureFacts): CaptureFacts {
    let disguised = this.#facts.get(original);
    if (disguised === undefined) {
      disguised = new DisguisedFacts(original, this);
      this.#facts.set(original, disguised);
    }
    return disguised;
  }

  /** What `--host` was given, for addresses in disguise: an address, a network or a name. */
  hostText(text: string): string {
    const [host, prefix] = text.replace(/^\[(.*)\]$/, '$1').split('/');
    if (parseAddress(host) === undefined) return prefix === undefined ? this.names.name(text) : text;
    return prefix === undefined ? this.addresses.text(host) : `${this.addresses.text(host)}/${prefix}`;
  }

  /** A rule that understood something else than the decoder is not to be trusted. */
  #tellsTheSame(): boolean {
    const [before, after] = [this.#frame, this.#again];
    decodePacket(this.#packet, after);
    if (before.kind !== after.kind || before.passage !== after.passage) return false;
    if (before.kind !== FRAME_TCP && before.kind !== FRAME_ICMP_ERROR && before.kind !== FRAME_DNS) return true;
    return (
      before.sourcePort === after.sourcePort &&
      before.destinationPort === after.destinationPort &&
      before.timeToLive === after.timeToLive &&
      (before.kind === FRAME_DNS ||
        (before.sequence === after.sequence &&
          before.acknowledgement === after.acknowledgement &&
          before.flags === after.flags &&
          before.payloadBytes === after.payloadBytes))
    );
  }

  #rebuild(original: Packet): void {
    const disguised = this.#packet;
    const { capturedBytes, originalBytes } = this.#rebuilder.rebuild(original, this.#frame);
    disguised.capturedBytes = capturedBytes;
    disguised.originalBytes = Math.max(capturedBytes, originalBytes);
    disguised.linkType = LINKTYPE_ETHERNET;
    const { passage } = this.#frame;
    if (passage === PASSAGE_RECEIVED) disguised.direction = DIRECTION_INBOUND;
    else disguised.direction = passage === PASSAGE_SENT ? DIRECTION_OUTBOUND : DIRECTION_UNKNOWN;
  }
}

/** Facts that look at the original ones, and leave out what people wrote. */
class DisguisedFacts implements CaptureFacts {
  readonly comments = [];
  readonly #original: CaptureFacts;
  readonly #disguise: Disguise;
  readonly #names: CaptureName[] = [];

  constructor(original: CaptureFacts, disguise: Disguise) {
    this.#original = original;
    this.#disguise = disguise;
  }

  get format() {
    return this.#original.format;
  }

  get interfaces(): CaptureInterface[] {
    return this.#original.interfaces.map(({ linkType, snapLength, dropped, endNs }) => ({
      linkType,
      snapLength,
      ...(dropped === undefined ? {} : { dropped }),
      ...(endNs === undefined ? {} : { endNs }),
    }));
  }

  get packets() {
    return this.#original.packets;
  }

  get bytes() {
    return this.#original.bytes;
  }

  get firstPacketNs() {
    return this.#original.firstPacketNs;
  }

  get lastPacketNs() {
    return this.#original.lastPacketNs;
  }

  get damages() {
    return this.#original.damages;
  }

  get furtherDamages() {
    return this.#original.furtherDamages;
  }

  get names(): CaptureName[] {
    const { names } = this.#original;
    while (this.#names.length < names.length) this.#names.push(this.#name(names[this.#names.length]));
    return this.#names;
  }

  #name({ address, name }: CaptureName): CaptureName {
    const { addresses, names } = this.#disguise;
    const view = new DataView(address.buffer, address.byteOffset, address.length);
    const isVersion4 = address.length === 4;
    const words = isVersion4
      ? Uint32Array.of(0, 0, IPV4_MAPPED_WORD, addresses.ipv4(view.getUint32(0)))
      : addresses.words(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
    const bytes = Uint8Array.from({ length: 16 }, (_, at) => words[at >>> 2] >>> (24 - 8 * (at & 3)));
    return { address: isVersion4 ? bytes.slice(12) : bytes, name: names.name(name) };
  }
}
