/** tcpdump: what is installed nearly everywhere. */
import type { CaptureProgram } from './child-capture.js';

const BUFFER_KILOBYTES = 65_536;

/** How tcpdump is asked, and how its answers are read. */
export const TCPDUMP: CaptureProgram = {
  name: 'tcpdump',
  captureArguments: ({ interfaceName, filter, snapLength, packets }) => [
    ...['-n', '-U', '-i', interfaceName, '-w', '-', '-B', String(BUFFER_KILOBYTES)],
    // Elsewhere not every system has it.
    ...(process.platform === 'linux' ? ['--time-stamp-precision=nano'] : []),
    ...(snapLength === undefined ? [] : ['-s', String(snapLength)]),
    ...(packets === undefined ? [] : ['-c', String(packets)]),
    // Its words are joined by tcpdump; one that begins with a dash is no option.
    ...(filter === undefined ? [] : ['--', filter]),
  ],
  probeArguments: (interfaceName) => ['-i', interfaceName, '-L'],
  started: /listening on /,
  heldBackMs: 1100,
  vanished: /interface disappeared|went down|network is down/i,
  readStatistics: (said) => {
    const count = (what: string): number | undefined => {
      const found = new RegExp(`(\\d+) packets? ${what}`).exec(said)?.[1];
      return found === undefined ? undefined : Number(found);
    };
    const received = count('received by filter');
    const dropped = count('dropped by kernel');
    if (received === undefined || dropped === undefined) return undefined;
    // The line is left out where there were none.
    return { received, dropped, droppedByInterface: count('dropped by interface') ?? 0 };
  },
};
