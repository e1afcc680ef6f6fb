import {
  TRAIT_AUTHENTICATED,
  TRAIT_DATA,
  TRAIT_ECN,
  TRAIT_FAST_OPEN,
  TRAIT_MAXIMUM_SEGMENT_SIZE,
  TRAIT_MULTIPATH,
  TRAIT_SACK,
  TRAIT_TIMESTAMPS,
  TRAIT_WINDOW_SCALE,
} from '../../track/layout/traits.js';
import { type Context, type Evidence, framesOf, nameFrames } from '../finding.js';
import type { Decision } from '../notes.js';
import type { AttemptPackets } from '../packets.js';
import { answeredSyn } from './answered-syn.js';

const TRAIT_NAMES: readonly (readonly [trait: number, name: string])[] = [
  [TRAIT_ECN, 'the ECN flags'],
  [TRAIT_FAST_OPEN, 'a Fast Open option'],
  [TRAIT_DATA, 'data'],
  [TRAIT_MULTIPATH, 'a Multipath TCP option'],
  [TRAIT_AUTHENTICATED, 'a signature'],
  [TRAIT_WINDOW_SCALE, 'a window scale'],
  [TRAIT_SACK, 'selective acknowledgements'],
  [TRAIT_TIMESTAMPS, 'time stamps'],
  [TRAIT_MAXIMUM_SEGMENT_SIZE, 'a segment size'],
];

/** A SYN failed, and the next one, which offered less and nothing else, was accepted. */
export function optionFallback(packets: AttemptPackets, context: Context, verdict: Decision): Evidence | undefined {
  if (verdict.outcome !== 'established') return undefined;
  const { firstSyn, syns } = packets;
  const plain = answeredSyn(packets, context);
  if (firstSyn === undefined || plain === undefined) return undefined;
  const failed = syns.filter(({ timeNs, traits }) => timeNs < plain.timeNs && isRicher(traits, plain.traits));
  // That the first one offered less would be no fallback.
  if (failed[0] !== firstSyn) return undefined;
  const extra = failed.reduce((union, { traits }) => union | traits, 0) & ~plain.traits;
  const names = TRAIT_NAMES.filter(([trait]) => (extra & trait) !== 0).map(([, name]) => name);
  return {
    text: `The SYN with ${nameAll(names)} failed (${nameFrames(failed, context)}), and the one without was accepted (${nameFrames([plain], context)}): something on the way may drop it for that, if it was not just lost`,
    frames: framesOf([...failed, plain]),
  };
}

/** True if one has all that the other has, and more. */
function isRicher(traits: number, plain: number): boolean {
  return traits !== plain && (traits & plain) === plain;
}

function nameAll(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
