/** `synwhy [analyze] CAPTURE...`: reads captures and says which handshakes failed. */
import { Analyzer } from '../../analyze.js';
import type { CaptureInput } from '../../capture/input.js';
import type { CaptureSource } from '../../node/file.js';
import { parseHostPattern } from '../../report/address-pattern.js';
import type { Disguise } from '../../report/anonymize/disguise.js';
import type { Report } from '../../report/model.js';
import { serviceName } from '../../report/service-names.js';
import type { TableOptions } from '../../report/table.js';
import type { AnalyzeCommand, Format, OutputFile } from '../analyze-arguments.js';
import { type AskedCapture, explainRefusal, findCaptures } from '../captures.js';
import type { Excerpts } from '../excerpts.js';
import { EXIT_ANALYZED, EXIT_FOUND, EXIT_UNREADABLE } from '../exit-codes.js';
import { writeToFile, writeToStandardOutput } from '../output.js';
import { createProgress } from '../progress.js';
import { complain, standardOutputLook } from '../terminal.js';

/**
 * Analyses captures and prints the result. Those that can't be read are named on standard error, the others are
 * analysed all the same, and the exit status tells that some are missing.
 */
export async function runAnalyze(command: AnalyzeCommand): Promise<number> {
  const { captures, isComplete } = await findCaptures(command);
  if (captures.length === 0) return EXIT_UNREADABLE;
  const disguise = await startDisguise(command);
  const excerpts = await startExcerpts(command, disguise);
  try {
    const { report, areAllRead } = await analyze(captures, command, { disguise, excerpts });
    if (report.captures.length === 0) return EXIT_UNREADABLE;
    const status = await tell(report, command, excerpts);
    return isComplete && areAllRead ? status : EXIT_UNREADABLE;
  } finally {
    await excerpts?.end();
  }
}

/** What an excerpt needs is loaded only where one is asked for. */
async function startExcerpts(command: AnalyzeCommand, disguise: Disguise | undefined): Promise<Excerpts | undefined> {
  if (!command.outputs.some(({ format }) => format === 'pcapng')) return undefined;
  const { Excerpts } = await import('../excerpts.js');
  return new Excerpts(command, disguise);
}

async function startDisguise({ anonymize }: AnalyzeCommand): Promise<Disguise | undefined> {
  if (anonymize === undefined) return undefined;
  const { createDisguise } = await import('../../node/anonymize.js');
  return createDisguise(anonymize.key, anonymize.keepsVendor);
}

/** What is to be looked for among addresses and names that stand for others. */
function disguiseSelection({ selection, anonymize }: AnalyzeCommand, disguise: Disguise | undefined) {
  if (selection?.hosts === undefined || anonymize === undefined || disguise === undefined) return selection;
  return { ...selection, hosts: anonymize.hosts.map((text) => parseHostPattern(disguise.hostText(text))!) };
}

async function tell(report: Report, command: AnalyzeCommand, excerpts: Excerpts | undefined): Promise<number> {
  const { anonymize, color, format, outputs, verbose } = command;
  // What was typed may name hosts and files, and holds the key.
  const commandLine = anonymize === undefined ? typedCommand() : undefined;
  const areWritten = await writeOutputs(report, outputs, { verbose, commandLine }, excerpts);
  if (format !== undefined) await print(report, format, color, { verbose, commandLine });
  if (!areWritten) return EXIT_UNREADABLE;
  return command.failOn.some((outcome) => report.summary[outcome] > 0) ? EXIT_FOUND : EXIT_ANALYZED;
}

/** What an analysis may need beside the captures. */
interface Aids {
  disguise: Disguise | undefined;
  excerpts: Excerpts | undefined;
}

/** The report over all captures that turn out to be some; false if others are among them, which was said. */
async function analyze(
  captures: readonly AskedCapture[],
  command: AnalyzeCommand,
  { disguise, excerpts }: Aids,
): Promise<{ report: Report; areAllRead: boolean }> {
  const { all, maxPending, numeric, quiet } = command;
  const selection = disguiseSelection(command, disguise);
  const analyzer = new Analyzer({
    all,
    numeric,
    serviceName,
    ...(selection && { selection }),
    ...(disguise && { disguise }),
    ...(maxPending !== undefined && { limits: { pending: maxPending } }),
  });
  const feedOf = new Map<CaptureInput, Feed>();
  for (const [index, capture] of captures.entries()) {
    // A file's name may tell whose it is.
    const name = disguise === undefined ? capture.name : `capture-${index + 1}`;
    const input = analyzer.addCapture(name, capture.compression, undefined, capture.beginsAtNs);
    feedOf.set(input, { input, capture, source: undefined });
  }

  const progress = createProgress(totalBytes(captures), !quiet);
  const strangers = new Set<AskedCapture>();
  let bytesRead = 0;
  for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
    const feed = feedOf.get(input)!;
    const before = feed.source?.positionBytes ?? 0;
    const isOver = await feedOn(feed, excerpts, strangers);
    bytesRead += (feed.source?.positionBytes ?? 0) - before;
    if (isOver) feed.source = undefined;
    await progress.update(bytesRead);
  }
  progress.stop();
  excerpts?.noteCaptures(captures, analyzer.frameCounts, strangers);
  return { report: analyzer.finishLazily(), areAllRead: strangers.size === 0 };
}

/** How many bytes there are to be read; undefined where nobody knows. */
function totalBytes(captures: readonly AskedCapture[]): number | undefined {
  let total = 0;
  for (const { sizeBytes } of captures) {
    if (sizeBytes === undefined) return undefined;
    total += sizeBytes;
  }
  return total;
}

/** A capture while it is read. */
interface Feed {
  input: CaptureInput;
  capture: AskedCapture;
  /** Undefined until its first bytes are wanted. */
  source: CaptureSource | undefined;
}

/** Feeds the next chunk, or the end. True: that was all of it. What is no capture after all is said and noted. */
async function feedOn(feed: Feed, excerpts: Excerpts | undefined, strangers: Set<AskedCapture>): Promise<boolean> {
  const { input, capture } = feed;
  try {
    feed.source ??= await capture.open();
    const { chunk, damage } = await nextChunk(feed.source, input);
    if (chunk !== undefined) await excerpts?.keep(capture, chunk);
    if (chunk === undefined) input.end(damage);
    else input.push(chunk);
    return chunk === undefined;
  } catch (error) {
    complain(explainRefusal(capture.name, error));
    strangers.add(capture);
    await feed.source?.close();
    // An input that could not be opened has not ended by that.
    input.leave();
    return true;
  }
}

/** What breaks off while it is read is a capture up to there; the report says so. */
async function nextChunk(
  source: CaptureSource,
  input: CaptureInput,
): Promise<{ chunk: Uint8Array | undefined; damage: string | undefined }> {
  try {
    const chunk = await source.next(input);
    return { chunk, damage: chunk === undefined ? source.damage : undefined };
  } catch (error) {
    return { chunk: undefined, damage: (error as Error).message };
  }
}

/** Writes the files of --output. False: one could not be written, which was said. */
export async function writeOutputs(
  report: Report,
  outputs: readonly OutputFile[],
  options: RenderOptions,
  excerpts?: Excerpts,
): Promise<boolean> {
  let areWritten = true;
  for (const { path, format } of outputs) {
    try {
      if (format === 'pcapng') await excerpts!.write(path, report);
      else await writeToFile(path, await render(report, format, options));
    } catch (error) {
      complain(`${path} can't be written: ${(error as Error).message}`);
      areWritten = false;
    }
  }
  return areWritten;
}

/** Prints a report on standard output. */
export async function print(
  report: Report,
  format: Format,
  color: boolean | undefined,
  options: RenderOptions,
): Promise<void> {
  await writeToStandardOutput(await render(report, format, { ...standardOutputLook(color), ...options }));
}

/** How a report is rendered, in a format that asks for it. */
interface RenderOptions extends TableOptions {
  /** What was typed, for those who read how it was made; undefined where that is not for them. */
  commandLine: string | undefined;
}

/** Each renderer is loaded only where it is asked for: the command should start at once. */
async function render(
  report: Report,
  format: Format,
  { commandLine, ...options }: RenderOptions,
): Promise<Iterable<string>> {
  const made = commandLine === undefined ? {} : { command: commandLine };
  if (format === 'json') return (await import('../../report/json.js')).jsonPieces(report);
  if (format === 'ndjson') return (await import('../../report/ndjson.js')).ndjsonPieces(report);
  if (format === 'html') return (await import('../../report/html.js')).htmlPieces(report, made);
  if (format === 'csv') return (await import('../../report/csv.js')).csvPieces(report);
  if (format === 'markdown') {
    return [(await import('../../report/markdown.js')).renderMarkdown(report, made)];
  }
  return (await import('../../report/table.js')).tablePieces(report, options);
}

/** The command as one would type it again, for those who read what it made. */
export function typedCommand(): string {
  return ['synwhy', ...process.argv.slice(2)].map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
