/**
 * Link layers other than Ethernet for built packets; see packet.ts. The link type to give to `packetOf` stands with
 * each.
 */
import {
  type Arguments,
  announce,
  build,
  bytes,
  type Layer,
  mac,
  type Payload,
  readArguments,
  u16,
  u16le,
  u32,
  u32le,
  zeros,
} from './layer.js';
import { CLIENT, SERVER } from './packet.js';

export interface CookedFields {
  /** 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us. */
  packetType?: number;
  hardwareType?: number;
  source?: string;
  protocol?: number;
}

/** Linux cooked capture, version 1 (113). */
export function linuxCooked(...args: Arguments<CookedFields>): Layer {
  const { fields, payload } = readArguments(args);
  const { packetType = 0, hardwareType = 1, source = CLIENT.mac } = fields;
  const protocol = announce(payload, 'etherType', fields.protocol);
  return {
    build: () => bytes(u16(packetType), u16(hardwareType), u16(6), mac(source), u16(0), u16(protocol), build(payload)),
  };
}

/** Linux cooked capture, version 2 (276). */
export function linuxCooked2(...args: Arguments<CookedFields>): Layer {
  const { fields, payload } = readArguments(args);
  const { packetType = 0, hardwareType = 1, source = CLIENT.mac } = fields;
  const protocol = announce(payload, 'etherType', fields.protocol);
  return {
    build: () =>
      bytes(u16(protocol), u16(0), u32(1), u16(hardwareType), packetType, 6, mac(source), u16(0), build(payload)),
  };
}

/** BSD loopback (0, 108): `family` in little-endian order, or as `order` says. */
export function loopback(fields: { family: number; order?: 'little' | 'big' }, payload: Layer): Layer {
  const { family, order = 'little' } = fields;
  return { build: () => bytes(order === 'little' ? u32le(family) : u32(family), build(payload)) };
}

/** Cisco HDLC (104). */
export function ciscoHdlc(payload: Layer): Layer {
  return { build: () => bytes(0x0f, 0, u16(announce(payload, 'etherType', undefined)), build(payload)) };
}

/** Frame Relay (107) with a network layer identifier, or with Cisco's header. */
export function frameRelay(fields: { identifier?: number }, payload: Layer): Layer {
  const etherType = u16(announce(payload, 'etherType', undefined));
  const header = fields.identifier === undefined ? etherType : bytes(0x03, fields.identifier);
  return { build: () => bytes(0x18, 0x41, header, build(payload)) };
}

/** Logical link control with SNAP: for ethernet({ etherType: length }), 802.11, Token Ring, ATM (100). */
export function snap(...args: Arguments<{ organization?: number; protocol?: number }>): Layer {
  const { fields, payload } = readArguments(args);
  const { organization = 0 } = fields;
  const protocol = announce(payload, 'etherType', fields.protocol);
  return {
    build: () => bytes(0xaa, 0xaa, 0x03, organization >>> 16, u16(organization), u16(protocol), build(payload)),
  };
}

export interface WlanFields {
  toDistribution?: boolean;
  fromDistribution?: boolean;
  isQos?: boolean;
  isAggregate?: boolean;
  hasOrder?: boolean;
  isProtected?: boolean;
  fragmentNumber?: number;
  /** Zeros that fill the header to a multiple of four bytes, as some drivers do. */
  padding?: number;
}

/** An 802.11 data frame (105) around snap(), or around bytes of aggregate(). */
export function wlan(...args: Arguments<WlanFields>): Layer {
  const { fields, payload } = readArguments(args);
  const isTo = fields.toDistribution ?? true;
  const isFrom = fields.fromDistribution ?? false;
  const flags = (isTo ? 1 : 0) | (isFrom ? 2 : 0) | (fields.isProtected ? 0x40 : 0) | (fields.hasOrder ? 0x80 : 0);
  const other = mac('02:00:00:00:00:99');
  const [client, server] = [mac(CLIENT.mac), mac(SERVER.mac)];
  // IEEE 802.11 table 9-30: what the addresses mean
  const addresses = isTo
    ? isFrom
      ? [other, other, server, client]
      : [other, client, server]
    : isFrom
      ? [server, other, client]
      : [server, client, other];
  const [first, second, third, fourth = bytes()] = addresses;
  const isQos = fields.isQos || fields.isAggregate;
  return {
    build: () =>
      bytes(
        isQos ? 0x88 : 0x08,
        flags,
        u16(0),
        first,
        second,
        third,
        u16le(fields.fragmentNumber ?? 0),
        fourth,
        isQos ? u16le(fields.isAggregate ? 0x80 : 0) : bytes(),
        isQos && fields.hasOrder ? u32(0) : bytes(),
        zeros(fields.padding ?? 0),
        build(payload),
      ),
  };
}

/** The body of an aggregate: each payload with its own addresses and length, padded. */
export function aggregate(...payloads: readonly Payload[]): Uint8Array {
  const subframes = payloads.map((payload) => {
    const body = build(payload);
    return bytes(mac(SERVER.mac), mac(CLIENT.mac), u16(body.length), body, zeros(-(14 + body.length) & 3));
  });
  return bytes(...subframes);
}

/** Radiotap (127) around wlan(): with a timestamp and flags, and a second word of presence bits. */
export function radiotap(...args: Arguments<{ flags?: number }>): Layer {
  const { fields, payload } = readArguments(args);
  const present = bytes(u32le(0x80000003), u32le(0));
  const header = bytes(present, zeros(4), zeros(8), fields.flags ?? 0, zeros(3));
  const checkSequence = (fields.flags ?? 0) & 0x10 ? zeros(4) : bytes();
  return { build: () => bytes(0, 0, u16le(4 + header.length), header, build(payload), checkSequence) };
}

/** Per-Packet Information (192) around a packet of `linkType`. */
export function perPacketInformation(fields: { linkType: number; flags?: number }, payload: Payload): Layer {
  const common = bytes(u16le(2), u16le(20), zeros(8), u16le(fields.flags ?? 0), zeros(10));
  const checkSequence = (fields.flags ?? 0) & 1 ? zeros(4) : bytes();
  return {
    build: () => bytes(0, 0, u16le(8 + common.length), u32le(fields.linkType), common, build(payload), checkSequence),
  };
}

/** The Prism header (119), in either byte order. */
export function prism(fields: { order?: 'little' | 'big' }, payload: Layer): Layer {
  const u32of = fields.order === 'big' ? u32 : u32le;
  return { build: () => bytes(u32of(0x44), u32of(144), zeros(136), build(payload)) };
}

/** The AVS header (163). */
export function avs(payload: Layer): Layer {
  return { build: () => bytes(u32(0x80211001), u32(64), zeros(56), build(payload)) };
}

/** Apple's PKTAP (258, 149) around a packet of `linkType`; `flags` 1 in, 2 out. */
export function pktap(fields: { linkType: number; flags?: number; trailer?: Uint8Array }, payload: Payload): Layer {
  const trailer = fields.trailer ?? bytes();
  return {
    build: () =>
      bytes(
        u32le(108),
        u32le(1),
        u32le(fields.linkType),
        zeros(24),
        u32le(fields.flags ?? 0),
        zeros(8),
        u32le(trailer.length),
        zeros(56),
        build(payload),
        trailer,
      ),
  };
}

/** Linux netfilter log (239), in either byte order; `hook` 1 local in, 2 forward, 3 local out. */
export function nflog(fields: { family?: number; hook?: number; order?: 'little' | 'big' }, payload: Layer): Layer {
  const u16of = fields.order === 'big' ? u16 : u16le;
  const etherType = announce(payload, 'etherType', undefined);
  const family = fields.family ?? (etherType === 0x86dd ? 10 : 2);
  return {
    build: () => {
      const body = build(payload);
      const header = bytes(u16of(8), u16of(1), u16(etherType), fields.hook ?? 0, 0);
      const prefix = bytes(u16of(5), u16of(10), 0, zeros(3));
      return bytes(family, 0, u16(5), header, prefix, u16of(4 + body.length), u16of(9), body, zeros(-body.length & 3));
    },
  };
}

/** OpenBSD's packet filter log (117); `direction` 1 in, 2 out. */
export function pflog(fields: { family?: number; direction?: number }, payload: Layer): Layer {
  return {
    build: () => bytes(61, fields.family ?? 2, zeros(58), fields.direction ?? 0, zeros(3), build(payload)),
  };
}

/** OpenBSD's enc interface (109). */
export function enc(payload: Layer): Layer {
  return { build: () => bytes(u32le(2), zeros(8), build(payload)) };
}

/** Solaris' IP observability (226); `hook` 0 inbound, 1 outbound. */
export function ipnet(fields: { hook?: number }, payload: Layer): Layer {
  const family = announce(payload, 'etherType', undefined) === 0x86dd ? 26 : 2;
  return {
    build: () => {
      const body = build(payload);
      return bytes(2, family, u16(fields.hook ?? 0), u32(body.length), zeros(16), body);
    },
  };
}

/** Token Ring (6) around snap(), with `routeBytes` of source route. */
export function tokenRing(fields: { routeBytes?: number }, payload: Layer): Layer {
  const { routeBytes = 0 } = fields;
  const source = mac(CLIENT.mac);
  if (routeBytes > 0) source[0] |= 0x80;
  const route = routeBytes > 0 ? bytes(routeBytes, zeros(routeBytes - 1)) : bytes();
  return { build: () => bytes(0x10, 0x40, mac(SERVER.mac), source, route, build(payload)) };
}

/** FDDI (10) around snap(). */
export function fddi(payload: Layer): Layer {
  return { build: () => bytes(0x50, mac(SERVER.mac), mac(CLIENT.mac), build(payload)) };
}
