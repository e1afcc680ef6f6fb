/**
 * Text within Markdown. GitHub and GitLab make something of far more than Markdown's own marks: of `@name`, `#12`,
 * `:word:`, `$x$`, `www.` and of what looks like a commit. They leave code alone. So every word that is not plainly a
 * word or a number is written as code, which is also how addresses and names read best.
 */
import { escapeForTerminal } from '../escape.js';

/**
 * A word, with up to two digits behind it (IPv4), but not one that ends in `www`, of which links are made; a number; a time
 * of day; a day; an ICMP type and code.
 */
const PLAIN =
  /^(?!(?:.*['-])?[Ww]{3}$)(?:[A-Za-z]+(?:['-][A-Za-z]+)*\d{0,2}|\d{1,6}(?:,\d{3})*(?:\.\d{1,4})?%?|\d\d(?::\d\d){1,2}|\d{4}-\d\d-\d\d|\d{1,3}\/\d{1,3})$/;

/** Marks that may stand around a word. */
const BEFORE = /^["'(]+/;
const BEHIND = /["'.,:;!?]$/;

/** Names of hosts are shorter; what is longer is cut. */
const LONGEST_CODE = 300;

/** A sentence; commands stand in backquotes. It stays one line, and begins no list or heading. */
export function prose(text: string): string {
  const tokens = escapeForTerminal(text).match(/(?:`[^`]*`|\S)+/g) ?? [];
  return tokens.map((token, index) => writeToken(token, index === 0)).join(' ');
}

/** Text as it stands, as code: an address, a name, a command. Empty for text of nothing but spaces. */
export function code(text: string): string {
  const shown = cut(text).replaceAll('`', '\\x60');
  return shown.trim() === '' ? '' : `\`${shown}\``;
}

/** The same within a table, where parsers do not agree on what a backslash before a pipe means: so there is no pipe. */
export function cellCode(text: string): string {
  return code(text).replaceAll('|', '\\x7c');
}

/** A word of our own within a table, such as a service: as code only where it is none. */
export function cellWord(text: string): string {
  return cellProse(cut(text));
}

/** A sentence within a table. */
export function cellProse(text: string): string {
  return prose(text).replaceAll('|', '\\x7c');
}

/** One line in a block of its own, which GitHub and GitLab give a button to copy it. */
export function codeBlock(language: string, line: string): string {
  // Indented, it cannot close its own fence.
  const shown = escapeForTerminal(line).trim();
  return `\`\`\`${language}\n${/^[`~]/.test(shown) ? `    ${shown}` : shown}\n\`\`\`\n`;
}

function cut(text: string): string {
  const shown = escapeForTerminal(text);
  // Not through the middle of a character.
  return shown.length > LONGEST_CODE ? `${shown.slice(0, LONGEST_CODE).replace(/[\ud800-\udbff]$/, '')}…` : shown;
}

function writeToken(token: string, isFirst: boolean): string {
  // With a group, split gives what it captured in the odd places.
  const parts = token
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : writeWord(part)))
    .filter((part) => part !== '');
  // Two code spans without anything between would be one, and `www.` in front of one a link.
  const line = parts.reduce(
    (line, part) => (part.startsWith('`') && /[^("'\s]$/.test(line) ? `${line} ${part}` : line + part),
    '',
  );
  // '1.' and '1)' begin a list.
  return isFirst && /^\d+[.)](?!\d)/.test(line) ? code(line) : line;
}

function writeWord(word: string): string {
  const { before, core, behind } = takeApart(word);
  // The address of all hosts looks like punctuation.
  if (core === '') return word.startsWith('::') ? `${code('::')}${word.slice(2)}` : word;
  return PLAIN.test(core) ? word : `${before}${code(core)}${behind}`;
}

/** A word without the marks around it; a bracket that it opens itself is its own. */
function takeApart(word: string): { before: string; core: string; behind: string } {
  const before = BEFORE.exec(word)?.[0] ?? '';
  let core = word.slice(before.length);
  while (BEHIND.test(core) || (core.endsWith(')') && count(core, '(') < count(core, ')'))) core = core.slice(0, -1);
  return { before, core, behind: word.slice(before.length + core.length) };
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
