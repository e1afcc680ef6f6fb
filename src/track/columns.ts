/** The typed arrays that tables are made of, and where their memory comes from. */

export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Memory for tables. */
export interface Room {
  /** So many bytes, all of them zero. */
  bytes(count: number): Uint8Array;
  /** Takes back what nobody will use any more. */
  free(column: Column): void;
}

/** Memory of JavaScript. */
export const HEAP: Room = { bytes: (count) => new Uint8Array(count), free: () => undefined };

const GROWTH = 8;
const SMALL_BYTES = 1 << 20;
const GROWTH_OF_SMALL = 64;

/**
 * How many times longer a table gets when it is full: memory of a long array is not taken before it is written to, and
 * the old array, which is, stands beside the new one for a while, or for good. So it is an eighth of it, and not a half;
 * and of tables that no small capture fills less than that.
 */
export function growthOf({ byteLength }: Column): number {
  return byteLength < SMALL_BYTES ? GROWTH_OF_SMALL : GROWTH;
}

const GROWTH_OF_SMALL_INDEX = 8;
const SMALL_INDEX_BYTES = 1 << 17;

/**
 * The same of tables where a hash says the place: all of such a table is written to, so that it is twice as long, but for
 * small ones. Of those each time costs more than it takes: V8 would see a loop that goes on, and compile it.
 */
export function growthOfIndex({ byteLength }: Column): number {
  return byteLength < SMALL_INDEX_BYTES ? GROWTH_OF_SMALL_INDEX : 2;
}

/** So many words, all of them zero. */
export function wordsIn(room: Room, length: number): Int32Array {
  const { buffer, byteOffset } = room.bytes(length * Int32Array.BYTES_PER_ELEMENT);
  return new Int32Array(buffer, byteOffset, length);
}

/** So many doubles, all of them zero. */
export function doublesIn(room: Room, length: number): Float64Array {
  const { buffer, byteOffset } = room.bytes(length * Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(buffer, byteOffset, length);
}

/** The words that these doubles are made of. */
export function wordsOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** The bytes that a column is made of. */
export function bytesOf({ buffer, byteOffset, byteLength }: Column): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A longer column with the same content in front and zeros behind, in the place of one that lies in the same room. */
export function grown<Kind extends Column>(column: Kind, length: number, room: Room = HEAP): Kind {
  const longer = copied(column, length, room);
  room.free(column);
  return longer;
}

/** The same column in another room. */
export function moved<Kind extends Column>(column: Kind, room: Room): Kind {
  return copied(column, column.length, room);
}

function copied<Kind extends Column>(column: Kind, length: number, room: Room): Kind {
  const { buffer, byteOffset } = room.bytes(length * column.BYTES_PER_ELEMENT);
  type Constructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Kind;
  const longer = new (column.constructor as Constructor)(buffer, byteOffset, length);
  longer.set(column as never);
  return longer;
}
