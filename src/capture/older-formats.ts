/** The container formats of older analysers: how each is recognised, and its reader. */

import type { CaptureReader, TimeOrigin } from './format.js';
import { NetmonReader } from './netmon.js';
import { NETMON_HEADER_BYTES, startsNetmon } from './netmon-header.js';
import { NetxrayReader } from './netxray.js';
import { NETXRAY_HEADER_BYTES, startsNetxray } from './netxray-header.js';
import { SNOOP_OPENING_BYTES, SnoopReader, startsSnoop } from './snoop.js';

/** A format whose reader is fed from the capture's first byte on. */
export interface OlderFormat {
  /** Whether bytes begin like a capture of this format. */
  startsLike: (bytes: Uint8Array) => boolean;
  /** So many bytes, or all there are, have to be there to open it. */
  openingBytes: number;
  /** Throws a CaptureError where it cannot be read. */
  open: (first: Uint8Array, origin: TimeOrigin) => CaptureReader;
}

/** All of them. */
export const OLDER_FORMATS: readonly OlderFormat[] = [
  {
    startsLike: startsSnoop,
    openingBytes: SNOOP_OPENING_BYTES,
    open: (first, origin) => new SnoopReader(first, origin),
  },
  {
    startsLike: startsNetmon,
    openingBytes: NETMON_HEADER_BYTES,
    open: (first, origin) => new NetmonReader(first, origin),
  },
  {
    startsLike: startsNetxray,
    openingBytes: NETXRAY_HEADER_BYTES,
    open: (first, origin) => new NetxrayReader(first, origin),
  },
];
