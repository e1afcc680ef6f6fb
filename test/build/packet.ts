/**
 * Packets for tests, built layer by layer as they are on the wire, with right lengths and checksums:
 *
 *     ethernet(ipv4(tcp({ flags: SYN })))
 *     ethernet({ source: '02:00:00:00:00:01' }, ipv4({ timeToLive: 1 }, udp({ destinationPort: 4789 }, vxlan(...))))
 *
 * Each layer takes its fields, all of which have defaults, and what it carries; `{}` may be left out. By default a
 * client 192.0.2.1:50000 (or 2001:db8::1) sends to a server 198.51.100.2:443 (or 2001:db8::2). A field that lies on
 * purpose (`totalLength`, `protocol`) is told outright. `packetOf` makes of it what decodePacket and the readers use.
 *
 * Here are Ethernet, IP, TCP, ICMP and neighbours; links.ts has the other link layers, tunnels.ts the tunnels.
 */
import { DIRECTION_UNKNOWN, Packet } from '../../src/capture/format.js';
import { ACK } from '../../src/decode/frame.js';
import {
  type Arguments,
  announce,
  build,
  bytes,
  checksum,
  ip,
  type Layer,
  mac,
  type Payload,
  pseudoHeader,
  readArguments,
  u16,
  u32,
  withChecksum,
  zeros,
} from './layer.js';

/** The addresses and ports that packets have unless told otherwise. */
export const CLIENT = {
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  mac: '02:00:00:00:00:01',
  port: 50_000,
} as const;
export const SERVER = {
  ipv4: '198.51.100.2',
  ipv6: '2001:db8::2',
  mac: '02:00:00:00:00:02',
  port: 443,
} as const;

/** Of packetOf: how the capture saw the packet. */
export interface Circumstances {
  /** A LINKTYPE_ number; Ethernet by default. */
  linkType?: number;
  /** The snap length: what is behind it is not captured. */
  capturedBytes?: number;
  /** More than the packet has, as if it had been cut. */
  originalBytes?: number;
  direction?: number;
  timeNs?: number;
  number?: number;
}

/** The packet as a reader would hand it out; its bytes lie somewhere inside a larger buffer. */
export function packetOf(payload: Payload, circumstances: Circumstances = {}): Packet {
  const content = build(payload);
  const packet = new Packet();
  packet.offset = 3;
  packet.bytes = bytes(zeros(packet.offset), content, zeros(5));
  packet.view = new DataView(packet.bytes.buffer);
  packet.capturedBytes = Math.min(content.length, circumstances.capturedBytes ?? content.length);
  packet.originalBytes = circumstances.originalBytes ?? content.length;
  packet.linkType = circumstances.linkType ?? 1;
  packet.direction = circumstances.direction ?? DIRECTION_UNKNOWN;
  packet.timeNs = circumstances.timeNs ?? 0;
  packet.number = circumstances.number ?? 1;
  return packet;
}

export interface EthernetFields {
  source?: string;
  destination?: string;
  /** An EtherType, or a length. By default what the payload is. */
  etherType?: number;
}

/** Ethernet. */
export function ethernet(...args: Arguments<EthernetFields>): Layer {
  const { fields, payload } = readArguments(args);
  const { source = CLIENT.mac, destination = SERVER.mac } = fields;
  return {
    etherType: 0x6558,
    protocol: 143,
    build: () =>
      bytes(mac(destination), mac(source), u16(announce(payload, 'etherType', fields.etherType)), build(payload)),
  };
}

export interface Ipv4Fields {
  source?: string;
  destination?: string;
  timeToLive?: number;
  identification?: number;
  dontFragment?: boolean;
  moreFragments?: boolean;
  /** In bytes, a multiple of eight. */
  fragmentOffset?: number;
  /** A multiple of four bytes. */
  options?: Uint8Array;
  protocol?: number;
  totalLength?: number;
}

/** IPv4. */
export function ipv4(...args: Arguments<Ipv4Fields>): Layer {
  const { fields, payload } = readArguments(args);
  const source = ip(fields.source ?? CLIENT.ipv4);
  const destination = ip(fields.destination ?? SERVER.ipv4);
  const options = fields.options ?? bytes();
  const flags = (fields.dontFragment === false ? 0 : 0x4000) | (fields.moreFragments ? 0x2000 : 0);
  return {
    etherType: 0x0800,
    protocol: 4,
    build: () => {
      const body = build(payload, { source, destination });
      const header = bytes(
        0x45 + options.length / 4,
        0,
        u16(fields.totalLength ?? 20 + options.length + body.length),
        u16(fields.identification ?? 1),
        u16(flags | ((fields.fragmentOffset ?? 0) >>> 3)),
        fields.timeToLive ?? 64,
        announce(payload, 'protocol', fields.protocol),
        u16(0),
        source,
        destination,
        options,
      );
      return bytes(withChecksum(header, 10, checksum(header)), body);
    },
  };
}

export interface Ipv6Fields {
  source?: string;
  destination?: string;
  hopLimit?: number;
  flowLabel?: number;
  nextHeader?: number;
  payloadLength?: number;
}

/** IPv6. */
export function ipv6(...args: Arguments<Ipv6Fields>): Layer {
  const { fields, payload } = readArguments(args);
  const source = ip(fields.source ?? CLIENT.ipv6);
  const destination = ip(fields.destination ?? SERVER.ipv6);
  return {
    etherType: 0x86dd,
    protocol: 41,
    build: () => {
      const body = build(payload, { source, destination });
      return bytes(
        u32(0x60000000 + (fields.flowLabel ?? 0)),
        u16(fields.payloadLength ?? body.length),
        announce(payload, 'protocol', fields.nextHeader),
        fields.hopLimit ?? 64,
        source,
        destination,
        body,
      );
    },
  };
}

/** An IPv6 extension header of any number: `contents` is what stands behind its length byte. */
export function extension(number: number, contents: Uint8Array, payload: Payload): Layer {
  const units = (contents.length + 2) / 8 - 1;
  return {
    protocol: number,
    build: (addresses) => bytes(announce(payload, 'protocol', undefined), units, contents, build(payload, addresses)),
  };
}

/** Hop-by-hop options (RFC 8200 section 4.3), padding only. */
export function hopByHop(payload: Payload): Layer {
  return extension(0, bytes(1, 4, zeros(4)), payload);
}

/** Destination options (RFC 8200 section 4.6), padding only. */
export function destinationOptions(payload: Payload): Layer {
  return extension(60, bytes(1, 12, zeros(12)), payload);
}

/** A source route (RFC 2460 section 4.4) over `addresses`, the last of which is the final destination. */
export function sourceRoute(fields: { segmentsLeft: number; addresses: string[] }, payload: Payload): Layer {
  const { segmentsLeft } = fields;
  const addresses = fields.addresses.map(ip);
  const final = segmentsLeft > 0 ? addresses.at(-1) : undefined;
  const toFinal: Layer = {
    protocol: announce(payload, 'protocol', undefined),
    build: (around) => build(payload, around && { ...around, destination: final ?? around.destination }),
  };
  return extension(43, bytes(0, segmentsLeft, zeros(4), ...addresses), toFinal);
}

/** A piece of a packet (RFC 8200 section 4.5); `offset` in bytes. */
export function fragment(fields: { offset?: number; more?: boolean; protocol?: number }, payload: Payload): Layer {
  const offsetAndMore = (fields.offset ?? 0) | (fields.more ? 1 : 0);
  return {
    protocol: 44,
    build: (addresses) =>
      bytes(announce(payload, 'protocol', fields.protocol), 0, u16(offsetAndMore), u32(1), build(payload, addresses)),
  };
}

/** The authentication header (RFC 4302). */
export function authenticationHeader(payload: Payload): Layer {
  return {
    protocol: 51,
    build: (addresses) =>
      bytes(announce(payload, 'protocol', undefined), 4, u16(0), u32(1), u32(1), zeros(12), build(payload, addresses)),
  };
}

export interface TcpFields {
  sourcePort?: number;
  destinationPort?: number;
  sequence?: number;
  acknowledgement?: number;
  /** FIN, SYN … of decode/frame.ts; ACK by default. */
  flags?: number;
  window?: number;
  /** Any bytes; padded with end-of-options to a multiple of four. See `tcpOptions`. */
  options?: Uint8Array;
  /** In units of four bytes. */
  dataOffset?: number;
}

/** A TCP segment; what it carries are bytes. */
export function tcp(fields: TcpFields = {}, payload: Uint8Array = bytes()): Layer {
  const options = fields.options ?? bytes();
  const padded = bytes(options, zeros(-options.length & 3));
  const segment = bytes(
    u16(fields.sourcePort ?? CLIENT.port),
    u16(fields.destinationPort ?? SERVER.port),
    u32(fields.sequence ?? 1000),
    u32(fields.acknowledgement ?? 0),
    (fields.dataOffset ?? 5 + padded.length / 4) << 4,
    fields.flags ?? ACK,
    u16(fields.window ?? 64_240),
    u16(0),
    u16(0),
    padded,
    payload,
  );
  return transport(6, segment, 16);
}

export interface TcpOptionFields {
  maximumSegmentSize?: number;
  sackPermitted?: boolean;
  timestamps?: readonly [value: number, echo: number];
  windowScale?: number;
  fastOpen?: Uint8Array;
}

/** Bytes of TCP options in the order in which Linux sends them. */
export function tcpOptions(fields: TcpOptionFields): Uint8Array {
  const { maximumSegmentSize, sackPermitted, timestamps, windowScale, fastOpen } = fields;
  return bytes(
    maximumSegmentSize === undefined ? bytes() : bytes(2, 4, u16(maximumSegmentSize)),
    sackPermitted ? bytes(4, 2) : bytes(),
    timestamps === undefined ? bytes() : bytes(8, 10, u32(timestamps[0]), u32(timestamps[1])),
    windowScale === undefined ? bytes() : bytes(1, 3, 3, windowScale),
    fastOpen === undefined ? bytes() : bytes(34, 2 + fastOpen.length, fastOpen),
  );
}

export interface UdpFields {
  sourcePort?: number;
  destinationPort?: number;
}

/** A UDP datagram. */
export function udp(...args: Arguments<UdpFields>): Layer {
  const { fields, payload } = readArguments(args);
  const body = build(payload);
  const { sourcePort = CLIENT.port, destinationPort = 53 } = fields;
  return transport(17, bytes(u16(sourcePort), u16(destinationPort), u16(8 + body.length), u16(0), body), 6);
}

/** A message whose checksum at `offset` covers the addresses around it. */
function transport(protocol: number, message: Uint8Array, offset: number): Layer {
  return {
    protocol,
    build: (addresses) =>
      withChecksum(message, offset, checksum(pseudoHeader(addresses, protocol, message.length), message)),
  };
}

export interface IcmpFields {
  type?: number;
  code?: number;
  /** The four bytes behind the checksum. */
  rest?: number;
  /** How many bytes of the quoted packet there are; all by default. */
  quotedBytes?: number;
}

/** An ICMP message: by default destination unreachable, port unreachable, quoting `payload`. */
export function icmp(...args: Arguments<IcmpFields>): Layer {
  const { fields, payload } = readArguments(args);
  const message = icmpMessage(fields, 3, 3, build(payload));
  return { protocol: 1, build: () => withChecksum(message, 2, checksum(message)) };
}

/** An ICMPv6 message: by default destination unreachable, port unreachable, quoting `payload`. */
export function icmpv6(...args: Arguments<IcmpFields>): Layer {
  const { fields, payload } = readArguments(args);
  return transport(58, icmpMessage(fields, 1, 4, build(payload)), 2);
}

function icmpMessage(fields: IcmpFields, type: number, code: number, quoted: Uint8Array): Uint8Array {
  const { rest = 0, quotedBytes = quoted.length } = fields;
  return bytes(fields.type ?? type, fields.code ?? code, u16(0), u32(rest), quoted.subarray(0, quotedBytes));
}

export interface ArpFields {
  /** 1: request, 2: reply. */
  operation?: number;
  senderMac?: string;
  sender?: string;
  targetMac?: string;
  target?: string;
  hardwareType?: number;
}

/** An ARP packet: by default the client asks for the server. */
export function arp(fields: ArpFields = {}): Layer {
  const senderMac = mac(fields.senderMac ?? CLIENT.mac);
  return {
    etherType: 0x0806,
    build: () =>
      bytes(
        u16(fields.hardwareType ?? 1),
        u16(0x0800),
        senderMac.length,
        4,
        u16(fields.operation ?? 1),
        senderMac,
        ip(fields.sender ?? CLIENT.ipv4),
        fields.targetMac === undefined ? zeros(senderMac.length) : mac(fields.targetMac),
        ip(fields.target ?? SERVER.ipv4),
      ),
  };
}

/** A neighbour solicitation; put it into ipv6({ hopLimit: 255 }, …). */
export function neighborSolicitation(fields: { target?: string; sourceMac?: string } = {}): Layer {
  return neighborMessage(135, 1, fields.target, fields.sourceMac);
}

/** A neighbour advertisement; put it into ipv6({ hopLimit: 255 }, …). */
export function neighborAdvertisement(fields: { target?: string; targetMac?: string } = {}): Layer {
  return neighborMessage(136, 2, fields.target, fields.targetMac);
}

function neighborMessage(type: number, option: number, target: string | undefined, told: string | undefined): Layer {
  const options = told === undefined ? bytes() : bytes(option, 1, mac(told));
  return transport(58, bytes(type, 0, u16(0), u32(0), ip(target ?? SERVER.ipv6), options), 2);
}
