/**
 * What all layers of a built packet have in common. See packet.ts for how to use them.
 */
import { parseAddress } from '../../src/decode/address.js';

/** The addresses of the IP header around a layer, for the checksums that cover them. */
export interface Addresses {
  source: Uint8Array;
  destination: Uint8Array;
}

/** One header with all that it carries. */
export interface Layer {
  /** How Ethernet and its like announce it. */
  readonly etherType?: number;
  /** How IP announces it. */
  readonly protocol?: number;
  /** The bytes; `addresses` are those of the nearest IP header around it. */
  build(addresses?: Addresses): Uint8Array;
}

/** What a layer may carry: another layer, bytes, or nothing. */
export type Payload = Layer | Uint8Array;

/** A layer's arguments: its fields may be left out, `ethernet(ipv4(tcp()))`. */
export type Arguments<Fields> = [payload?: Payload] | [fields: Fields, payload?: Payload];

/** Tells the two forms of Arguments apart. */
export function readArguments<Fields extends object>(
  args: Arguments<Fields>,
): { fields: Partial<Fields>; payload: Payload } {
  const [first, second] = args;
  if (first === undefined) return { fields: {}, payload: second ?? bytes() };
  if (first instanceof Uint8Array || 'build' in first) return { fields: {}, payload: first };
  return { fields: first, payload: second ?? bytes() };
}

/** The bytes of a payload. */
export function build(payload: Payload, addresses?: Addresses): Uint8Array {
  return payload instanceof Uint8Array ? payload : payload.build(addresses);
}

/** The number by which an outer header announces a payload; bytes have none, so it must be told. */
export function announce(payload: Payload, by: 'etherType' | 'protocol', told: number | undefined): number {
  if (told !== undefined) return told;
  return payload instanceof Uint8Array ? 0xff : (payload[by] ?? 0xff);
}

/** Bytes from numbers and pieces: `bytes(0x11, u16(1500), payload)`. */
export function bytes(...parts: readonly (number | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part & 0xff] : [...part])));
}

/** Two bytes, big-endian. */
export function u16(value: number): Uint8Array {
  return bytes(value >>> 8, value);
}

/** Two bytes, little-endian. */
export function u16le(value: number): Uint8Array {
  return bytes(value, value >>> 8);
}

/** Four bytes, big-endian. */
export function u32(value: number): Uint8Array {
  return bytes(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Four bytes, little-endian. */
export function u32le(value: number): Uint8Array {
  return bytes(value, value >>> 8, value >>> 16, value >>> 24);
}

/** As many zeros. */
export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}

/** 'aa:bb:cc:dd:ee:ff' as six bytes. */
export function mac(text: string): Uint8Array {
  return Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));
}

/** An IP address as 4 or 16 bytes. */
export function ip(text: string): Uint8Array {
  const words = parseAddress(text);
  if (words === undefined) throw new Error(`not an address: ${text}`);
  return text.includes(':') ? bytes(...[...words].map(u32)) : u32(words[3]);
}

/** The Internet checksum (RFC 1071) over pieces of even length, the last of which may be odd. */
export function checksum(...parts: readonly Uint8Array[]): number {
  const all = bytes(...parts);
  let sum = 0;
  for (let at = 0; at < all.length; at += 2) sum += (all[at] << 8) | (all[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The pseudo-header that the checksums of TCP, UDP and ICMPv6 cover (RFC 9293 section 3.1, RFC 8200 section 8.1). */
export function pseudoHeader(addresses: Addresses | undefined, protocol: number, length: number): Uint8Array {
  if (addresses === undefined) return bytes();
  const { source, destination } = addresses;
  return source.length === 4
    ? bytes(source, destination, 0, protocol, u16(length))
    : bytes(source, destination, u32(length), 0, 0, 0, protocol);
}

/** Puts two bytes of checksum at `offset` of a finished message. */
export function withChecksum(message: Uint8Array, offset: number, sum: number): Uint8Array {
  return bytes(message.subarray(0, offset), u16(sum), message.subarray(offset + 2));
}
