/** `synwhy [analyze] CAPTURE...`: reads captures and says which handshakes failed. */
import { Analyzer } from '../../analyze.js';
import { CaptureError } from '../../capture/errors.js';
import type { CaptureInput } from '../../capture/input.js';
import { type CaptureSource, chunkBytesFor, openCapture, SourceError, STANDARD_INPUT } from '../../node/file.js';
import { parseHostPattern } from '../../report/address-pattern.js';
import type { Disguise } from '../../report/anonymize/disguise.js';
import type { Report } from '../../report/model.js';
import type { TableOptions } from '../../report/table.js';
import type { AnalyzeCommand, Format, OutputFile } from '../analyze-arguments.js';
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
  // Before the captures are opened: they may be all the files that this process may open.
  const { serviceName } = await import('../../report/service-names.js');
  const sources = await openAll(command.captures);
  const disguise = await startDisguise(command);
  const excerpts = await startExcerpts(command, disguise);
  try {
    const report =
      sources.length === 0 ? undefined : await analyze(sources, command, { serviceName, disguise, excerpts });
    if (report === undefined || report.captures.length === 0) return EXIT_UNREADABLE;
    return await tell(report, command, excerpts);
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
  if (!areWritten || report.captures.length < command.captures.length) return EXIT_UNREADABLE;
  return command.failOn.some((outcome) => report.summary[outcome] > 0) ? EXIT_FOUND : EXIT_ANALYZED;
}

async function openAll(names: readonly string[]): Promise<CaptureSource[]> {
  const sources: CaptureSource[] = [];
  for (const name of names) {
    try {
      sources.push(await openCapture(name, chunkBytesFor(names.length)));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      complain(error.message);
    }
  }
  return sources;
}

/** What an analysis may need beside the captures. */
interface Aids {
  serviceName: (port: number) => string | undefined;
  disguise: Disguise | undefined;
  excerpts: Excerpts | undefined;
}

/** The report over all captures that turn out to be some. */
async function analyze(
  sources: readonly CaptureSource[],
  command: AnalyzeCommand,
  { serviceName, disguise, excerpts }: Aids,
): Promise<Report> {
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
  const sourceOf = new Map<CaptureInput, CaptureSource>();
  for (const [index, source] of sources.entries()) {
    // A file's name may tell whose it is.
    const name = disguise === undefined ? source.name : `capture-${index + 1}`;
    sourceOf.set(analyzer.addCapture(name, source.compression), source);
  }

  const sizes = sources.map(({ sizeBytes }) => sizeBytes);
  const totalBytes = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  const progress = createProgress(totalBytes, !quiet);
  const strangers = new Set<CaptureSource>();
  let bytesRead = 0;
  for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
    const source = sourceOf.get(input)!;
    const before = source.positionBytes;
    if (!(await feed(input, source, excerpts))) strangers.add(source);
    bytesRead += source.positionBytes - before;
    await progress.update(bytesRead);
  }
  progress.stop();
  excerpts?.noteCaptures(sources, analyzer.frameCounts, strangers);
  const report = analyzer.finishLazily();
  return { ...report, captures: report.captures.filter((_capture, index) => !strangers.has(sources[index])) };
}

/** Feeds the next chunk, or the end. False: this is not a capture, which was said. */
async function feed(input: CaptureInput, source: CaptureSource, excerpts: Excerpts | undefined): Promise<boolean> {
  const { chunk, damage } = await nextChunk(source);
  if (chunk !== undefined) await excerpts?.keep(source, chunk);
  try {
    if (chunk === undefined) input.end(damage);
    else input.push(chunk);
  } catch (error) {
    await source.close();
    if (!(error instanceof CaptureError)) throw error;
    complain(`${source.name === STANDARD_INPUT ? 'standard input' : source.name}: ${error.message}`);
    return false;
  }
  return true;
}

/** What breaks off while it is read is a capture up to there; the report says so. */
async function nextChunk(
  source: CaptureSource,
): Promise<{ chunk: Uint8Array | undefined; damage: string | undefined }> {
  try {
    const chunk = await source.next();
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
