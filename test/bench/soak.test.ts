import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { needsTool, repositoryRoot } from '../tools.js';

const LIMIT_MS = 60_000;

test('the soak plays a stream to a live capture, and prints its memory over time', { timeout: LIMIT_MS }, (context) => {
  needsTool(context, 'npm');
  const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'bench', '--', '--soak', '--quick'], {
    cwd: repositoryRoot(),
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const rows = stdout.split('\n').filter((line) => /^\| \d+ s /.test(line));
  expect(rows).toHaveLength(12);
  for (const row of rows) expect(row).toMatch(/ \d+ MiB \|$/);
});
