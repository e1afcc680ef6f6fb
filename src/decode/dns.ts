/**
 * What a DNS message (RFC 1035) says about addresses: its header, its question, and the A, AAAA and CNAME records. A
 * reader of our own, since of a message that the snap length cut the libraries make the address
 * '10.undefined.undefined.undefined' or nothing at all, need Node's Buffer, or take seconds over twelve hostile bytes.
 *
 * Here objects are made, for each message: DNS is rare among packets.
 */
import { formatAddress } from './address.js';
import { IPV4_MAPPED_WORD } from './frame.js';

/** Types of records (RFC 1035 section 3.2.2, RFC 3596 section 2.1). */
export const TYPE_A = 1;
const TYPE_CNAME = 5;
export const TYPE_AAAA = 28;

/** Response codes (RFC 1035 section 4.1.1). */
export const NO_ERROR = 0;
export const NAME_ERROR = 3;

/** The question of a message; names are in lower case, without a dot at the end. */
export interface DnsQuestion {
  name: string;
  type: number;
}

/** A record that leads to an address: `value` is the address as `formatAddress` writes it, or another name. */
export interface DnsRecord {
  name: string;
  isAlias: boolean;
  value: string;
}

/** A DNS message, or as much of it as was captured. */
export interface DnsMessage {
  id: number;
  isResponse: boolean;
  /** The client wants the answer itself, not the next server to ask: programs do, resolvers among themselves do not. */
  isRecursionDesired: boolean;
  /** The answer did not fit; the client asks again over TCP. */
  isTruncated: boolean;
  responseCode: number;
  /** Undefined if there is not exactly one about internet addresses, or if it was cut off. */
  question: DnsQuestion | undefined;
  /** What the header says; perhaps there is less, and it may be of any type. */
  answerCount: number;
  records: DnsRecord[];
  /** True if all records that were to be read were there. */
  isWhole: boolean;
}

// Offsets in the header (RFC 1035 section 4.1.1)
const FLAGS = 2;
const QUESTION_COUNT = 4;
const ANSWER_COUNT = 6;
const AUTHORITY_COUNT = 8;
const ADDITIONAL_COUNT = 10;
const HEADER_BYTES = 12;

const IS_RESPONSE = 0x8000;
const OPERATION_MASK = 0x7800;
const IS_TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const RESPONSE_CODE_MASK = 0x000f;

/** Type and class of a question; type, class, time to live and length of a record. */
const QUESTION_BYTES = 4;
const RECORD_BYTES = 10;

const CLASS_INTERNET = 1;
/** The upper bit has another meaning in multicast DNS (RFC 6762 sections 5.4 and 10.2). */
const CLASS_MASK = 0x7fff;

/** More records than a message that anybody resolves a name with; the rest is passed over. */
const MAXIMUM_RECORDS = 512;
/** On the wire (RFC 1035 section 2.3.4). */
const MAXIMUM_NAME_BYTES = 255;
const MAXIMUM_LABEL_BYTES = 63;
/** A pointer leads to a name, which may end in a pointer again; servers need a few. */
const MAXIMUM_POINTERS = 64;
const POINTER = 0xc0;

/**
 * Reads the message from `at`, of which the captured bytes end at `end`. Undefined if it is no query or answer of DNS.
 * With `allSections` the records behind the answers are read too, where multicast DNS puts addresses. Any bytes give a
 * message or nothing, after at most some thousand steps.
 */
export function readDns(view: DataView, at: number, end: number, allSections: boolean): DnsMessage | undefined {
  if (end - at < HEADER_BYTES) return undefined;
  const flags = view.getUint16(at + FLAGS);
  if ((flags & OPERATION_MASK) !== 0) return undefined;
  const questionCount = view.getUint16(at + QUESTION_COUNT);
  const answerCount = view.getUint16(at + ANSWER_COUNT);
  const message: DnsMessage = {
    id: view.getUint16(at),
    isResponse: (flags & IS_RESPONSE) !== 0,
    isRecursionDesired: (flags & RECURSION_DESIRED) !== 0,
    isTruncated: (flags & IS_TRUNCATED) !== 0,
    responseCode: flags & RESPONSE_CODE_MASK,
    question: undefined,
    answerCount,
    records: [],
    isWhole: false,
  };
  const further = allSections ? view.getUint16(at + AUTHORITY_COUNT) + view.getUint16(at + ADDITIONAL_COUNT) : 0;
  const reader = new MessageReader(view, at, end);
  if (!reader.readQuestions(questionCount, message)) return message;
  message.isWhole = reader.readRecords(answerCount + further, message.records);
  return message;
}

/** Goes through one message. */
class MessageReader {
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at: number;

  constructor(view: DataView, start: number, end: number) {
    this.#view = view;
    this.#start = start;
    this.#end = end;
    this.#at = start + HEADER_BYTES;
  }

  /** False if the questions are cut off. */
  readQuestions(count: number, message: DnsMessage): boolean {
    const first = this.#at;
    for (let index = 0; index < count; index++) {
      if (!this.#skipName() || this.#end - this.#at < QUESTION_BYTES) return false;
      const type = this.#view.getUint16(this.#at);
      const isInternet = (this.#view.getUint16(this.#at + 2) & CLASS_MASK) === CLASS_INTERNET;
      this.#at += QUESTION_BYTES;
      const name = count === 1 && isInternet ? this.#nameAt(first) : undefined;
      if (name !== undefined) message.question = { name, type };
    }
    return true;
  }

  /** False if not all of the records are there. */
  readRecords(count: number, records: DnsRecord[]): boolean {
    for (let index = 0; index < count; index++) {
      if (index === MAXIMUM_RECORDS) return false;
      const owner = this.#at;
      if (!this.#skipName() || this.#end - this.#at < RECORD_BYTES) return false;
      const type = this.#view.getUint16(this.#at);
      const isInternet = (this.#view.getUint16(this.#at + 2) & CLASS_MASK) === CLASS_INTERNET;
      const dataBytes = this.#view.getUint16(this.#at + RECORD_BYTES - 2);
      const data = this.#at + RECORD_BYTES;
      if (dataBytes > this.#end - data) return false;
      this.#at = data + dataBytes;
      const value = isInternet ? this.#valueOf(type, data, dataBytes) : undefined;
      const name = value === undefined ? undefined : this.#nameAt(owner);
      if (name !== undefined && value !== undefined) records.push({ name, isAlias: type === TYPE_CNAME, value });
    }
    return true;
  }

  #valueOf(type: number, data: number, dataBytes: number): string | undefined {
    const view = this.#view;
    if (type === TYPE_A && dataBytes === 4) return formatAddress(0, 0, IPV4_MAPPED_WORD, view.getUint32(data));
    if (type === TYPE_AAAA && dataBytes === 16) {
      const words = [0, 4, 8, 12].map((offset) => view.getUint32(data + offset));
      return formatAddress(words[0], words[1], words[2], words[3]);
    }
    return type === TYPE_CNAME ? this.#nameAt(data) : undefined;
  }

  /** Goes on behind a name. False if its end was not captured. */
  #skipName(): boolean {
    while (this.#at < this.#end) {
      const length = this.#view.getUint8(this.#at);
      if (length >= POINTER) {
        this.#at += 2;
        return this.#at <= this.#end;
      }
      this.#at += 1 + length;
      if (length === 0) return true;
    }
    return false;
  }

  /**
   * The name that begins at `from`; undefined if it is cut off, too long, or leads anywhere but backwards, as a pointer
   * must (RFC 1035 section 4.1.4): so it ends.
   */
  #nameAt(from: number): string | undefined {
    const labels: string[] = [];
    let nameBytes = 1;
    let pointers = 0;
    let at = from;
    while (at < this.#end) {
      const length = this.#view.getUint8(at);
      if (length === 0) return labels.join('.');
      if (length >= POINTER) {
        if (this.#end - at < 2 || ++pointers > MAXIMUM_POINTERS) return undefined;
        const target = this.#start + (this.#view.getUint16(at) & 0x3fff);
        if (target >= from) return undefined;
        from = target;
        at = target;
        continue;
      }
      nameBytes += 1 + length;
      if (length > MAXIMUM_LABEL_BYTES || nameBytes > MAXIMUM_NAME_BYTES || length > this.#end - at - 1)
        return undefined;
      labels.push(labelText(this.#view, at + 1, length));
      at += 1 + length;
    }
    return undefined;
  }
}

const UTF_8 = new TextDecoder();
const CAPITAL_OR_MARK = /[A-Z.\\]/;
const CAPITALS_AND_MARKS = /[A-Z.\\]/g;

/** A label may be any bytes: a dot in it is escaped (RFC 4343 section 2.1); case means nothing (RFC 4343 section 3). */
function labelText(view: DataView, at: number, length: number): string {
  let text = '';
  for (let index = 0; index < length; index++) {
    const byte = view.getUint8(at + index);
    if (byte >= 0x80) {
      text = UTF_8.decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
      break;
    }
    text += String.fromCharCode(byte);
  }
  if (!CAPITAL_OR_MARK.test(text)) return text;
  return text.replace(CAPITALS_AND_MARKS, (character) =>
    character === '.' || character === '\\' ? `\\${character}` : character.toLowerCase(),
  );
}
