/** Reading pcapng options ("Options") with bounds: an option that reaches beyond its block ends the list. */

import { MAXIMUM_TEXT_BYTES } from './facts.js';

const OPTION_HEADER_BYTES = 4;
const END_OF_OPTIONS = 0;

const utf8 = new TextDecoder();

/** Goes through the options of one block without allocating: `next`, then look at `code`, `length` and `offset`. */
export class OptionCursor {
  code = 0;
  length = 0;
  /** Where the option's value lies. */
  offset = 0;

  private view: DataView = new DataView(new ArrayBuffer(0));
  private littleEndian = true;
  private position = 0;
  private end = 0;

  /** Begins with the options from `position` to `end`. */
  start(view: DataView, littleEndian: boolean, position: number, end: number): void {
    this.view = view;
    this.littleEndian = littleEndian;
    this.position = position;
    this.end = end;
  }

  /** Goes to the next option; false when there is no further whole one. */
  next(): boolean {
    const { view, position } = this;
    if (position + OPTION_HEADER_BYTES > this.end) return false;
    const code = view.getUint16(position, this.littleEndian);
    const length = view.getUint16(position + 2, this.littleEndian);
    const offset = position + OPTION_HEADER_BYTES;
    if (code === END_OF_OPTIONS || offset + length > this.end) return false;
    this.code = code;
    this.length = length;
    this.offset = offset;
    this.position = offset + paddedLength(length);
    return true;
  }
}

/** Length with the padding to 32 bits that pcapng puts after every value. */
export function paddedLength(length: number): number {
  return length + (-length & 3);
}

/** A text of the capture, up to its first NUL and bounded in length; what is no UTF-8 becomes U+FFFD. */
export function readText(bytes: Uint8Array, offset: number, length: number): string {
  const end = offset + Math.min(length, MAXIMUM_TEXT_BYTES);
  const terminator = bytes.subarray(offset, end).indexOf(0);
  return utf8.decode(bytes.subarray(offset, terminator < 0 ? end : offset + terminator));
}
