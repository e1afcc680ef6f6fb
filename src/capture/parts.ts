/** Makes readers for parts of captures (enterable.ts). */
import type { EnterableReader, PartFormat } from './enterable.js';
import { PcapReader } from './pcap.js';
import { PcapngReader } from './pcapng.js';

/** A reader for parts of a capture of this format. */
export function createPartReader(format: PartFormat): EnterableReader {
  const origin = { epochNs: format.epochNs };
  if (format.container === 'pcapng') {
    const reader = new PcapngReader(origin);
    reader.enterSection(format.littleEndian, format.interfaces);
    return reader;
  }
  const reader = new PcapReader(format.header, origin);
  reader.count({ ...reader.tally(), last: format.last });
  return reader;
}
