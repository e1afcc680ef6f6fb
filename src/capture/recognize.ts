/** Says by their content what bytes are that are no capture synwhy reads. Nothing of the content is echoed. */

import { CaptureError } from './errors.js';

/** With this many bytes (or all there are) the content can be told. */
export const RECOGNIZABLE_BYTES = 1024;

/** How many bytes tell whether something is compressed. */
export const COMPRESSION_MAGIC_BYTES = 4;

const ACCEPTED =
  'synwhy reads pcap and pcapng captures, as tcpdump, dumpcap and Wireshark write them, and those of snoop, Network Monitor and Sniffer, also compressed with gzip or zstd.';

/** RFC 1952 section 2.3.1: ID1, ID2 and the only compression method there is. */
const GZIP_MAGIC = [0x1f, 0x8b, 0x08];
/** RFC 8878 section 3.1.1. */
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** RFC 8878 section 3.1.2: skippable frames, 0x184D2A50 to 0x184D2A5F, which pzstd writes in front. */
const ZSTD_SKIPPABLE_MAGIC = [0x2a, 0x4d, 0x18];

/** The compression of bytes, of which at least COMPRESSION_MAGIC_BYTES are there if there are so many. */
export function recognizeCompression(bytes: Uint8Array): 'gzip' | 'zstd' | undefined {
  if (has(bytes, 0, GZIP_MAGIC)) return 'gzip';
  if (has(bytes, 0, ZSTD_MAGIC)) return 'zstd';
  return (bytes[0] & 0xf0) === 0x50 && has(bytes, 1, ZSTD_SKIPPABLE_MAGIC) ? 'zstd' : undefined;
}

interface Signature {
  offset?: number;
  magic: string | readonly number[];
  /** Completes 'This looks like …'. */
  looksLike: string;
  /** What to do with it; without it the thing holds no packets at all. */
  remedy?: string;
  /** What to try where nothing is certain. */
  hint?: string;
}

const CONVERT = 'Wireshark reads it: editcap FILE OUT.pcapng converts it.';
const TRY_TO_CONVERT = ' If Wireshark opens it nevertheless, editcap FILE OUT.pcapng converts it.';
const DECOMPRESS = 'Decompress it first.';

const SIGNATURES: readonly Signature[] = [
  { magic: 'TRSNIFF data', looksLike: 'a DOS Sniffer capture', remedy: CONVERT },
  { magic: 'iptrace ', looksLike: 'an AIX iptrace capture', remedy: CONVERT },
  { magic: '\x7fver', looksLike: 'an OmniPeek or EtherPeek capture', remedy: CONVERT },
  { magic: 'btsnoop\0', looksLike: 'a Bluetooth btsnoop log, which holds no TCP' },
  { magic: [0xa1, 0xb2, 0x34, 0xcd], looksLike: 'a rare variant of pcap', remedy: CONVERT },
  { magic: [0xcd, 0x34, 0xb2, 0xa1], looksLike: 'a rare variant of pcap', remedy: CONVERT },
  { magic: [0xa1, 0x2b, 0x3c, 0x4d], looksLike: 'a rare variant of pcap', remedy: CONVERT },
  { magic: [0x4d, 0x3c, 0x2b, 0xa1], looksLike: 'a rare variant of pcap', remedy: CONVERT },
  { magic: [0xac, 0x01, 0x00, 0x1c], looksLike: 'an Ixia pcap', remedy: CONVERT },
  { magic: [0xab, 0x01, 0x00, 0x1c], looksLike: 'an Ixia pcap', remedy: CONVERT },
  { magic: GZIP_MAGIC, looksLike: 'data compressed with gzip', remedy: DECOMPRESS },
  { magic: ZSTD_MAGIC, looksLike: 'data compressed with zstd', remedy: DECOMPRESS },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], looksLike: 'data compressed with xz', remedy: DECOMPRESS },
  { magic: 'BZh', looksLike: 'data compressed with bzip2', remedy: DECOMPRESS },
  { magic: [0x04, 0x22, 0x4d, 0x18], looksLike: 'data compressed with lz4', remedy: DECOMPRESS },
  { magic: [0x1f, 0x9d], looksLike: 'data compressed with compress', remedy: DECOMPRESS },
  { magic: 'PK\x03\x04', looksLike: 'a ZIP archive', remedy: 'Unpack it first.' },
  { magic: '7z\xbc\xaf\x27\x1c', looksLike: 'a 7-Zip archive', remedy: 'Unpack it first.' },
  { magic: 'Rar!\x1a\x07', looksLike: 'a RAR archive', remedy: 'Unpack it first.' },
  { magic: 'ustar', offset: 257, looksLike: 'a tar archive', remedy: 'Unpack it first.' },
  { magic: '\x7fELF', looksLike: 'a program (ELF)' },
  { magic: 'MZ', looksLike: 'a Windows program' },
  { magic: '%PDF', looksLike: 'a PDF document' },
  { magic: '\x89PNG', looksLike: 'a PNG image' },
  { magic: [0xff, 0xd8, 0xff], looksLike: 'a JPEG image' },
  { magic: 'GIF8', looksLike: 'a GIF image' },
  { magic: 'SQLite format 3\0', looksLike: 'an SQLite database' },
];

const ETL_REMEDY = "Microsoft's etl2pcapng converts the packets of a network trace to pcapng.";
const HEX_DUMP_REMEDY = 'text2pcap makes a pcapng of it.';

/** The error to throw for content that is no capture; `bytes` is its first RECOGNIZABLE_BYTES, or all of it. */
export function foreignContentError(bytes: Uint8Array): CaptureError {
  if (bytes.length === 0) {
    return new CaptureError('empty', `There is nothing in it: it has no bytes. ${ACCEPTED}`);
  }
  const { looksLike, remedy, hint = '' } = lookAt(bytes);
  return new CaptureError(
    remedy === undefined ? 'not-a-capture' : 'unsupported-format',
    `This looks like ${looksLike}. ${remedy ?? ACCEPTED}${hint}`,
  );
}

function lookAt(bytes: Uint8Array): Omit<Signature, 'magic'> {
  const signature = SIGNATURES.find(({ magic, offset }) => has(bytes, offset ?? 0, magic));
  if (signature !== undefined) return signature;
  if (isEventTraceLog(bytes)) return { looksLike: 'a Windows event trace (.etl)', remedy: ETL_REMEDY };
  if (isErf(bytes)) return { looksLike: 'an Endace ERF capture', remedy: CONVERT };
  const text = asText(bytes);
  if (text !== undefined) return lookAtText(text);
  if (bytes.every((byte) => byte === 0)) return { looksLike: 'nothing but zeros' };
  return { looksLike: 'data of a kind that is not known here', hint: TRY_TO_CONVERT };
}

function lookAtText(text: string): Omit<Signature, 'magic'> {
  const start = text.trimStart().slice(0, RECOGNIZABLE_BYTES).toLowerCase();
  if (start === '') return { looksLike: 'a text file without any text' };
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return { looksLike: 'an HTML page' };
  if (start.includes('<pdml') || start.includes('<psml')) {
    return { looksLike: "tshark's output as XML (PDML)", remedy: 'Give the capture that it was made from.' };
  }
  if (start.startsWith('<')) return { looksLike: 'an XML file' };
  if (start.startsWith('{') && start.includes('"log"')) {
    return { looksLike: 'an HTTP archive (.har): it holds requests, not packets' };
  }
  if (start.startsWith('[') && start.includes('"_source"')) {
    return { looksLike: "tshark's output as JSON", remedy: 'Give the capture that it was made from.' };
  }
  if (start.startsWith('{') || start.startsWith('[')) return { looksLike: 'a JSON file' };
  if (HEX_DUMP.test(start)) return { looksLike: 'a hex dump', remedy: HEX_DUMP_REMEDY };
  if (TCPDUMP_TEXT.test(start)) {
    return {
      looksLike: 'what tcpdump prints',
      remedy: 'Let tcpdump write the packets with -w FILE, and give that file.',
    };
  }
  return { looksLike: 'a text file', hint: TRY_TO_CONVERT };
}

/** An offset and bytes in hexadecimal, as hexdump -C, xxd, od and Wireshark write them. */
const HEX_DUMP = /^(?:0x)?0{4,8}:?\s+(?:[0-9a-f]{2,4}\s+){4}/;
/** A time of day, perhaps after a date, and a protocol: tcpdump without -w. */
const TCPDUMP_TEXT = /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ (?:ip6?|arp|ether|\S+ +(?:in|out|p|b|m) )/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Content as text; undefined when it is none. UTF-16 only with a byte-order mark. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    if (has(bytes, 0, [0xff, 0xfe]))
      return new TextDecoder('utf-16le', { fatal: true }).decode(bytes, { stream: true });
    // The last character may be cut.
    const text = utf8.decode(bytes.subarray(0, lastWholeCharacter(bytes)));
    return CONTROL_CHARACTER.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what makes a text
const CONTROL_CHARACTER = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

function lastWholeCharacter(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && (bytes[end - 1] & 0xc0) === 0x80) end -= 1;
  return end > 0 && bytes[end - 1] >= 0xc0 ? end - 1 : bytes.length;
}

/**
 * Event traces have no magic number. Their first buffer begins with a WMI_BUFFER_HEADER of 72 bytes, and behind it
 * comes a system trace header: version 2, type 1 or 2 (32 or 64 bit), flags 0xc0.
 */
function isEventTraceLog(bytes: Uint8Array): boolean {
  const at = 0x48;
  return (
    bytes.length > at + 4 &&
    bytes[at] === 2 &&
    bytes[at + 1] === 0 &&
    (bytes[at + 2] === 1 || bytes[at + 2] === 2) &&
    bytes[at + 3] === 0xc0
  );
}

const ERF_HEADER_BYTES = 16;
const ERF_LARGEST_TYPE = 48;

/** ERF has no magic number either: two records have to follow one another within a minute. */
function isErf(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let seconds: number | undefined;
  for (let record = 0; record < 2; record += 1) {
    if (at + ERF_HEADER_BYTES > bytes.length) return false;
    const type = bytes[at + 8] & 0x7f;
    const length = view.getUint16(at + 10);
    if (type === 0 || type > ERF_LARGEST_TYPE || length < ERF_HEADER_BYTES) return false;
    const now = view.getUint32(at + 4, true);
    if (now === 0 || (seconds !== undefined && Math.abs(now - seconds) > 60)) return false;
    seconds = now;
    at += length;
  }
  return true;
}

function has(bytes: Uint8Array, offset: number, magic: string | readonly number[]): boolean {
  if (bytes.length < offset + magic.length) return false;
  for (let index = 0; index < magic.length; index += 1) {
    const expected = typeof magic === 'string' ? magic.charCodeAt(index) : magic[index];
    if (bytes[offset + index] !== expected) return false;
  }
  return true;
}
