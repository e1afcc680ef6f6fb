/** A DNS message in which names and addresses are replaced where they stand, and all that may be anything is zeroed. */
import type { AddressMap } from './addresses.js';
import type { NameMap } from './names.js';

const HEADER_BYTES = 12;
const QUESTION_COUNT = 4;
const QUESTION_BYTES = 4;
const RECORD_BYTES = 10;
const POINTER = 0xc0;
const MOST_RECORDS = 2048;

// Types (https://www.iana.org/assignments/dns-parameters)
const TYPE_A = 1;
const TYPE_AAAA = 28;
/** Types whose data is a name, or two, behind so many bytes. */
const NAMES_IN_DATA: ReadonlyMap<number, { before: number; names: number }> = new Map([
  [2, { before: 0, names: 1 }], // NS
  [5, { before: 0, names: 1 }], // CNAME
  [6, { before: 0, names: 2 }], // SOA
  [12, { before: 0, names: 1 }], // PTR
  [15, { before: 2, names: 1 }], // MX
  [33, { before: 6, names: 1 }], // SRV
  [39, { before: 0, names: 1 }], // DNAME
]);
const TYPE_SOA = 6;
/** Serial number and four times behind the names of an SOA record (RFC 1035 section 3.3.13). */
const SOA_NUMBERS_BYTES = 20;

/** Replaces what the message from `at` up to `end` tells, in place. */
export function disguiseDns(view: DataView, at: number, end: number, addresses: AddressMap, names: NameMap): void {
  if (end - at < HEADER_BYTES) zero(view, at, end);
  else new Message(view, at, end, addresses, names).disguise();
}

class Message {
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  readonly #addresses: AddressMap;
  readonly #names: NameMap;
  #at: number;

  constructor(view: DataView, start: number, end: number, addresses: AddressMap, names: NameMap) {
    this.#view = view;
    this.#start = start;
    this.#end = end;
    this.#addresses = addresses;
    this.#names = names;
    this.#at = start + HEADER_BYTES;
  }

  disguise(): void {
    const count = (section: number) => this.#view.getUint16(this.#start + QUESTION_COUNT + 2 * section);
    let isWhole = true;
    for (let left = Math.min(count(0), MOST_RECORDS); isWhole && left > 0; left--) isWhole = this.#question();
    for (let left = Math.min(count(1) + count(2) + count(3), MOST_RECORDS); isWhole && left > 0; left--) {
      isWhole = this.#record();
    }
    // What is cut off, or behind the last record, nobody can read as anything.
    zero(this.#view, this.#at, this.#end);
  }

  /** Of each: false where the rest is cut off; `#at` is then where that begins. */
  #question(): boolean {
    if (!this.#name(this.#end) || this.#end - this.#at < QUESTION_BYTES) return false;
    this.#at += QUESTION_BYTES;
    return true;
  }

  #record(): boolean {
    if (!this.#name(this.#end) || this.#end - this.#at < RECORD_BYTES) return false;
    const type = this.#view.getUint16(this.#at);
    const dataBytes = this.#view.getUint16(this.#at + RECORD_BYTES - 2);
    this.#at += RECORD_BYTES;
    if (dataBytes > this.#end - this.#at) return false;
    const dataEnd = this.#at + dataBytes;
    this.#data(type, dataBytes, dataEnd);
    this.#at = dataEnd;
    return true;
  }

  #data(type: number, dataBytes: number, dataEnd: number): void {
    const data = this.#at;
    if (type === TYPE_A && dataBytes === 4) {
      this.#view.setUint32(data, this.#addresses.ipv4(this.#view.getUint32(data)));
      return;
    }
    if (type === TYPE_AAAA && dataBytes === 16) {
      putWords(this.#view, data, this.#addresses);
      return;
    }
    const layout = NAMES_IN_DATA.get(type);
    if (layout !== undefined && layout.before < dataBytes) {
      this.#at += layout.before;
      let isWhole = true;
      for (let left = layout.names; isWhole && left > 0; left--) isWhole = this.#name(dataEnd);
      if (isWhole && type === TYPE_SOA) this.#at += SOA_NUMBERS_BYTES;
    }
    zero(this.#view, Math.min(this.#at, dataEnd), dataEnd);
  }

  /** Replaces the labels of a name and goes on behind it; where a pointer leads, they were replaced already. */
  #name(end: number): boolean {
    while (this.#at < end) {
      const length = this.#view.getUint8(this.#at);
      if (length >= POINTER) {
        if (end - this.#at < 2) return false;
        this.#at += 2;
        return true;
      }
      if (length >= 0x40 || this.#at + 1 + length > end) return false;
      this.#label(this.#at + 1, length);
      this.#at += 1 + length;
      if (length === 0) return true;
    }
    return false;
  }

  #label(at: number, length: number): void {
    let text = '';
    for (let index = 0; index < length; index++) text += String.fromCharCode(this.#view.getUint8(at + index));
    putText(this.#view, at, this.#names.label(text));
  }
}

/** Replaces the 16 bytes of an IPv6 address. */
export function putWords(view: DataView, at: number, addresses: AddressMap): void {
  const words = addresses.words(
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  );
  for (let word = 0; word < 4; word++) view.setUint32(at + 4 * word, words[word]);
}

/** Writes a text, each character a byte. */
export function putText(view: DataView, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index));
}

/** Leaves nothing from `at` up to `end`. */
export function zero(view: DataView, at: number, end: number): void {
  for (; at < end; at++) view.setUint8(at, 0);
}
