/**
 * What `--host` was given: an address, a network, or a name, compared with the addresses and names of a report.
 */

/** Tells whether an endpoint is meant; the name is the one that the capture gives the address, if it gives one. */
export type HostPattern = (address: string, name: string | undefined) => boolean;

/** Sixteen-bit words of an address; two for IPv4, eight for IPv6. */
type AddressWords = readonly number[];

const NAME = /^[\p{L}\p{N}_]([\p{L}\p{N}_.-]*)$/u;

/**
 * Compiles an address (`10.0.0.5`, `fe80::1`, also in brackets), a network (`10.0.0.0/8`) or a name; undefined when
 * the text can be none of them.
 */
export function parseHostPattern(text: string): HostPattern | undefined {
  const [host, prefix, ...rest] = text.split('/');
  const words = parseAddress(host.replace(/^\[(.*)\]$/, '$1'));
  if (words === undefined) {
    return prefix === undefined ? namePattern(text) : undefined;
  }
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
    return undefined;
  }
  const prefixBits = prefix === undefined ? words.length * 16 : Number(prefix);
  if (prefixBits > words.length * 16) {
    return undefined;
  }
  return (address) => {
    const other = parseAddress(address);
    return other !== undefined && sharePrefix(words, other, prefixBits);
  };
}

function namePattern(text: string): HostPattern | undefined {
  // A dotted number that is not an address is a slip of the finger, not a name.
  if (!NAME.test(text) || /^[\d.]+$/.test(text)) {
    return undefined;
  }
  const wanted = withoutRootDot(text);
  return (_address, name) => name !== undefined && withoutRootDot(name) === wanted;
}

function withoutRootDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function sharePrefix(one: AddressWords, other: AddressWords, prefixBits: number): boolean {
  if (one.length !== other.length) {
    return false;
  }
  for (let index = 0, bitsLeft = prefixBits; bitsLeft > 0; index++, bitsLeft -= 16) {
    const ignoredBits = Math.max(0, 16 - bitsLeft);
    if (one[index] >>> ignoredBits !== other[index] >>> ignoredBits) {
      return false;
    }
  }
  return true;
}

function parseAddress(text: string): AddressWords | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): AddressWords | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  const [a, b, c, d] = parts.map(Number);
  return [a * 256 + b, c * 256 + d];
}

function parseIpv6(text: string): AddressWords | undefined {
  const [withoutZone] = text.split('%');
  const halves = withoutZone.split('::');
  if (halves.length > 2) {
    return undefined;
  }
  const [head, tail = []] = halves.map(parseGroups);
  if (head === undefined || tail === undefined) {
    return undefined;
  }
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) {
    return undefined;
  }
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The words of one side of `::`; the last group may be dotted decimal (RFC 4291 section 2.2). */
function parseGroups(text: string): number[] | undefined {
  const words: number[] = [];
  const groups = text === '' ? [] : text.split(':');
  for (const [index, group] of groups.entries()) {
    if (index === groups.length - 1 && group.includes('.')) {
      const dotted = parseIpv4(group);
      if (dotted === undefined) {
        return undefined;
      }
      words.push(...dotted);
    } else if (/^[\da-f]{1,4}$/i.test(group)) {
      words.push(Number.parseInt(group, 16));
    } else {
      return undefined;
    }
  }
  return words;
}
