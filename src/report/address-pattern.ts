/**
 * What `--host` was given: an address, a network, or a name, compared with the addresses and names of a report.
 */
import { parseAddress } from '../decode/address.js';

/** Tells whether an endpoint is meant; the name is the one that the capture gives the address, if it gives one. */
export type HostPattern = (address: string, name: string | undefined) => boolean;

/** IPv4 addresses are the last bits of the IPv4-mapped ones that parseAddress gives. */
const IPV4_MAPPED_BITS = 96;
const ADDRESS_BITS = 128;

const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

/**
 * Compiles an address (`10.0.0.5`, `fe80::1`, also in brackets), a network (`10.0.0.0/8`) or a name; undefined when
 * the text can be none of them.
 *
 * @example
 * parseHostPattern('10.0.0.0/8')?.('10.0.0.5', undefined) // true
 */
export function parseHostPattern(text: string): HostPattern | undefined {
  const [host, prefix, ...rest] = text.replace(/^\[(.*)\]$/, '$1').split('/');
  const words = parseAddress(host);
  if (words === undefined) return prefix === undefined ? namePattern(text) : undefined;
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  const isIpv6 = host.includes(':');
  const prefixBits = prefix === undefined ? ADDRESS_BITS : Number(prefix) + (isIpv6 ? 0 : IPV4_MAPPED_BITS);
  if (prefixBits > ADDRESS_BITS) return undefined;
  return (address) => {
    const other = address.includes(':') === isIpv6 ? parseAddress(address) : undefined;
    return other !== undefined && sharePrefix(words, other, prefixBits);
  };
}

function namePattern(text: string): HostPattern | undefined {
  // A dotted number that is not an address is a slip of the finger, not a name.
  if (!NAME.test(text) || /^[\d.]+$/.test(text)) return undefined;
  const wanted = withoutRootDot(text);
  return (_address, name) => name !== undefined && withoutRootDot(name) === wanted;
}

function withoutRootDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function sharePrefix(one: Uint32Array, other: Uint32Array, prefixBits: number): boolean {
  return one.every((word, index) => {
    const bits = Math.min(32, Math.max(0, prefixBits - 32 * index));
    // A shift by 32 bits would be one by none.
    return bits === 0 || (word ^ other[index]) >>> (32 - bits) === 0;
  });
}
