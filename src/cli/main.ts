/** The command `synwhy`: reads its command line, runs what it asks for, and says how that ended. */
import { STANDARD_INPUT } from '../node/file.js';
import { VERSION } from '../report/version.js';
import { EXIT_ANALYZED, EXIT_UNREADABLE, EXIT_USAGE, UsageError } from './exit-codes.js';
import { type Command, parseCommandLine } from './options.js';
import { OutputError, writeToStandardOutput } from './output.js';
import { complain, standardOutputLook } from './terminal.js';

/** Runs the command with these arguments (without the program's own name) and gives its exit status. */
export async function main(words: readonly string[]): Promise<number> {
  // Without a listener Node would end with 1, which says that --fail-on found something.
  process.stderr.on('error', () => undefined);
  try {
    return await run(await parseCommandLine(words, VERSION, standardOutputLook(false).width));
  } catch (error) {
    return explainError(error);
  }
}

function explainError(error: unknown): number {
  if (error instanceof UsageError) {
    complain(error.message);
    return EXIT_USAGE;
  }
  if (error instanceof OutputError) {
    complain(error.message);
    return EXIT_UNREADABLE;
  }
  // Node would end with 1, which says that --fail-on found something.
  complain('this is a fault of synwhy itself, please report it:');
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT_UNREADABLE;
}

async function run(command: Command): Promise<number> {
  switch (command.command) {
    case 'print':
      await writeToStandardOutput([`${command.text}\n`]);
      return EXIT_ANALYZED;
    case 'explain': {
      const { runExplain } = await import('./commands/explain.js');
      return runExplain(command.words);
    }
    case 'live': {
      const { runLive } = await import('./commands/live.js');
      return runLive(command);
    }
    case 'interfaces': {
      const { runInterfaces } = await import('./commands/interfaces.js');
      return runInterfaces(command.format);
    }
    case 'analyze': {
      const { runAnalyze } = await import('./commands/analyze.js');
      return runAnalyze(
        command.filesFrom === undefined ? { ...command, captures: capturesOf(command.captures) } : command,
      );
    }
  }
}

/** Without a name, a pipe is the capture; a person at a terminal forgot something. */
function capturesOf(named: string[]): string[] {
  if (named.length > 0) return named;
  if (!process.stdin.isTTY) return [STANDARD_INPUT];
  throw new UsageError('name a capture, as in: synwhy web.pcapng (synwhy --help tells the rest)');
}
