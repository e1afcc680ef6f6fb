/**
 * gzip (RFC 1952) as a stream. node:zlib's own gunzip throws away what it has not handed out when a file breaks off
 * or has something behind its end, which is what captures of killed programs look like. So only the deflated data
 * goes through zlib, and members, headers and check values are read here.
 */

import { constants, crc32, createInflateRaw } from 'node:zlib';
import type { ByteSource } from './byte-source.js';
import { type Engine, EngineFeed } from './inflate-engine.js';

/** RFC 1952 section 2.3.1. */
const FIXED_HEADER_BYTES = 10;
const MAGIC_1 = 0x1f;
const MAGIC_2 = 0x8b;
const METHOD_DEFLATE = 8;
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const TRAILER_BYTES = 8;

/** A call into the thread pool costs some 20 µs: a megabyte of output for each makes that nothing. */
const OUTPUT_BYTES = 1024 * 1024;
/** Files of many members (bgzip) have small ones, which are not worth a megabyte each. */
const LATER_MEMBER_OUTPUT_BYTES = 128 * 1024;
/** What is given to zlib at once. */
const INPUT_BYTES = 256 * 1024;

const TRUNCATED = 'the gzip data breaks off';
const DAMAGED = 'the gzip data is damaged';

/** Yields what is in the gzip members of `source`; returns what was wrong with them, undefined if nothing was. */
export async function* gunzip(source: ByteSource): AsyncGenerator<Uint8Array, string | undefined> {
  for (let member = 0; await source.more(); member += 1) {
    if (!(await startsMember(source))) return await judgeForeignBytes(source, member);
    if (!(await skipHeader(source))) return TRUNCATED;
    const damage = yield* inflateMember(source, member === 0 ? OUTPUT_BYTES : LATER_MEMBER_OUTPUT_BYTES);
    if (damage !== undefined) return damage;
  }
  return undefined;
}

async function startsMember(source: ByteSource): Promise<boolean> {
  if (!(await source.has(3))) return false;
  return source.rest[0] === MAGIC_1 && source.rest[1] === MAGIC_2 && source.rest[2] === METHOD_DEFLATE;
}

/** Zeros behind the end are padding (of tapes and disks); anything else is told. */
async function judgeForeignBytes(source: ByteSource, member: number): Promise<string | undefined> {
  while (await source.more()) {
    const whole = source.take(source.rest.length);
    if (whole.some((byte) => byte !== 0)) return member === 0 ? DAMAGED : 'something else follows the gzip data';
  }
  return undefined;
}

async function skipHeader(source: ByteSource): Promise<boolean> {
  if (!(await source.has(FIXED_HEADER_BYTES))) return false;
  const flags = source.take(FIXED_HEADER_BYTES)[3];
  if (flags & FLAG_EXTRA) {
    if (!(await source.has(2))) return false;
    const [low, high] = source.take(2);
    if (!(await skip(source, low | (high << 8)))) return false;
  }
  if (flags & FLAG_NAME && !(await skipText(source))) return false;
  if (flags & FLAG_COMMENT && !(await skipText(source))) return false;
  return !(flags & FLAG_HEADER_CRC) || (await skip(source, 2));
}

async function skip(source: ByteSource, count: number): Promise<boolean> {
  for (let left = count; left > 0; ) {
    if (!(await source.more())) return false;
    left -= source.take(Math.min(left, source.rest.length)).length;
  }
  return true;
}

async function skipText(source: ByteSource): Promise<boolean> {
  while (await source.more()) {
    const end = source.rest.indexOf(0);
    source.take(end < 0 ? source.rest.length : end + 1);
    if (end >= 0) return true;
  }
  return false;
}

async function* inflateMember(source: ByteSource, outputBytes: number): AsyncGenerator<Uint8Array, string | undefined> {
  const feed = new EngineFeed(
    createInflateRaw({ chunkSize: outputBytes, finishFlush: constants.Z_SYNC_FLUSH }) as Engine,
  );
  let check = 0;
  let length = 0;
  try {
    while (!feed.ended) {
      if (!(await source.more())) return TRUNCATED;
      const outputs = feed.feed(source.rest.subarray(0, INPUT_BYTES));
      for (;;) {
        const { done, value } = await outputs.next();
        if (done) {
          source.take(value);
          break;
        }
        check = crc32(value, check);
        length = (length + value.length) % 2 ** 32;
        yield value;
      }
      if (feed.failed) return DAMAGED;
    }
  } finally {
    feed.close();
  }
  if (!(await source.has(TRAILER_BYTES))) return TRUNCATED;
  const trailer = source.take(TRAILER_BYTES);
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER_BYTES);
  return view.getUint32(0, true) === check && view.getUint32(4, true) === length ? undefined : DAMAGED;
}
