/**
 * Writes values as JSON.stringify does, with the keys of objects in a given order and all that a terminal would act upon
 * escaped. To order an attempt first, and to go over all of its text once more behind JSON.stringify, took twice the time.
 */
import { escapeJsonForTerminal } from './escape.js';

/** The keys of an object in the order in which they are printed, each with the order of what it holds. */
export type KeyOrder<Value> = { readonly [Key in keyof Required<Value>]: OrderWithin<NonNullable<Value[Key]>> };

/** Null: nothing to order, because it is no object or one whose keys are data. */
type OrderWithin<Value> = Value extends readonly (infer Entry)[]
  ? OrderWithin<Entry>
  : Value extends object
    ? string extends keyof Value
      ? null
      : KeyOrder<Value>
    : null;

/** A key order as the writer goes down in it, whatever it is the order of. */
type Order = Readonly<Record<string, unknown>> | null;

type Fields = Readonly<Record<string, unknown>>;

/** A key that objects of one order may have, and what stands in front of its value: that of the first one, or another. */
interface Field {
  key: string;
  first: string;
  further: string;
  within: Order;
}

/** How values are laid out that lie so deep: each level is indented by two spaces more, or all is in one line. */
export class JsonLayout {
  static readonly indented = new JsonLayout('\n', ': ');
  static readonly inOneLine = new JsonLayout('', ':');

  readonly lineBreak: string;
  /** What stands in front of the first entry of a list, in front of another one, and behind the last. */
  readonly listOpening: string;
  readonly listSeparator: string;
  readonly listClosing: string;
  readonly objectClosing: string;
  readonly #colon: string;
  readonly #fields = new Map<Order, readonly Field[]>();
  #inner: JsonLayout | undefined;

  private constructor(lineBreak: string, colon: string) {
    const within = deeper(lineBreak);
    this.lineBreak = lineBreak;
    this.listOpening = joined('[', within);
    this.listSeparator = joined(',', within);
    this.listClosing = joined(lineBreak, ']');
    this.objectClosing = joined(lineBreak, '}');
    this.#colon = colon;
  }

  /** That of what a value holds. */
  get inner(): JsonLayout {
    this.#inner ??= new JsonLayout(deeper(this.lineBreak), this.#colon);
    return this.#inner;
  }

  /** What objects with this order may have. */
  fieldsOf(order: Order): readonly Field[] {
    let fields = this.#fields.get(order);
    if (fields === undefined) {
      fields = Object.entries(order ?? {}).map(([key, within]) => this.field(key, within as Order));
      this.#fields.set(order, fields);
    }
    return fields;
  }

  field(key: string, within: Order): Field {
    const head = [deeper(this.lineBreak), quote(key), this.#colon];
    return { key, first: joined('{', ...head), further: joined(',', ...head), within };
  }
}

function deeper(lineBreak: string): string {
  return lineBreak === '' ? '' : joined(lineBreak, '  ');
}

/** Text in one piece: V8 keeps what `+` makes as a tree, and would go through it each time it is written. */
function joined(...parts: string[]): string {
  return parts.join('');
}

/** The JSON text of a value; fields that the order does not know come last, as they stand: none is ever left out. */
export function writeJson(value: unknown, order: Order, layout: JsonLayout): string {
  const pieces: string[] = [];
  putValue(value, order, layout, pieces);
  return pieces.join('');
}

function putValue(value: unknown, order: Order, layout: JsonLayout, pieces: string[]): void {
  if (typeof value === 'string') pieces.push(quote(value));
  else if (typeof value !== 'object' || value === null)
    pieces.push(Number.isFinite(value) ? String(value) : JSON.stringify(value));
  else if (Array.isArray(value)) putList(value, order, layout, pieces);
  else putObject(value as Fields, order, layout, pieces);
}

function putList(entries: readonly unknown[], order: Order, layout: JsonLayout, pieces: string[]): void {
  for (let index = 0; index < entries.length; index++) {
    pieces.push(index === 0 ? layout.listOpening : layout.listSeparator);
    putValue(entries[index], order, layout.inner, pieces);
  }
  pieces.push(entries.length === 0 ? '[]' : layout.listClosing);
}

function putObject(object: Fields, order: Order, layout: JsonLayout, pieces: string[]): void {
  let count = putFields(object, layout.fieldsOf(order), layout, pieces, 0);
  const keys = Object.keys(object);
  if (keys.length > count) {
    const unknown = keys.filter((key) => order === null || !Object.hasOwn(order, key));
    const fields = unknown.map((key) => layout.field(key, null));
    count = putFields(object, fields, layout, pieces, count);
  }
  pieces.push(count === 0 ? '{}' : layout.objectClosing);
}

/** Puts those of the fields that an object has behind `count` others, and gives how many it has by then. */
function putFields(
  object: Fields,
  fields: readonly Field[],
  layout: JsonLayout,
  pieces: string[],
  count: number,
): number {
  let put = count;
  for (const { key, first, further, within } of fields) {
    const value = object[key];
    if (value === undefined) continue;
    pieces.push(put === 0 ? first : further);
    putValue(value, within, layout.inner, pieces);
    put++;
  }
  return put;
}

/** What JSON, or a terminal, can't have as it is. */
const TO_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

function quote(text: string): string {
  return TO_ESCAPE.test(text) ? escapeJsonForTerminal(JSON.stringify(text)) : `"${text}"`;
}
