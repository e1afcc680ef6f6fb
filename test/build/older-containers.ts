/**
 * Writes snoop, Network Monitor and NetXRay captures for tests, with lengths and places that may be lies.
 *
 *     snoop({}, [{ bytes: frame, seconds: 1_700_000_000, microseconds: 5 }])
 *     netmon({ minor: 3 }, [{ bytes: frame, time: 1_500_000n, network: 1 }])
 *     netxray({ version: '002.001' }, [{ bytes: frame, ticks: 1_500_000n }])
 */

/** A record's packet, as all of these formats have it. */
interface PacketLike {
  bytes: Uint8Array;
  originalBytes?: number;
  /** A captured length that is not true. */
  capturedBytes?: number;
}

/** What kind of snoop capture to write: version 2, Ethernet by default. */
export interface SnoopKind {
  version?: number;
  datalinkType?: number;
}

/** A record of a snoop capture. */
export interface SnoopRecord extends PacketLike {
  seconds?: number;
  microseconds?: number;
  drops?: number;
  /** Bytes behind the packet: padding to a multiple of four by default. */
  behind?: Uint8Array;
  /** A record length that is not true. */
  recordBytes?: number;
}

/** A whole snoop capture. */
export function snoop(kind: SnoopKind, records: readonly SnoopRecord[]): Uint8Array {
  const header = Buffer.alloc(16);
  header.write('snoop');
  header.writeUInt32BE(kind.version ?? 2, 8);
  header.writeUInt32BE(kind.datalinkType ?? 4, 12);
  return new Uint8Array(Buffer.concat([header, ...records.map(snoopRecord)]));
}

function snoopRecord(record: SnoopRecord): Uint8Array {
  const { bytes } = record;
  const behind = record.behind ?? new Uint8Array(-bytes.length & 3);
  const numbers = [
    record.originalBytes ?? bytes.length,
    record.capturedBytes ?? bytes.length,
    record.recordBytes ?? 24 + bytes.length + behind.length,
    record.drops ?? 0,
    record.seconds ?? 0,
    record.microseconds ?? 0,
  ];
  const header = Buffer.alloc(24);
  for (const [index, number] of numbers.entries()) header.writeUInt32BE(number, 4 * index);
  return Buffer.concat([header, bytes, behind]);
}

/** What kind of Network Monitor capture to write: version 2.0, Ethernet, started at 2005-07-04 07:32:29.058. */
export interface NetmonKind {
  major?: number;
  minor?: number;
  network?: number;
  start?: readonly [year: number, month: number, day: number, hour: number, minute: number, second: number, ms: number];
  /** Bytes between the header and the first record. */
  gap?: number;
  /** The records' numbers, from 0, as the table lists them; all in their order by default. */
  table?: readonly number[];
  /** A place or a length of the table that is not true. */
  tableOffset?: number;
  tableLength?: number;
}

/** A record of a Network Monitor capture. */
export interface NetmonRecord extends PacketLike {
  /** Since the start: milliseconds in version 1, microseconds in version 2. */
  time?: bigint;
  /** From version 2.1 on; 1 by default. */
  network?: number;
  /** From version 2.3 on: units of 100 ns since 1601. */
  fileTime?: bigint;
}

/** The FILETIME of a time since 1970. */
export function fileTime(epochNs: bigint): bigint {
  return epochNs / 100n + 116_444_736_000_000_000n;
}

/** A whole Network Monitor capture, its frame table at the end. */
export function netmon(kind: NetmonKind, records: readonly NetmonRecord[]): Uint8Array {
  const [major, minor] = [kind.major ?? 2, kind.minor ?? 0];
  const pieces = records.map((record) => netmonRecord(major, minor, record));
  const gap = Buffer.alloc(kind.gap ?? 0, 0xaa);
  const offsets = pieces.map((_, index) => 128 + gap.length + sum(pieces.slice(0, index)));
  const table = Buffer.concat((kind.table ?? [...offsets.keys()]).map((index) => little(offsets[index] ?? index, 4)));
  const header = Buffer.alloc(128);
  header.write(major === 1 ? 'RTSS' : 'GMBU');
  header.writeUInt8(minor, 4);
  header.writeUInt8(major, 5);
  header.writeUInt16LE(kind.network ?? 1, 6);
  const [year, month, day, ...timeOfDay] = kind.start ?? [2005, 7, 4, 7, 32, 29, 58];
  for (const [index, value] of [year, month, 0, day, ...timeOfDay].entries())
    header.writeUInt16LE(value, 8 + 2 * index);
  header.writeUInt32LE(kind.tableOffset ?? 128 + gap.length + sum(pieces), 24);
  header.writeUInt32LE(kind.tableLength ?? table.length, 28);
  return new Uint8Array(Buffer.concat([header, gap, ...pieces, table]));
}

function netmonRecord(major: number, minor: number, record: NetmonRecord): Uint8Array {
  const { bytes } = record;
  const size = major === 1 ? 2 : 4;
  const trailer = Buffer.concat([
    little(record.network ?? 1, 2),
    little(0, 4),
    little(record.fileTime ?? 0n, 8),
    little(0, 1),
  ]);
  return Buffer.concat([
    little(record.time ?? 0n, major === 1 ? 4 : 8),
    little(record.originalBytes ?? bytes.length, size),
    little(record.capturedBytes ?? bytes.length, size),
    bytes,
    trailer.subarray(0, major === 1 ? 0 : [0, 2, 6, 15][Math.min(minor, 3)]),
  ]);
}

/** What kind of NetXRay capture to write: version 2.1, Ethernet, from 1.7e9 seconds on in microseconds by default. */
export interface NetxrayKind {
  /** 'VL' for what came before 1.0. */
  version?: 'VL' | `00${number}.${string}`;
  network?: number;
  numbering?: number;
  startSeconds?: number;
  startTicks?: bigint;
  timeUnit?: number;
  realTicks?: number;
  captureType?: number;
  startOffset?: number;
  endOffset?: number;
}

/** A record of a NetXRay capture. */
export interface NetxrayRecord extends PacketLike {
  ticks?: bigint;
  /** Version 2: that the last four bytes are a rest. */
  hasRest?: boolean;
  /** Version 2, wide area networks. */
  isSent?: boolean;
}

/** A whole NetXRay capture. */
export function netxray(kind: NetxrayKind, records: readonly NetxrayRecord[]): Uint8Array {
  const version = kind.version ?? '002.001';
  const pieces = records.map((record) => netxrayRecord(version, record));
  const header = Buffer.alloc(128);
  header.write(version === 'VL' ? 'VL' : `XCP\0${version}`, 'latin1');
  header.writeUInt32LE(kind.startSeconds ?? 1_700_000_000, 12);
  header.writeUInt32LE(records.length, 16);
  header.writeUInt32LE(kind.startOffset ?? 128, 24);
  header.writeUInt32LE(kind.endOffset ?? 128 + sum(pieces), 28);
  header.writeUInt8(kind.network ?? 0, 44);
  header.writeUInt8(kind.numbering ?? 0, 45);
  header.writeUInt8(kind.timeUnit ?? 0, 48);
  header.writeBigUInt64LE(kind.startTicks ?? 0n, 52);
  header.writeUInt32LE(kind.realTicks ?? 0, 76);
  header.writeUInt8(kind.captureType ?? 0, 84);
  return new Uint8Array(Buffer.concat([header, ...pieces]));
}

/** One record of a NetXRay capture. */
export function netxrayRecord(version: string, record: NetxrayRecord): Uint8Array {
  const { bytes } = record;
  const header = Buffer.alloc(version === 'VL' ? 16 : version.startsWith('001') ? 28 : 40);
  header.writeBigUInt64LE(record.ticks ?? 0n, 0);
  header.writeUInt16LE(record.originalBytes ?? bytes.length, 8);
  if (version !== 'VL') header.writeUInt16LE(record.capturedBytes ?? bytes.length, 10);
  if (record.hasRest) header.writeUInt16LE(0xffff, 14);
  if (record.isSent) header.writeUInt8(1, 24);
  return Buffer.concat([header, bytes]);
}

function little(value: number | bigint, size: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, size);
}

function sum(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((bytes, piece) => bytes + piece.length, 0);
}
