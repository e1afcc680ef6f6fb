/** On what a capture was made: dumpcap writes the name of the system into the section header of a pcapng file. */

const SECTION_HEADER = 0x0a0d0d0a;
const LITTLE_ENDIAN = 0x1a2b3c4d;
/** Behind block type, length, byte-order magic, versions and section length. */
const FIRST_OPTION = 24;
const OPTION_OS = 3;
const OPTION_END = 0;

/** 'Linux 6.18.44'; undefined if the capture does not say it in the byte order that the lab writes. */
export function kernelOf(content: Buffer): string | undefined {
  if (content.length < FIRST_OPTION || content.readUInt32LE(0) !== SECTION_HEADER) return undefined;
  if (content.readUInt32LE(8) !== LITTLE_ENDIAN) return undefined;
  const end = Math.min(content.length, content.readUInt32LE(4)) - 4;
  for (let at = FIRST_OPTION; at + 4 <= end; ) {
    const code = content.readUInt16LE(at);
    const bytes = content.readUInt16LE(at + 2);
    // What its builder added to the version is no part of the kernel's own.
    if (code === OPTION_OS) return /^\S+ [\d.]+/.exec(content.toString('utf8', at + 4, at + 4 + bytes))?.[0];
    if (code === OPTION_END) return undefined;
    at += 4 + Math.ceil(bytes / 4) * 4;
  }
  return undefined;
}
