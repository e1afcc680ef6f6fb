/** The backends by their names. */
import { CAP } from './cap.js';
import type { Backend } from './capture-session.js';
import type { CaptureProgram } from './child-capture.js';
import { DUMPCAP } from './dumpcap.js';
import { TCPDUMP } from './tcpdump.js';

export const PROGRAMS: Readonly<Record<Backend, CaptureProgram>> = { dumpcap: DUMPCAP, tcpdump: TCPDUMP, cap: CAP };

/** The name under which libpcap captures on all interfaces of a Linux at once. */
export const EVERY_INTERFACE = 'any';
