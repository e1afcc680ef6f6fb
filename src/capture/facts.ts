/** Starting, filling and bounding CaptureFacts: a capture can hold more oddities than anybody wants to keep. */

import type { CaptureFacts, Damage } from './format.js';

/** Damages that are told one by one; further ones are counted. */
export const MAXIMUM_DAMAGES = 100;
/** Comments that are kept; further ones are left out. */
export const MAXIMUM_COMMENTS = 1000;
/** Names that are kept from Name Resolution Blocks. */
const MAXIMUM_NAMES = 100_000;
/** Interfaces that are described; packets of further ones are told as damage. */
export const MAXIMUM_INTERFACES = 65_536;
/** Bytes of one text (comment, name, filter) that are kept. */
export const MAXIMUM_TEXT_BYTES = 4096;

/** Facts of a capture of which nothing was read yet. */
export function createFacts(format: string): CaptureFacts {
  return {
    format,
    interfaces: [],
    packets: 0,
    bytes: 0,
    firstPacketNs: undefined,
    lastPacketNs: undefined,
    damages: [],
    furtherDamages: 0,
    comments: [],
    names: [],
  };
}

/** Notes a damage, or only counts it when many are noted already. */
export function recordDamage(facts: CaptureFacts, damage: Damage): void {
  if (facts.damages.length < MAXIMUM_DAMAGES) facts.damages.push(damage);
  else facts.furtherDamages += 1;
}

/** Keeps a comment of a packet (0: of a section), unless many are kept already. */
export function recordComment(facts: CaptureFacts, packet: number, text: string): void {
  if (text !== '' && facts.comments.length < MAXIMUM_COMMENTS) facts.comments.push({ packet, text });
}

/** Keeps a name of an address, unless many are kept already. */
export function recordName(facts: CaptureFacts, address: Uint8Array, name: string): void {
  if (name !== '' && facts.names.length < MAXIMUM_NAMES) facts.names.push({ address, name });
}
