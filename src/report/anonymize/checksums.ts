/** Internet checksums (RFC 1071) that stay as right or as wrong as they were when what they cover is replaced. */

/** The ones' complement sum of 16-bit words from `at` up to `end`; a last odd byte counts as the upper one. */
export function sumOf(view: DataView, at: number, end: number): number {
  let sum = 0;
  for (; at + 1 < end; at += 2) sum += view.getUint16(at);
  if (at < end) sum += view.getUint8(at) << 8;
  return folded(sum);
}

/** Corrects the checksum at `at` for data whose sum was `before` and is `after` (RFC 1624 section 3). */
export function mendChecksum(view: DataView, at: number, before: number, after: number): void {
  const sum = (~view.getUint16(at) & 0xffff) + (~before & 0xffff) + after;
  view.setUint16(at, ~folded(sum) & 0xffff);
}

/** The complement of a sum, as a checksum has it. */
export function checksumOf(sum: number): number {
  return ~folded(sum) & 0xffff;
}

function folded(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}
