/**
 * Tunnels and tags for built packets; see packet.ts. A tunnel on UDP goes into `udp({ destinationPort }, …)`.
 */
import {
  type Arguments,
  announce,
  build,
  bytes,
  checksum,
  type Layer,
  type Payload,
  readArguments,
  u16,
  u32,
  withChecksum,
  zeros,
} from './layer.js';

/** A VLAN tag; `tagType` 0x8100 by default. */
export function vlan(...args: Arguments<{ id?: number; tagType?: number; etherType?: number }>): Layer {
  const { fields, payload } = readArguments(args);
  return {
    etherType: fields.tagType ?? 0x8100,
    build: () => bytes(u16(fields.id ?? 1), u16(announce(payload, 'etherType', fields.etherType)), build(payload)),
  };
}

/** An MPLS label; the last one has the bottom-of-stack bit. A label carries labels, or what is under them. */
export function mpls(...args: Arguments<{ label?: number; controlWord?: boolean }>): Layer {
  const { fields, payload } = readArguments(args);
  const isBottom = payload instanceof Uint8Array || payload.etherType !== 0x8847;
  const entry = u32(((fields.label ?? 16) << 12) | (isBottom ? 0x100 : 0) | 64);
  return {
    etherType: 0x8847,
    protocol: 137,
    build: () => bytes(entry, fields.controlWord ? zeros(4) : bytes(), build(payload)),
  };
}

/** PPP's numbers for what it carries. */
function pppProtocol(payload: Payload): number {
  const etherType = announce(payload, 'etherType', undefined);
  return (
    new Map([
      [0x0800, 0x0021],
      [0x86dd, 0x0057],
      [0x8847, 0x0281],
    ]).get(etherType) ?? 0xc021
  );
}

/** PPP: with HDLC-like framing if `isFramed`, and with its protocol in one byte if `isCompressed`. */
export function ppp(...args: Arguments<{ isFramed?: boolean; isCompressed?: boolean }>): Layer {
  const { fields, payload } = readArguments(args);
  const protocol = pppProtocol(payload);
  return {
    etherType: 0x880b,
    build: () =>
      bytes(
        fields.isFramed ? bytes(0xff, 0x03) : bytes(),
        fields.isCompressed ? bytes(protocol) : u16(protocol),
        build(payload),
      ),
  };
}

/** A PPPoE session packet around ppp(). */
export function pppoe(payload: Layer): Layer {
  const body = build(payload);
  return { etherType: 0x8864, build: () => bytes(0x11, 0, u16(7), u16(body.length), body) };
}

/** The tag of a provider backbone bridge around an Ethernet frame. */
export function backboneTag(payload: Layer): Layer {
  return { etherType: 0x88e7, build: () => bytes(u32(0x1234), build(payload)) };
}

/** MAC security with the integrity protected only, or encrypted. */
export function macsec(...args: Arguments<{ isEncrypted?: boolean }>): Layer {
  const { fields, payload } = readArguments(args);
  const etherType = announce(payload, 'etherType', undefined);
  return {
    etherType: 0x88e5,
    build: () =>
      bytes(fields.isEncrypted ? 0x2c : 0x20, 0, u32(1), zeros(8), u16(etherType), build(payload), zeros(16)),
  };
}

export interface GreFields {
  checksum?: boolean;
  key?: number;
  sequence?: number;
  /** A source route of one address. */
  routed?: boolean;
  /** 1 is PPTP's. */
  version?: number;
  protocol?: number;
  /** What stands between GRE's header and the payload, such as ERSPAN's. */
  header?: Uint8Array;
}

/** GRE. */
export function gre(...args: Arguments<GreFields>): Layer {
  const { fields, payload } = readArguments(args);
  const { key, sequence, version = 0 } = fields;
  const flags =
    (fields.checksum ? 0x8000 : 0) |
    (fields.routed ? 0x4000 : 0) |
    (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000) |
    version;
  return {
    protocol: 47,
    build: () => {
      const packet = bytes(
        u16(flags),
        u16(announce(payload, 'etherType', fields.protocol)),
        fields.checksum || fields.routed ? u32(0) : bytes(),
        key === undefined ? bytes() : u32(key),
        sequence === undefined ? bytes() : u32(sequence),
        fields.routed ? bytes(u16(0x0800), 0, 4, u32(0x0a000001), u32(0)) : bytes(),
        fields.header ?? bytes(),
        build(payload),
      );
      return fields.checksum ? withChecksum(packet, 4, checksum(packet)) : packet;
    },
  };
}

/** VXLAN; `flags` 0x08 by default, with `nextProtocol` it is the generic protocol extension. */
export function vxlan(...args: Arguments<{ flags?: number; nextProtocol?: number; network?: number }>): Layer {
  const { fields, payload } = readArguments(args);
  const { nextProtocol = 0, network = 7 } = fields;
  const flags = fields.flags ?? (nextProtocol === 0 ? 0x08 : 0x0c);
  return { build: () => bytes(flags, 0, 0, nextProtocol, u32(network << 8), build(payload)) };
}

/** Geneve, with `optionBytes` (a multiple of four) of options. */
export function geneve(...args: Arguments<{ optionBytes?: number; etherType?: number }>): Layer {
  const { fields, payload } = readArguments(args);
  const { optionBytes = 0 } = fields;
  const etherType = announce(payload, 'etherType', fields.etherType);
  return { build: () => bytes(optionBytes / 4, 0, u16(etherType), u32(0x700), zeros(optionBytes), build(payload)) };
}

/** GTP-U; `extensions` are the whole extension headers but for their last byte, which is added. */
export function gtp(...args: Arguments<{ sequence?: number; extensions?: Uint8Array[]; messageType?: number }>): Layer {
  const { fields, payload } = readArguments(args);
  const { sequence, extensions = [], messageType = 0xff } = fields;
  const flags = 0x30 | (extensions.length > 0 ? 4 : 0) | (sequence === undefined ? 0 : 2);
  const next = (index: number): number => (index < extensions.length ? 0x85 : 0);
  const optional = (flags & 7) === 0 ? bytes() : bytes(u16(sequence ?? 0), 0, next(0));
  const chain = extensions.map((extension, index) => bytes(extension, next(index + 1)));
  const body = bytes(optional, ...chain, build(payload));
  return { build: () => bytes(flags, messageType, u16(body.length), u32(1), body) };
}

/** Teredo: an IPv6 packet, perhaps behind an authentication and an origin indication. */
export function teredo(...args: Arguments<{ authentication?: boolean; origin?: boolean }>): Layer {
  const { fields, payload } = readArguments(args);
  const authentication = bytes(0, 1, 2, 3, zeros(2 + 3 + 8 + 1));
  return {
    build: () =>
      bytes(
        fields.authentication ? authentication : bytes(),
        fields.origin ? bytes(0, 0, zeros(6)) : bytes(),
        build(payload),
      ),
  };
}

/** An L2TP data message around ppp(). */
export function l2tp(...args: Arguments<{ isNumbered?: boolean }>): Layer {
  const { fields, payload } = readArguments(args);
  const numbers = fields.isNumbered ? u32(0) : bytes();
  return { build: () => bytes(u16(fields.isNumbered ? 0x0802 : 0x0002), u16(1), u16(1), numbers, build(payload)) };
}

/** A LISP data header around an IP packet. */
export function lisp(payload: Layer): Layer {
  return { build: () => bytes(0xc0, zeros(7), build(payload)) };
}

/** A TZSP header with a tag, around an Ethernet frame. */
export function tzsp(payload: Layer): Layer {
  return { build: () => bytes(1, 0, u16(1), 0, 10, 1, 99, 1, build(payload)) };
}
