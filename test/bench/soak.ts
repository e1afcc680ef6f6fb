/**
 * npm run bench -- --soak: an hour of capture time at 50,000 packets a second, played to `synwhy live -r -` as fast as it
 * takes it. Prints how much memory it has, over time: that should stay flat.
 *
 * Most packets are data of long-lived connections. A hundred handshakes a second are made by clients that come and go;
 * half of them fail: refused, rejected by a router, or in silence. So more attempts fail within the hour than are kept.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../tools.js';

const PACKETS_PER_SECOND = 50_000;
const SOAK_SECONDS = 3600;
const QUICK_SECONDS = 36;
const HANDSHAKES_PER_SECOND = 100;
/** Samples of memory that are printed. */
const SAMPLES = 12;
const CHUNKS_PER_SECOND = 10;

const RECORD_BYTES = 16;
const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const PACKET_BYTES = ETHERNET_BYTES + IP_BYTES + 20;
const STRIDE = RECORD_BYTES + PACKET_BYTES;
const FIRST_SECONDS = 1_700_000_000;
const LONG_LIVED = 4096;
const SYN = 0x02;
const RST_ACK = 0x14;
const SYN_ACK = 0x12;
const ACK = 0x10;

/** The pcap file header: microseconds, Ethernet. */
function header(): Buffer {
  const bytes = Buffer.alloc(24);
  for (const [index, word] of [0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, 1].entries())
    bytes.writeUInt32LE(word, index * 4);
  return bytes;
}

/** Fills one chunk again and again: what is data stays as it is but for its time. */
class ChunkGenerator {
  readonly #packets = PACKETS_PER_SECOND / CHUNKS_PER_SECOND;
  readonly #bytes = Buffer.alloc(this.#packets * STRIDE);
  #made = 0;
  #handshakes = 0;

  constructor() {
    for (let index = 0; index < this.#packets; index++) this.#writeData(index);
  }

  /** The packets of the next tenth of a second. */
  next(): Buffer {
    const handshakes = HANDSHAKES_PER_SECOND / CHUNKS_PER_SECOND;
    const apart = Math.floor(this.#packets / handshakes);
    for (let count = 0; count < handshakes; count++) this.#writeHandshake(count * apart);
    const step = 1_000_000 / PACKETS_PER_SECOND;
    for (let index = 0; index < this.#packets; index++) {
      const microseconds = (this.#made++ % PACKETS_PER_SECOND) * step;
      const at = index * STRIDE;
      this.#bytes.writeUInt32LE(FIRST_SECONDS + Math.floor((this.#made - 1) / PACKETS_PER_SECOND), at);
      this.#bytes.writeUInt32LE(microseconds, at + 4);
    }
    return this.#bytes;
  }

  #writeData(index: number): void {
    const connection = index % LONG_LIVED;
    const [client, server] = [0x0a01_0000 + connection, 0xc0a8_0000 + (connection & 0xff)];
    this.#write(index, client, server, 20_000 + connection, 443, ACK, index, 1);
  }

  /** SYN, an answer by turns, and three packets' room for it. */
  #writeHandshake(index: number): void {
    const number = this.#handshakes++;
    const client = 0x0a80_0000 + ((number * 7919) & 0xffff);
    const server = 0xc0a8_0100 + (number % 50);
    const port = 1024 + (number % 60_000);
    const isn = (number * 2_654_435_761) >>> 0;
    this.#writeData(index + 1);
    this.#writeData(index + 2);
    this.#write(index, client, server, port, 8443, SYN, isn, 0);
    // Of ten, five are accepted, four are refused, and one gets no answer.
    const fate = number % 10;
    if (fate < 5) {
      this.#write(index + 1, server, client, 8443, port, SYN_ACK, 77, isn + 1);
      this.#write(index + 2, client, server, port, 8443, ACK, isn + 1, 78);
    } else if (fate < 9) this.#write(index + 1, server, client, 8443, port, RST_ACK, 0, isn + 1);
  }

  #write(
    index: number,
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
    flags: number,
    sequence: number,
    acknowledgement: number,
  ): void {
    const bytes = this.#bytes;
    const at = index * STRIDE;
    bytes.writeUInt32LE(PACKET_BYTES, at + 8);
    bytes.writeUInt32LE(PACKET_BYTES, at + 12);
    bytes.writeUInt16BE(0x0800, at + RECORD_BYTES + 12);
    const ip = at + RECORD_BYTES + ETHERNET_BYTES;
    bytes[ip] = 0x45;
    bytes.writeUInt16BE(PACKET_BYTES - ETHERNET_BYTES, ip + 2);
    bytes[ip + 8] = 64;
    bytes[ip + 9] = 6;
    bytes.writeUInt32BE(source, ip + 12);
    bytes.writeUInt32BE(destination, ip + 16);
    const tcp = ip + IP_BYTES;
    bytes.writeUInt16BE(sourcePort, tcp);
    bytes.writeUInt16BE(destinationPort, tcp + 2);
    bytes.writeUInt32BE(sequence >>> 0, tcp + 4);
    bytes.writeUInt32BE(acknowledgement >>> 0, tcp + 8);
    bytes[tcp + 12] = 0x50;
    bytes[tcp + 13] = flags;
    bytes.writeUInt16BE(64_240, tcp + 14);
  }
}

function residentMebibytes(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

/** Plays the stream and prints the memory that it takes. */
export async function soak(isQuick: boolean): Promise<void> {
  const seconds = isQuick ? QUICK_SECONDS : SOAK_SECONDS;
  const words = [join(repositoryRoot(), 'bin', 'synwhy.js'), 'live', '-r', '-', '-q', '-F', 'ndjson'];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  let lines = 0;
  let last = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = text.split('\n');
    lines += parts.length - 1;
    last = parts.length === 1 ? last + text : ((parts.at(-1) || parts.at(-2)) ?? '');
  });
  const generator = new ChunkGenerator();
  const startedAt = performance.now();
  child.stdin.write(header());
  console.log('| capture time | packets | lines | resident memory |\n| ---: | ---: | ---: | ---: |');
  for (let second = 1; second <= seconds; second++) {
    for (let chunk = 0; chunk < CHUNKS_PER_SECOND; chunk++) {
      // The chunk is filled again: what was written of it has to be gone by then.
      await new Promise((resolve) => child.stdin.write(generator.next(), resolve));
    }
    if (second % Math.ceil(seconds / SAMPLES) === 0) {
      const packets = (second * PACKETS_PER_SECOND).toLocaleString('en');
      console.log(`| ${second} s | ${packets} | ${lines} | ${residentMebibytes(child.pid ?? 0)} MiB |`);
    }
  }
  child.stdin.end();
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`synwhy ended with status ${status}`);
  const took = (performance.now() - startedAt) / 1000;
  const rate = Math.round((seconds * PACKETS_PER_SECOND) / took).toLocaleString('en');
  console.log(`\n${took.toFixed(0)} s, ${rate} packets a second; the report ends with ${last.length} characters.`);
}
