import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { needsTool, whatIsMissing } from '../tools.js';
import { bin, folder } from './run.js';

const BACKEND = whatIsMissing('dumpcap') === undefined ? 'dumpcap' : 'tcpdump';
const LIMIT_MS = 60_000;

/** Runs a command in a terminal of its own, and types what is told as soon as the text before it was printed. */
const TERMINAL_SCRIPT = `
import json, os, pty, sys
words, dialogue = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(words[0], words)
printed = b''
seen = 0
while True:
    try: more = os.read(terminal, 65536)
    except OSError: break
    if not more: break
    printed += more
    while dialogue and dialogue[0][0].encode() in printed[seen:]:
        seen = printed.index(dialogue[0][0].encode(), seen) + len(dialogue[0][0])
        os.write(terminal, dialogue.pop(0)[1].encode())
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(printed)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

/** What was printed in the terminal, and how the command ended. */
function atTerminal(words: readonly string[], dialogue: readonly (readonly [string, string])[]) {
  const live = [process.execPath, bin, 'live', '-i', 'lo', '--backend', BACKEND, ...words];
  const { stdout, status } = spawnSync('python3', ['-c', TERMINAL_SCRIPT, JSON.stringify([live, dialogue])], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TERM: 'xterm' },
  });
  return { text: stdout.replaceAll('\r\n', '\n'), status };
}

const CTRL_C = '\x03';

describe('at a terminal', { timeout: LIMIT_MS }, () => {
  beforeEach((context) => needsTool(context, 'root', 'python3', 'bash', 'tcpdump'));

  test('Ctrl-C reaches the command once, and synwhy goes on', () => {
    const script = "n=0; trap 'n=$((n+1))' INT; echo go; while [ $n = 0 ]; do sleep 0.1; done; sleep 1; echo caught $n";
    const { text, status } = atTerminal(['--', 'bash', '--norc', '-c', script], [['go\r\n', CTRL_C]]);
    expect(text).toContain('caught 1\n');
    expect(text).toMatch(/ended\s+with\s+status 0/);
    expect(status).toBe(0);
  });

  test('a command that Ctrl-C ends is reported', () => {
    const { text, status } = atTerminal(['--', 'bash', '--norc', '-c', 'echo go; exec sleep 60'], [['go\r\n', CTRL_C]]);
    expect(text).toContain('was ended by SIGINT');
    expect(status).toBe(0);
  });

  test('a status line says how far it is, and goes away', () => {
    const { text, status } = atTerminal(['-f', 'tcp port 1'], [['0 packets', CTRL_C]]);
    expect(text).toMatch(/\d s, 0 packets/);
    expect(text).toContain('\r\x1b[Klo: pcap');
    expect(status).toBe(0);
  });
});
