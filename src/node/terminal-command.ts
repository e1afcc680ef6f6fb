/** A command that runs with our own terminal, as if it had been typed alone. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How a command ended. */
export interface CommandEnd {
  /** Its exit status; null if a signal ended it. */
  status: number | null;
  signal: NodeJS.Signals | null;
}

/** The command could not be started; the message says why. */
export class CommandStartError extends Error {
  override readonly name = 'CommandStartError';
}

/** A command that runs. */
export interface TerminalCommand {
  /** Settles when it has ended. Fails with CommandStartError. */
  readonly ended: Promise<CommandEnd>;
  /**
   * Passes a signal on that was sent to us. What the terminal sends reaches the command without us: SIGINT and SIGQUIT
   * go to all of its foreground.
   */
  pass(signal: NodeJS.Signals): void;
  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void;
}

/** Starts a command with our standard streams, our user and our environment. */
export function runInTerminal(words: readonly string[]): TerminalCommand {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { stdio: 'inherit' });
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) reject(new CommandStartError(explainStartError(program, error)));
    });
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  return {
    ended,
    pass(signal) {
      const isFromTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && isInForeground();
      if (!isFromTerminal) child.kill(signal);
    },
    kill: (signal) => child.kill(signal),
  };
}

function explainStartError(program: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `there is no program ${program}`;
  if (code === 'EACCES') return `${program} may not be run by this user`;
  return `${program} can't be run: ${message}`;
}

/**
 * True if the terminal sends Ctrl-C to us as well: the process group is the terminal's foreground one. Linux tells
 * (proc(5): pgrp, tty_nr, tpgid); elsewhere a terminal as standard input is taken for it.
 */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return process.stdin.isTTY;
  }
}
