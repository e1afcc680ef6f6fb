/**
 * Text from a capture is hostile: a host name can hold an escape sequence that clears the terminal, or a mark that
 * turns the reading direction round. What cannot be seen is shown as what it is.
 */

/**
 * Controls (C0, C1, DEL), format characters (bidirectional and invisible ones), line and paragraph separators, lone
 * surrogates, private use and unassigned code points.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Anything but printable ASCII and line breaks. */
const BEYOND_ASCII = /[^\x20-\x7e\n]/;

/** Long enough for any name that means something, too short to push the rest of the report off the screen. */
const LONGEST_TEXT = 2000;

/** The same text with everything that could steer a terminal written as an escape: `\x1b`, `\u202e`. */
export function escapeForTerminal(text: string): string {
  const bounded = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return bounded.replace(INVISIBLE, visibleEscape);
}

function visibleEscape(character: string): string {
  const code = character.codePointAt(0)!;
  if (code <= 0xff) return `\\x${hexadecimal(code, 2)}`;
  return code <= 0xffff ? `\\u${hexadecimal(code, 4)}` : `\\u{${hexadecimal(code, 5)}}`;
}

/**
 * The same JSON text, safe to print: what JSON.stringify leaves as it is but a terminal would act upon becomes a \u
 * escape, which means the same to every JSON reader.
 */
export function escapeJsonForTerminal(json: string): string {
  // The properties of characters cost a third of the time of writing JSON, and mostly all of it is ASCII.
  if (!BEYOND_ASCII.test(json)) return json;
  // Line breaks are JSON's own: those of the text are escaped already.
  return json.replace(INVISIBLE, (character) => (character === '\n' ? character : jsonEscape(character)));
}

function jsonEscape(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index++) {
    escaped += `\\u${hexadecimal(character.charCodeAt(index), 4)}`;
  }
  return escaped;
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** A copy of a value in which every string, however deep, is escaped for the terminal. */
export function escapeAllStrings<Value>(value: Value): Value {
  return escapeDeep(value) as Value;
}

function escapeDeep(value: unknown): unknown {
  if (typeof value === 'string') return escapeForTerminal(value);
  if (Array.isArray(value)) return value.map(escapeDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [escapeForTerminal(key), escapeDeep(entry)]));
}
