/** The typed arrays that tables are made of. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * How many times longer a large table gets when it is full: memory of a long array is not taken before it is written
 * to, and the old array, which is, stands beside the new one for a while. So it is an eighth of it, and not a half.
 */
export const GROWTH = 8;

/** A longer column with the same content in front and zeros behind. */
export function grown<Kind extends Column>(column: Kind, length: number): Kind {
  const longer = new (column.constructor as new (length: number) => Kind)(length);
  longer.set(column as never);
  return longer;
}
