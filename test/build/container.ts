/**
 * Writes pcap and pcapng for tests, in either byte order, with everything that is in them open to lies: lengths that
 * are not true, blocks of any type, options of any kind.
 *
 *     pcap({ byteOrder: 'big' }, [{ bytes: frame, timeNs: 1_700_000_000_000_000_000n }])
 *
 *     const blocks = pcapng('little');
 *     join(blocks.section(), blocks.interface({ linkType: 1 }), blocks.packet({ bytes: frame, time: 1n }))
 */

/** The byte order that a container is written in. */
export type ByteOrder = 'little' | 'big';

/** A field of a header: its value and how many bytes it takes. */
type Field = readonly [value: number | bigint, bytes: 1 | 2 | 4 | 8];

/** Puts pieces one behind the other. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

function fields(order: ByteOrder, ...values: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [, size]) => sum + size, 0));
  let at = 0;
  for (const [value, size] of values) {
    for (let index = 0; index < size; index += 1) {
      const shift = BigInt(8 * (order === 'little' ? index : size - 1 - index));
      bytes[at + index] = Number((BigInt(value) >> shift) & 0xffn);
    }
    at += size;
  }
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  return join(bytes, new Uint8Array(-bytes.length & 3));
}

/** What kind of pcap to write; a little-endian one of version 2.4 with microseconds by default. */
export interface PcapKind {
  byteOrder?: ByteOrder;
  magic?: number;
  version?: readonly [major: number, minor: number];
  snapLength?: number;
  /** The whole last field of the header, which holds more than the link type. */
  linkType?: number;
}

/** A record of a pcap. */
export interface PcapRecord {
  bytes: Uint8Array;
  /** Since 1970. */
  timeNs?: bigint;
  originalBytes?: number;
  /** A captured length that is not true. */
  capturedBytes?: number;
  /** A fraction of a second that is not true, in the file's own units. */
  fraction?: number;
}

/** Magic numbers of pcap. */
const MICROSECONDS_MAGIC = 0xa1b2c3d4;
export const NANOSECONDS_MAGIC = 0xa1b23c4d;
export const MODIFIED_MAGIC = 0xa1b2cd34;

/** A whole pcap. */
export function pcap(kind: PcapKind, records: readonly PcapRecord[]): Uint8Array {
  return join(pcapHeader(kind), ...records.map((record) => pcapRecord(kind, record)));
}

/** The file header of a pcap. */
export function pcapHeader(kind: PcapKind = {}): Uint8Array {
  const [major, minor] = kind.version ?? [2, 4];
  return fields(
    kind.byteOrder ?? 'little',
    [kind.magic ?? MICROSECONDS_MAGIC, 4],
    [major, 2],
    [minor, 2],
    [0, 4],
    [0, 4],
    [kind.snapLength ?? 262_144, 4],
    [kind.linkType ?? 1, 4],
  );
}

/** One record of a pcap. */
export function pcapRecord(kind: PcapKind, record: PcapRecord): Uint8Array {
  const order = kind.byteOrder ?? 'little';
  const timeNs = record.timeNs ?? 0n;
  const fraction = (timeNs % 1_000_000_000n) / (kind.magic === NANOSECONDS_MAGIC ? 1n : 1000n);
  const [major, minor] = kind.version ?? [2, 4];
  const lengths: Field[] = [
    [record.capturedBytes ?? record.bytes.length, 4],
    [record.originalBytes ?? record.bytes.length, 4],
  ];
  if (minor < 3 || major === 543) lengths.reverse();
  const header = fields(order, [timeNs / 1_000_000_000n, 4], [record.fraction ?? fraction, 4], ...lengths);
  const extension = kind.magic === MODIFIED_MAGIC ? fields(order, [2, 4], [0x0800, 2], [0, 1], [0, 1]) : join();
  return join(header, extension, record.bytes);
}

/** An option of a pcapng block: a number and its value, as text or bytes. */
export type Option = readonly [code: number, value: string | Uint8Array];

/** Lies about a block's length. */
export interface BlockLies {
  /** In place of both lengths. */
  length?: number;
  /** In place of the second one. */
  trailer?: number;
}

/** What to say of an interface. */
export interface InterfaceFields {
  linkType?: number;
  snapLength?: number;
  options?: readonly Option[];
}

/** What to say of a packet. */
export interface PacketFields extends BlockLies {
  bytes: Uint8Array;
  /** In the units of its interface. */
  time?: bigint;
  interfaceId?: number;
  originalBytes?: number;
  capturedBytes?: number;
  options?: readonly Option[];
}

/** Writers of pcapng blocks in one byte order. */
export function pcapng(order: ByteOrder) {
  const optionBytes = (options: readonly Option[] = []): Uint8Array => {
    if (options.length === 0) return join();
    const written = options.map(([code, value]) => {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      return join(fields(order, [code, 2], [bytes.length, 2]), padded(bytes));
    });
    return join(...written, fields(order, [0, 2], [0, 2]));
  };

  const block = (type: number, body: Uint8Array, lies: BlockLies = {}): Uint8Array => {
    const content = padded(body);
    const length = lies.length ?? content.length + 12;
    return join(fields(order, [type, 4], [length, 4]), content, fields(order, [lies.trailer ?? length, 4]));
  };

  const packetBlock = (type: number, head: readonly Field[], packet: PacketFields): Uint8Array => {
    const time = packet.time ?? 0n;
    const body = join(
      fields(
        order,
        ...head,
        [time >> 32n, 4],
        [time & 0xffffffffn, 4],
        [packet.capturedBytes ?? packet.bytes.length, 4],
        [packet.originalBytes ?? packet.bytes.length, 4],
      ),
      padded(packet.bytes),
      optionBytes(packet.options),
    );
    return block(type, body, packet);
  };

  return {
    /** A block of any type. */
    block,

    /** Any numbers, to make bodies and option values of. */
    fields: (...values: readonly Field[]) => fields(order, ...values),

    /** Section Header Block. */
    section(options: readonly Option[] = [], version: readonly [number, number] = [1, 0]): Uint8Array {
      const head = fields(order, [0x1a2b3c4d, 4], [version[0], 2], [version[1], 2], [2n ** 64n - 1n, 8]);
      return block(0x0a0d0d0a, join(head, optionBytes(options)));
    },

    /** Interface Description Block. */
    interface({ linkType = 1, snapLength = 262_144, options }: InterfaceFields = {}): Uint8Array {
      return block(1, join(fields(order, [linkType, 2], [0, 2], [snapLength, 4]), optionBytes(options)));
    },

    /** Enhanced Packet Block. */
    packet: (packet: PacketFields) => packetBlock(6, [[packet.interfaceId ?? 0, 4]], packet),

    /** The obsolete Packet Block. */
    obsoletePacket(packet: PacketFields & { drops?: number }): Uint8Array {
      return packetBlock(
        2,
        [
          [packet.interfaceId ?? 0, 2],
          [packet.drops ?? 0xffff, 2],
        ],
        packet,
      );
    },

    /** Simple Packet Block. */
    simplePacket(bytes: Uint8Array, originalBytes = bytes.length): Uint8Array {
      return block(3, join(fields(order, [originalBytes, 4]), bytes));
    },

    /** Name Resolution Block; addresses of 4 or 16 bytes. */
    names(entries: readonly (readonly [address: Uint8Array, ...names: string[]])[]): Uint8Array {
      const records = entries.map(([address, ...names]) => {
        const value = join(address, new TextEncoder().encode(names.map((name) => `${name}\0`).join('')));
        return join(fields(order, [address.length === 4 ? 1 : 2, 2], [value.length, 2]), padded(value));
      });
      return block(4, join(...records, fields(order, [0, 2], [0, 2])));
    },

    /** Interface Statistics Block. */
    statistics(interfaceId: number, options: readonly Option[]): Uint8Array {
      return block(5, join(fields(order, [interfaceId, 4], [0, 8]), optionBytes(options)));
    },
  };
}
