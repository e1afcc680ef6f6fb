/** dumpcap, the part of Wireshark that captures: time stamps and losses as the kernel tells them, and rights of its own. */
import type { CaptureProgram } from './child-capture.js';

const BUFFER_MEGABYTES = 64;

/** How dumpcap is asked, and how its answers are read. */
export const DUMPCAP: CaptureProgram = {
  name: 'dumpcap',
  captureArguments: ({ interfaceName, filter, snapLength, packets }) => [
    ...['-q', '-i', interfaceName, '-w', '-', '-B', String(BUFFER_MEGABYTES)],
    ...(snapLength === undefined ? [] : ['-s', String(snapLength)]),
    ...(packets === undefined ? [] : ['-c', String(packets)]),
    ...(filter === undefined ? [] : ['-f', filter]),
  ],
  probeArguments: (interfaceName) => ['-i', interfaceName, '-L'],
  refuses: (interfaceName) => {
    if (/^\d+$/.test(interfaceName)) return `it takes ${interfaceName} for a place in its list of interfaces`;
    return interfaceName === '-' ? 'it takes - for standard input' : undefined;
  },
  started: /^File: /m,
  heldBackMs: 400,
  vanished: /no longer attached|no longer running|network is down/i,
  readStatistics: (said) => {
    const told =
      /received\/dropped on interface '.*': (\d+)\/(\d+) \(pcap:\d+\/dumpcap:\d+\/flushed:\d+\/ps_ifdrop:(\d+)\)/;
    const [, written, dropped, byInterface] = told.exec(said) ?? [];
    if (written === undefined) return undefined;
    return {
      received: Number(written) + Number(dropped),
      dropped: Number(dropped),
      droppedByInterface: Number(byInterface),
    };
  },
};
