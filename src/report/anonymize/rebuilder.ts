/**
 * Packets made anew from what was decoded of them, with other addresses: for those in tunnels and on rare link types.
 * All that they hold is what synwhy looks at; what stood around them is gone.
 */
import type { Packet } from '../../capture/format.js';
import { isIpv4 } from '../../decode/address.js';
import {
  FRAME_DNS,
  FRAME_ICMP_ERROR,
  FRAME_IP,
  FRAME_NEIGHBOR_REPLY,
  FRAME_NEIGHBOR_REQUEST,
  FRAME_TCP,
  type Frame,
} from '../../decode/frame.js';
import { readServerName } from '../../decode/server-name.js';
import type { AddressMap } from './addresses.js';
import { checksumOf, sumOf } from './checksums.js';
import { disguiseDns } from './dns.js';
import type { NameMap } from './names.js';
import { disguiseTcpOptions, putServerName } from './segments.js';

const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
const UDP_BYTES = 8;
const ICMP_BYTES = 8;
const QUOTED_TCP_BYTES = 8;
const DISCOVERY_BYTES = 24;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV6 = 0x86dd;
/** Local experimental EtherType 1 (IEEE 802): for what is no IP at all. */
const ETHERTYPE_NOTHING = 0x88b5;
const PROTOCOL_ICMP = 1;
const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_ICMPV6 = 58;
/** For experiments (RFC 3692): stands for any protocol but TCP. */
const PROTOCOL_OTHER = 253;
const MORE_FRAGMENTS = 0x2000;
const LARGEST_LENGTH = 0xffff;
/** With headers of any kind around it a message of DNS still fits into a packet. */
const LARGEST_MESSAGE_BYTES = 0xf000;

/** How long a rebuilt packet is in the capture, and how long it says that it was. */
export interface Rebuilt {
  capturedBytes: number;
  originalBytes: number;
}

type Words = Uint32Array;

/** Writes Ethernet frames to the beginning of a view. */
export class Rebuilder {
  readonly #view: DataView;
  readonly #addresses: AddressMap;
  readonly #names: NameMap;

  constructor(view: DataView, addresses: AddressMap, names: NameMap) {
    this.#view = view;
    this.#addresses = addresses;
    this.#names = names;
  }

  /** The packet that `frame` was decoded from. */
  rebuild(packet: Packet, frame: Frame): Rebuilt {
    const captured = this.#packet(packet, frame);
    const hasLength = frame.kind === FRAME_TCP;
    return { capturedBytes: captured, originalBytes: hasLength ? captured + frame.payloadBytes : captured };
  }

  #packet(packet: Packet, frame: Frame): number {
    this.#mac(0, frame.linkDestinationHigh, frame.linkDestinationLow);
    this.#mac(6, frame.linkSourceHigh, frame.linkSourceLow);
    switch (frame.kind) {
      case FRAME_TCP:
        return this.#tcp(packet, frame);
      case FRAME_ICMP_ERROR:
        return this.#error(frame);
      case FRAME_DNS:
        return this.#dns(packet, frame);
      case FRAME_IP:
        return this.#ip(ETHERNET_BYTES, frame, PROTOCOL_OTHER, 0, this.#source(frame), this.#destination(frame));
      case FRAME_NEIGHBOR_REQUEST:
      case FRAME_NEIGHBOR_REPLY:
        return frame.ipVersion === 4 ? this.#arp(frame) : this.#discovery(frame);
      default:
        this.#view.setUint16(12, ETHERTYPE_NOTHING);
        return ETHERNET_BYTES;
    }
  }

  #source({ source0, source1, source2, source3 }: Frame): Words {
    return this.#addresses.words(source0, source1, source2, source3);
  }

  #destination({ destination0, destination1, destination2, destination3 }: Frame): Words {
    return this.#addresses.words(destination0, destination1, destination2, destination3);
  }

  #mac(at: number, high: number, low: number): void {
    const bytes = high < 0 ? new Uint8Array(6) : this.#addresses.mac(high, low);
    for (let index = 0; index < 6; index++) this.#view.setUint8(at + index, bytes[index]);
  }

  /** An IP header with the packet's own fields; gives where its payload begins. */
  #ip(at: number, frame: Frame, protocol: number, payloadBytes: number, from: Words, to: Words): number {
    const isVersion4 = isIpv4(from[0], from[1], from[2]) && isIpv4(to[0], to[1], to[2]);
    if (at === ETHERNET_BYTES) this.#view.setUint16(12, isVersion4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
    const timeToLive =
      frame.kind === FRAME_ICMP_ERROR && at === ETHERNET_BYTES ? frame.errorTimeToLive : frame.timeToLive;
    return isVersion4
      ? this.#ipv4(at, frame, protocol, payloadBytes, timeToLive, from, to)
      : this.#ipv6(at, frame, protocol, payloadBytes, timeToLive, from, to);
  }

  #ipv4(
    at: number,
    { ipId, isFragment }: Frame,
    protocol: number,
    payloadBytes: number,
    timeToLive: number,
    from: Words,
    to: Words,
  ): number {
    const view = this.#view;
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, lengthField(IPV4_BYTES + payloadBytes));
    view.setUint16(at + 4, Math.max(0, ipId));
    view.setUint16(at + 6, isFragment ? MORE_FRAGMENTS : 0);
    view.setUint8(at + 8, timeToLive);
    view.setUint8(at + 9, protocol);
    view.setUint16(at + 10, 0);
    view.setUint32(at + 12, from[3]);
    view.setUint32(at + 16, to[3]);
    view.setUint16(at + 10, checksumOf(sumOf(view, at, at + IPV4_BYTES)));
    return at + IPV4_BYTES;
  }

  #ipv6(
    at: number,
    { flowLabel }: Frame,
    protocol: number,
    payloadBytes: number,
    timeToLive: number,
    from: Words,
    to: Words,
  ): number {
    const view = this.#view;
    view.setUint32(at, (0x60000000 | Math.max(0, flowLabel)) >>> 0);
    view.setUint16(at + 4, lengthField(payloadBytes));
    view.setUint8(at + 6, protocol);
    view.setUint8(at + 7, timeToLive);
    for (let word = 0; word < 4; word++) {
      view.setUint32(at + 8 + 4 * word, from[word]);
      view.setUint32(at + 24 + 4 * word, to[word]);
    }
    return at + IPV6_BYTES;
  }

  #tcp(packet: Packet, frame: Frame): number {
    const optionsBytes = frame.optionsBytes & ~3;
    const headerBytes = TCP_BYTES + optionsBytes;
    const from = this.#source(frame);
    const at = this.#ip(
      ETHERNET_BYTES,
      frame,
      PROTOCOL_TCP,
      headerBytes + frame.payloadBytes,
      from,
      this.#destination(frame),
    );
    this.#tcpHeader(at, frame, headerBytes);
    for (let index = 0; index < optionsBytes; index++) {
      this.#view.setUint8(at + TCP_BYTES + index, packet.view.getUint8(frame.optionsOffset + index));
    }
    disguiseTcpOptions(this.#view, at + TCP_BYTES, at + headerBytes);
    if (frame.payloadBytes === 0) this.#completeTcp(at, headerBytes, frame.ipVersion);
    return this.#firstData(packet, frame, at + headerBytes);
  }

  #tcpHeader(at: number, frame: Frame, headerBytes: number): void {
    const view = this.#view;
    view.setUint16(at, frame.sourcePort);
    view.setUint16(at + 2, frame.destinationPort);
    view.setUint32(at + 4, frame.sequence);
    view.setUint32(at + 8, frame.acknowledgement);
    view.setUint16(at + 12, (headerBytes << 10) | frame.flags);
    view.setUint16(at + 14, Math.max(0, frame.window));
    view.setUint32(at + 16, 0);
  }

  /** Right only where nothing is left out: with payload the checksum stays 0. */
  #completeTcp(at: number, headerBytes: number, version: number): void {
    const addresses = version === 4 ? at - 8 : at - 32;
    const sum = sumOf(this.#view, addresses, at + headerBytes) + PROTOCOL_TCP + headerBytes;
    this.#view.setUint16(at + 16, checksumOf(sum));
  }

  /** The name that the client asks its server for, if it does. */
  #firstData(packet: Packet, { payloadOffset, payloadBytes }: Frame, at: number): number {
    const end = Math.min(payloadOffset + payloadBytes, packet.offset + packet.capturedBytes);
    const name = readServerName(packet.view, payloadOffset, end);
    if (name === undefined) return at;
    for (let index = 0; index < 11; index++) {
      this.#view.setUint8(at + index, packet.view.getUint8(payloadOffset + index));
    }
    return putServerName(this.#view, at, this.#names.name(name));
  }

  #error(frame: Frame): number {
    const view = this.#view;
    const { errorSource0, errorSource1, errorSource2, errorSource3 } = frame;
    const { errorDestination0, errorDestination1, errorDestination2, errorDestination3 } = frame;
    const from = this.#addresses.words(errorSource0, errorSource1, errorSource2, errorSource3);
    const to = this.#addresses.words(errorDestination0, errorDestination1, errorDestination2, errorDestination3);
    const isWhole = frame.flags >= 0;
    const quotedBytes = (frame.ipVersion === 4 ? IPV4_BYTES : IPV6_BYTES) + (isWhole ? TCP_BYTES : QUOTED_TCP_BYTES);
    const isVersion4 = isIpv4(from[0], from[1], from[2]);
    const protocol = isVersion4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
    const at = this.#ip(ETHERNET_BYTES, frame, protocol, ICMP_BYTES + quotedBytes, from, to);
    view.setUint8(at, frame.icmpType);
    view.setUint8(at + 1, frame.icmpCode);
    view.setUint16(at + 2, 0);
    view.setUint32(at + 4, 0);
    const quoted = at + ICMP_BYTES;
    const tcpBytes = (isWhole ? TCP_BYTES : QUOTED_TCP_BYTES) + frame.payloadBytes;
    const tcp = this.#ip(quoted, frame, PROTOCOL_TCP, tcpBytes, this.#source(frame), this.#destination(frame));
    this.#tcpHeader(tcp, { ...frame, flags: Math.max(0, frame.flags) }, TCP_BYTES);
    const end = tcp + (isWhole ? TCP_BYTES : QUOTED_TCP_BYTES);
    if (isWhole && frame.payloadBytes === 0) this.#completeTcp(tcp, TCP_BYTES, frame.ipVersion);
    if (isVersion4) view.setUint16(at + 2, checksumOf(sumOf(view, at, end)));
    return end;
  }

  #dns(packet: Packet, frame: Frame): number {
    const captured = packet.offset + packet.capturedBytes - frame.payloadOffset;
    const bytes = Math.max(0, Math.min(captured, frame.payloadBytes, LARGEST_MESSAGE_BYTES));
    const at = this.#ip(
      ETHERNET_BYTES,
      frame,
      PROTOCOL_UDP,
      UDP_BYTES + bytes,
      this.#source(frame),
      this.#destination(frame),
    );
    const view = this.#view;
    view.setUint16(at, frame.sourcePort);
    view.setUint16(at + 2, frame.destinationPort);
    view.setUint16(at + 4, UDP_BYTES + bytes);
    view.setUint16(at + 6, 0);
    const payload = at + UDP_BYTES;
    for (let index = 0; index < bytes; index++) {
      view.setUint8(payload + index, packet.view.getUint8(frame.payloadOffset + index));
    }
    disguiseDns(view, payload, payload + bytes, this.#addresses, this.#names);
    return payload + bytes;
  }

  #arp(frame: Frame): number {
    const view = this.#view;
    const at = ETHERNET_BYTES;
    const isReply = frame.kind === FRAME_NEIGHBOR_REPLY;
    view.setUint16(12, ETHERTYPE_ARP);
    view.setUint16(at, 1);
    view.setUint16(at + 2, ETHERTYPE_IPV4);
    view.setUint16(at + 4, 0x0604);
    view.setUint16(at + 6, isReply ? 2 : 1);
    this.#mac(at + 8, frame.neighborHigh, frame.neighborLow);
    view.setUint32(at + 14, this.#source(frame)[3]);
    this.#mac(at + 18, isReply ? frame.linkDestinationHigh : -1, frame.linkDestinationLow);
    view.setUint32(at + 24, this.#destination(frame)[3]);
    return at + 28;
  }

  #discovery(frame: Frame): number {
    const view = this.#view;
    const isReply = frame.kind === FRAME_NEIGHBOR_REPLY;
    const hasOption = frame.neighborHigh >= 0;
    const [from, to] = [this.#source(frame), this.#destination(frame)];
    const bytes = DISCOVERY_BYTES + (hasOption ? 8 : 0);
    const at = this.#ip(ETHERNET_BYTES, frame, PROTOCOL_ICMPV6, bytes, from, to);
    view.setUint32(at, (isReply ? 136 : 135) << 24);
    view.setUint32(at + 4, 0);
    const target = isReply ? from : to;
    for (let word = 0; word < 4; word++) view.setUint32(at + 8 + 4 * word, target[word]);
    if (hasOption) {
      view.setUint16(at + DISCOVERY_BYTES, isReply ? 0x0201 : 0x0101);
      this.#mac(at + DISCOVERY_BYTES + 2, frame.neighborHigh, frame.neighborLow);
    }
    return at + bytes;
  }
}

/** Longer packets are still to be cut into segments: their length is 0, and the capture's own stands. */
function lengthField(bytes: number): number {
  return bytes > LARGEST_LENGTH ? 0 : bytes;
}
