/** `synwhy interfaces`: what can be captured on, with what, and why not. */
import { BACKENDS, type Backend } from '../../node/live/capture-session.js';
import { type FoundInterface, listInterfaces } from '../../node/live/interfaces.js';
import { explainMissingPermission } from '../../node/privileges.js';
import { escapeForTerminal, escapeJsonForTerminal } from '../../report/escape.js';
import { wrap } from '../../report/wording.js';
import { EXIT_ANALYZED } from '../exit-codes.js';
import { writeToStandardOutput } from '../output.js';
import { standardOutputLook } from '../terminal.js';

const COLUMN_GAP = '  ';
const HEADINGS = ['interface', 'state', 'link type', 'captured with', 'addresses'] as const;

/** Lists the interfaces. */
export async function runInterfaces(format: 'table' | 'json'): Promise<number> {
  const found = await listInterfaces();
  const text = format === 'json' ? toJson(found) : toTable(found, standardOutputLook(false).width);
  await writeToStandardOutput([text]);
  return EXIT_ANALYZED;
}

function toJson(interfaces: readonly FoundInterface[]): string {
  return `${escapeJsonForTerminal(JSON.stringify({ interfaces }, undefined, 2))}\n`;
}

function toTable(found: readonly FoundInterface[], width: number): string {
  const rows = found.map(({ name, linkState, linkType, addresses, backends }) => [
    name,
    linkState?.replace('-', ' ') ?? '',
    linkType ?? '',
    BACKENDS.filter((backend) => backends[backend].canCapture).join(', ') || 'nothing',
    addresses.join(', '),
  ]);
  const texts = [HEADINGS, ...rows].map((row) => row.map(escapeForTerminal));
  const widths = HEADINGS.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const lines = texts.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join(COLUMN_GAP)
      .trimEnd(),
  );
  const notes = explainRefusals(found).flatMap((note) => wrap(escapeForTerminal(note), width));
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

/** Each reason once, with the interfaces that it holds for unless that is all of them. */
function explainRefusals(found: readonly FoundInterface[]): string[] {
  const refusals = new Map<string, string[]>();
  for (const backend of BACKENDS) for (const { name, backends } of found) note(refusals, backend, name, backends);
  const sentences = [...refusals].map(([reason, names]) => {
    const [backend, ...words] = reason.split(': ');
    const where = names.length === found.length ? '' : ` on ${names.join(', ')}`;
    return `Not with ${backend}${where}: ${words.join(': ')}.`;
  });
  const lacksRights = found.some(({ backends }) =>
    Object.values(backends).some((answer) => !answer.canCapture && answer.code === 'permission'),
  );
  return lacksRights ? [...sentences, ...explainMissingPermission()] : sentences;
}

function note(
  refusals: Map<string, string[]>,
  backend: Backend,
  name: string,
  backends: FoundInterface['backends'],
): void {
  const answer = backends[backend];
  // The column of the state says it.
  if (answer.canCapture || answer.code === 'interface-down') return;
  const reason = `${backend}: ${answer.reason}`;
  refusals.set(reason, [...(refusals.get(reason) ?? []), name]);
}
