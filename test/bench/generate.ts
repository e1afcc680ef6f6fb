/**
 * Writes the captures of the benchmark: made up, but shaped as real ones are, and the same for the same seed. Most
 * packets are data of connections that were opened long ago; here and there one is opened, refused or left unanswered.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface Shape {
  packets: number;
  /** Length of a data packet, with all headers. */
  dataBytes: number;
  format: 'pcap' | 'pcapng';
  /** No data at all: every packet belongs to a handshake. */
  handshakesOnly: boolean;
}

const SEED = 0x5eed;
const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const TCP_BYTES = 20;
const HEADER_BYTES = ETHERNET_BYTES + IP_BYTES + TCP_BYTES;
const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;
/** One packet in so many begins a new connection, where not all do. */
const PACKETS_PER_HANDSHAKE = 500;
/** Connections that were opened before the capture began, and carry the data. */
const LONG_LIVED = 4096;
const BUFFER_BYTES = 1 << 22;
const MICROSECONDS_PER_PACKET = 10;
const FIRST_PACKET_SECONDS = 1_700_000_000;

/** Marsaglia's xorshift32: good enough to spread ports and addresses, and the same everywhere. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** Collects packets and writes them by the megabyte. */
class CaptureWriter {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  readonly #format: Shape['format'];
  #used = 0;
  #microseconds = 0;
  packets = 0;

  constructor(path: string, format: Shape['format']) {
    this.#file = openSync(path, 'w');
    this.#format = format;
    if (format === 'pcap') {
      this.#words(0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, 1);
    } else {
      this.#words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28);
      this.#words(1, 20, 1, 262_144, 20);
    }
  }

  /** A TCP packet without options; `bytes` is its length with all headers. */
  write(client: number, server: number, ports: number, flags: number, seq: number, ack: number, bytes: number): void {
    if (this.#used + bytes + 64 > BUFFER_BYTES) this.#flush();
    const padding = this.#format === 'pcapng' ? (4 - (bytes % 4)) % 4 : 0;
    this.#header(bytes, padding);
    const buffer = this.#buffer;
    const start = this.#used;
    buffer.fill(0, start, start + bytes + padding);
    buffer.writeUInt16BE(0x0800, start + 12);
    const ip = start + ETHERNET_BYTES;
    buffer[ip] = 0x45;
    buffer.writeUInt16BE(bytes - ETHERNET_BYTES, ip + 2);
    buffer[ip + 8] = 64;
    buffer[ip + 9] = 6;
    buffer.writeUInt32BE(client, ip + 12);
    buffer.writeUInt32BE(server, ip + 16);
    const tcp = ip + IP_BYTES;
    buffer.writeUInt32BE(ports, tcp);
    buffer.writeUInt32BE(seq >>> 0, tcp + 4);
    buffer.writeUInt32BE(ack >>> 0, tcp + 8);
    buffer[tcp + 12] = (TCP_BYTES / 4) << 4;
    buffer[tcp + 13] = flags;
    buffer.writeUInt16BE(64_240, tcp + 14);
    this.#used += bytes + padding;
    if (this.#format === 'pcapng') this.#words(bytes + padding + 32);
    this.packets++;
    this.#microseconds += MICROSECONDS_PER_PACKET;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #header(bytes: number, padding: number): void {
    const seconds = FIRST_PACKET_SECONDS + Math.floor(this.#microseconds / 1e6);
    if (this.#format === 'pcap') {
      this.#words(seconds, this.#microseconds % 1e6, bytes, bytes);
      return;
    }
    const time = BigInt(seconds) * 1_000_000n + BigInt(this.#microseconds % 1e6);
    this.#words(6, bytes + padding + 32, 0, Number(time >> 32n), Number(time & 0xffffffffn), bytes, bytes);
  }

  #words(...words: readonly number[]): void {
    for (const word of words) this.#used = this.#buffer.writeUInt32LE(word, this.#used);
  }

  #flush(): void {
    for (let done = 0; done < this.#used; ) done += writeSync(this.#file, this.#buffer, done, this.#used - done);
    this.#used = 0;
  }
}

/** Writes one capture of this shape. */
export function generate(path: string, shape: Shape): void {
  const random = createRandom(SEED);
  const writer = new CaptureWriter(path, shape.format);
  const swapped = (ports: number): number => ((ports << 16) | (ports >>> 16)) >>> 0;

  const handshake = (): void => {
    const client = 0x0a00_0000 + random(1 << 16);
    const server = 0xc0a8_0000 + random(256);
    const ports = (((1024 + random(60_000)) << 16) | 443) >>> 0;
    const isn = random(0xffffffff);
    const serverIsn = random(0xffffffff);
    writer.write(client, server, ports, SYN, isn, 0, HEADER_BYTES);
    // Of a thousand, eighteen are refused and two get no answer.
    const fate = random(1000);
    if (fate < 2) return;
    if (fate < 20) {
      writer.write(server, client, swapped(ports), RST | ACK, 0, isn + 1, HEADER_BYTES);
      return;
    }
    writer.write(server, client, swapped(ports), SYN | ACK, serverIsn, isn + 1, HEADER_BYTES);
    writer.write(client, server, ports, ACK, isn + 1, serverIsn + 1, HEADER_BYTES);
    if (!shape.handshakesOnly) writer.write(client, server, ports, FIN | ACK, isn + 1, serverIsn + 1, HEADER_BYTES);
  };

  const data = (): void => {
    const connection = random(LONG_LIVED);
    const client = 0x0a01_0000 + connection;
    const server = 0xc0a8_0000 + (connection & 0xff);
    const ports = (((20_000 + connection) << 16) | 443) >>> 0;
    const position = writer.packets * shape.dataBytes;
    // Two of three packets carry data towards the client, as downloads do.
    if (random(3) > 0) writer.write(server, client, swapped(ports), ACK, position, connection, shape.dataBytes);
    else writer.write(client, server, ports, ACK, connection, position, shape.dataBytes);
  };

  while (writer.packets < shape.packets) {
    if (shape.handshakesOnly || random(PACKETS_PER_HANDSHAKE) === 0) handshake();
    else data();
  }
  writer.close();
}
