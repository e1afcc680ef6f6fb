/**
 * One packet after the other with other addresses and names in it, headers only. What is kept is what is known to say
 * nothing of anybody: what no rule here allows is cut off or zeroed, never left as it was.
 */

import * as types from '../../decode/link-types.js';
import { LINKTYPE_ETHERNET, LINKTYPE_IPV4, LINKTYPE_IPV6, LINKTYPE_RAW } from '../../decode/link-types.js';
import { readServerName } from '../../decode/server-name.js';
import type { AddressMap } from './addresses.js';
import { mendChecksum, sumOf } from './checksums.js';
import { disguiseDns, putWords, zero } from './dns.js';
import type { NameMap } from './names.js';
import { disguiseTcpOptions, putServerName } from './segments.js';

/** In place of a length: there is something in the packet that is not known here. */
export const UNKNOWN = -1;

const MAC_BYTES = 6;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV6 = 0x86dd;
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
const TAG_BYTES = 4;
const LOOPBACK_BYTES = 4;
/** Of Linux cooked captures: ARPHRD_ETHER, ARPHRD_LOOPBACK and ARPHRD_NONE, whose protocols are EtherTypes. */
const PLAIN_HARDWARE: ReadonlySet<number> = new Set([1, 772, 0xfffe]);

const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const IPV4_CHECKSUM = 10;
const PROTOCOL_ICMP = 1;
const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_ICMPV6 = 58;
const HOP_BY_HOP = 0;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const NO_OPERATION = 1;

const UDP_BYTES = 8;
const TCP_BYTES = 20;
const LEAST_TCP_BYTES = 8;
const TCP_CHECKSUM = 16;
const UDP_CHECKSUM = 6;
const ICMP_CHECKSUM = 2;
const ICMP_BYTES = 8;
const DNS_PORTS: ReadonlySet<number> = new Set([53, 5353, 5355]);

const ICMP_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
const ICMP_REDIRECT = 5;
const ICMPV6_LAST_ERROR = 4;
/** Where the options of neighbour discovery begin, and the addresses before them (RFC 4861 section 4). */
const DISCOVERY: ReadonlyMap<number, { addresses: readonly number[]; options: number }> = new Map([
  [133, { addresses: [], options: 8 }],
  [134, { addresses: [], options: 16 }],
  [135, { addresses: [8], options: 24 }],
  [136, { addresses: [8], options: 24 }],
  [137, { addresses: [8, 24], options: 40 }],
]);
const OPTION_SOURCE_LINK = 1;
const OPTION_TARGET_LINK = 2;
const OPTION_PREFIX = 3;
const OPTION_MTU = 5;

/** What covers a transport header beside itself: the sums of both addresses, as they were and as they are. */
interface Pseudo {
  before: number;
  after: number;
  /** What the transport header and its data had on the wire. */
  bytes: number;
}

/** Replaces in place, in a copy. Every method gives where what is kept ends, or UNKNOWN. */
export class Rewriter {
  readonly #view: DataView;
  readonly #addresses: AddressMap;
  readonly #names: NameMap;

  constructor(view: DataView, addresses: AddressMap, names: NameMap) {
    this.#view = view;
    this.#addresses = addresses;
    this.#names = names;
  }

  /** Of a packet with this link type whose bytes lie at the beginning of the view, up to `end`. */
  packet(linkType: number, end: number): number {
    switch (linkType) {
      case LINKTYPE_ETHERNET:
        return this.#ethernet(0, end);
      case types.LINKTYPE_LINUX_SLL:
        return this.#cooked(end);
      case types.LINKTYPE_LINUX_SLL2:
        return this.#cooked2(end);
      case LINKTYPE_RAW:
      case types.LINKTYPE_RAW_DLT:
      case LINKTYPE_IPV4:
      case LINKTYPE_IPV6:
        return this.#ip(0, end, false);
      case types.LINKTYPE_NULL:
      case types.LINKTYPE_LOOP:
        return end < LOOPBACK_BYTES ? UNKNOWN : this.#ip(LOOPBACK_BYTES, end, false);
      default:
        return UNKNOWN;
    }
  }

  #ethernet(at: number, end: number): number {
    if (end - at < 2 * MAC_BYTES + 2) return UNKNOWN;
    this.#mac(at);
    this.#mac(at + MAC_BYTES);
    return this.#tagged(this.#view.getUint16(at + 2 * MAC_BYTES), at + 2 * MAC_BYTES + 2, end);
  }

  #tagged(type: number, at: number, end: number): number {
    while (TAGS.has(type)) {
      if (end - at < TAG_BYTES) return UNKNOWN;
      type = this.#view.getUint16(at + 2);
      at += TAG_BYTES;
    }
    if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return this.#ip(at, end, false);
    return type === ETHERTYPE_ARP ? this.#arp(at, end) : UNKNOWN;
  }

  #cooked(end: number): number {
    if (end < 16 || !PLAIN_HARDWARE.has(this.#view.getUint16(2))) return UNKNOWN;
    if (this.#view.getUint16(4) === MAC_BYTES) this.#mac(6);
    else zero(this.#view, 6, 14);
    zero(this.#view, 12, 14);
    return this.#tagged(this.#view.getUint16(14), 16, end);
  }

  #cooked2(end: number): number {
    if (end < 20 || !PLAIN_HARDWARE.has(this.#view.getUint16(8))) return UNKNOWN;
    zero(this.#view, 2, 4);
    if (this.#view.getUint8(11) === MAC_BYTES) this.#mac(12);
    else zero(this.#view, 12, 20);
    zero(this.#view, 18, 20);
    return this.#tagged(this.#view.getUint16(0), 20, end);
  }

  #mac(at: number): void {
    const view = this.#view;
    const bytes = this.#addresses.mac(view.getUint16(at), view.getUint32(at + 2));
    for (let index = 0; index < MAC_BYTES; index++) view.setUint8(at + index, bytes[index]);
  }

  #word(at: number): void {
    this.#view.setUint32(at, this.#addresses.ipv4(this.#view.getUint32(at)));
  }

  /** ARP of Ethernet for IPv4 (RFC 826). */
  #arp(at: number, end: number): number {
    const view = this.#view;
    if (end - at < 28 || view.getUint16(at) !== 1 || view.getUint16(at + 2) !== ETHERTYPE_IPV4) return UNKNOWN;
    if (view.getUint16(at + 4) !== 0x0604) return UNKNOWN;
    this.#mac(at + 8);
    this.#word(at + 14);
    this.#mac(at + 18);
    this.#word(at + 24);
    return at + 28;
  }

  #ip(at: number, end: number, isQuoted: boolean): number {
    if (at >= end) return UNKNOWN;
    const version = this.#view.getUint8(at) >>> 4;
    if (version === 4) return this.#ipv4(at, end, isQuoted);
    return version === 6 ? this.#ipv6(at, end, isQuoted) : UNKNOWN;
  }

  #ipv4(at: number, end: number, isQuoted: boolean): number {
    const view = this.#view;
    const headerBytes = (view.getUint8(at) & 0xf) << 2;
    if (headerBytes < IPV4_BYTES || end - at < headerBytes) return UNKNOWN;
    const payload = at + headerBytes;
    const totalBytes = view.getUint16(at + 2);
    if (!isQuoted && totalBytes >= headerBytes) end = Math.min(end, at + totalBytes);
    const before = sumOf(view, at, payload);
    const pseudo = { before: sumOf(view, at + 12, at + IPV4_BYTES), after: 0, bytes: totalBytes - headerBytes };
    this.#word(at + 12);
    this.#word(at + 16);
    pseudo.after = sumOf(view, at + 12, at + IPV4_BYTES);
    for (let option = at + IPV4_BYTES; option < payload; option++) view.setUint8(option, NO_OPERATION);
    mendChecksum(view, at + IPV4_CHECKSUM, before, sumOf(view, at, payload));
    const isLaterFragment = (view.getUint16(at + 6) & 0x1fff) !== 0;
    if (isLaterFragment && !isQuoted) return payload;
    return this.#transport(view.getUint8(at + 9), payload, end, pseudo, isQuoted);
  }

  #ipv6(at: number, end: number, isQuoted: boolean): number {
    const view = this.#view;
    if (end - at < IPV6_BYTES) return UNKNOWN;
    const payloadBytes = view.getUint16(at + 4);
    if (!isQuoted && payloadBytes !== 0) end = Math.min(end, at + IPV6_BYTES + payloadBytes);
    const pseudo = { before: sumOf(view, at + 8, at + IPV6_BYTES), after: 0, bytes: payloadBytes };
    putWords(view, at + 8, this.#addresses);
    putWords(view, at + 24, this.#addresses);
    pseudo.after = sumOf(view, at + 8, at + IPV6_BYTES);
    let protocol = view.getUint8(at + 6);
    let next = at + IPV6_BYTES;
    while (protocol === HOP_BY_HOP || protocol === DESTINATION_OPTIONS || protocol === FRAGMENT) {
      if (end - next < 8) return UNKNOWN;
      const bytes = protocol === FRAGMENT ? 8 : (view.getUint8(next + 1) + 1) << 3;
      if (end - next < bytes) return UNKNOWN;
      // Zeros are padding of one byte each (RFC 8200 section 4.2).
      if (protocol !== FRAGMENT) zero(view, next + 2, next + bytes);
      else if ((view.getUint16(next + 2) & 0xfff8) !== 0) return next + bytes;
      protocol = view.getUint8(next);
      next += bytes;
      pseudo.bytes -= bytes;
    }
    return this.#transport(protocol, next, end, pseudo, isQuoted);
  }

  #transport(protocol: number, at: number, end: number, pseudo: Pseudo, isQuoted: boolean): number {
    switch (protocol) {
      case PROTOCOL_TCP:
        return this.#tcp(at, end, pseudo, isQuoted);
      case PROTOCOL_UDP:
        return this.#udp(at, end, pseudo, isQuoted);
      case PROTOCOL_ICMP:
        return isQuoted ? at : this.#icmp(at, end);
      case PROTOCOL_ICMPV6:
        return isQuoted ? at : this.#icmpv6(at, end, pseudo);
      default:
        return at;
    }
  }

  #tcp(at: number, end: number, pseudo: Pseudo, isQuoted: boolean): number {
    const view = this.#view;
    if (end - at < (isQuoted ? LEAST_TCP_BYTES : TCP_BYTES)) return isQuoted ? at : UNKNOWN;
    if (end - at < TCP_BYTES) return end;
    const headerBytes = (view.getUint8(at + 12) >>> 4) << 2;
    // A quotation may be padded with zeros, which have no valid data offset.
    if (headerBytes < TCP_BYTES) return isQuoted ? at + TCP_BYTES : UNKNOWN;
    const headerEnd = Math.min(end, at + headerBytes);
    const name = isQuoted ? undefined : readServerName(view, at + headerBytes, end);
    const before = sumOf(view, at, headerEnd);
    disguiseTcpOptions(view, at + TCP_BYTES, headerEnd);
    const after = sumOf(view, at, headerEnd);
    this.#mendTransport(at + TCP_CHECKSUM, PROTOCOL_TCP, pseudo, before, after);
    return name === undefined ? headerEnd : putServerName(view, headerEnd, this.#names.name(name));
  }

  #udp(at: number, end: number, pseudo: Pseudo, isQuoted: boolean): number {
    const view = this.#view;
    if (end - at < UDP_BYTES) return isQuoted ? at : UNKNOWN;
    const datagramBytes = view.getUint16(at + 4);
    const isDns = DNS_PORTS.has(view.getUint16(at)) || DNS_PORTS.has(view.getUint16(at + 2));
    const payload = at + UDP_BYTES;
    if (!isDns || isQuoted) {
      this.#mendTransport(at + UDP_CHECKSUM, PROTOCOL_UDP, pseudo, 0, 0);
      return payload;
    }
    if (datagramBytes >= UDP_BYTES) end = Math.min(end, at + datagramBytes);
    const before = sumOf(view, payload, end);
    disguiseDns(view, payload, end, this.#addresses, this.#names);
    const after = sumOf(view, payload, end);
    this.#mendTransport(at + UDP_CHECKSUM, PROTOCOL_UDP, pseudo, before, after);
    return end;
  }

  #icmp(at: number, end: number): number {
    const view = this.#view;
    if (end - at < ICMP_BYTES) return UNKNOWN;
    const type = view.getUint8(at);
    const before = sumOf(view, at, end);
    if (type === ICMP_REDIRECT) this.#word(at + 4);
    const kept = ICMP_ERRORS.has(type) ? this.#quotation(at + ICMP_BYTES, end) : at + ICMP_BYTES;
    this.#mend(at + ICMP_CHECKSUM, before, sumOf(view, at, end));
    return kept;
  }

  #icmpv6(at: number, end: number, pseudo: Pseudo): number {
    const view = this.#view;
    if (end - at < ICMP_BYTES) return UNKNOWN;
    const type = view.getUint8(at);
    const before = sumOf(view, at, end) + pseudo.before;
    let kept = at + ICMP_BYTES;
    if (type <= ICMPV6_LAST_ERROR) {
      kept = this.#quotation(kept, end);
      if (kept === UNKNOWN) return UNKNOWN;
    } else if (!this.#discovery(type, at, end)) {
      this.#mend(at + ICMP_CHECKSUM, pseudo.before, pseudo.after);
      return kept;
    } else kept = end;
    this.#mend(at + ICMP_CHECKSUM, before, sumOf(view, at, end) + pseudo.after);
    return kept;
  }

  /** What an error quotes; what follows the headers of that is left out. */
  #quotation(at: number, end: number): number {
    return this.#ip(at, end, true);
  }

  /** False if the message is none of neighbour discovery. */
  #discovery(type: number, at: number, end: number): boolean {
    const layout = DISCOVERY.get(type);
    if (layout === undefined || end - at < layout.options) return false;
    for (const offset of layout.addresses) putWords(this.#view, at + offset, this.#addresses);
    let option = at + layout.options;
    while (end - option >= 8) {
      const bytes = this.#view.getUint8(option + 1) << 3;
      if (bytes === 0 || bytes > end - option) break;
      this.#discoveryOption(this.#view.getUint8(option), option, bytes);
      option += bytes;
    }
    zero(this.#view, option, end);
    return true;
  }

  #discoveryOption(type: number, at: number, bytes: number): void {
    if ((type === OPTION_SOURCE_LINK || type === OPTION_TARGET_LINK) && bytes === 8) this.#mac(at + 2);
    else if (type === OPTION_PREFIX && bytes === 32) putWords(this.#view, at + 16, this.#addresses);
    else if (type !== OPTION_MTU) zero(this.#view, at + 2, at + bytes);
  }

  /**
   * `before` and `after` are the sums of what else has changed. A card that is still to compute the checksum finds that
   * of the addresses, the protocol and the length in its place: so it is put there. In UDP, 0 is none (RFC 768).
   */
  #mendTransport(at: number, protocol: number, pseudo: Pseudo, before: number, after: number): void {
    const found = this.#view.getUint16(at);
    const rest = protocol + pseudo.bytes;
    if (found === 0 && protocol === PROTOCOL_UDP) return;
    if (found === wrapped(pseudo.before + rest)) this.#view.setUint16(at, wrapped(pseudo.after + rest));
    else this.#mend(at, before + pseudo.before, after + pseudo.after);
  }

  #mend(at: number, before: number, after: number): void {
    mendChecksum(this.#view, at, wrapped(before), wrapped(after));
  }
}

function wrapped(sum: number): number {
  return sum > 0xffff ? (sum & 0xffff) + (sum >>> 16) : sum;
}
