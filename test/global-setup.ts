/** Builds dist once before the tests, for those that run the command as a user does. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './tools.js';

/** A build is up to date when every source has an output that is not older than it. */
function isBuilt(sources: string, output: string): boolean {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .every((name) => {
      const built = statSync(join(output, name.replace(/\.ts$/, '.js')), { throwIfNoEntry: false });
      return built !== undefined && built.mtimeMs >= statSync(join(sources, name)).mtimeMs;
    });
}

export default function buildOnce(): void {
  const root = repositoryRoot();
  if (isBuilt(join(root, 'src'), join(root, 'dist'))) return;
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: root, stdio: 'inherit' });
  // tsc writes its output in spite of type errors; 'npm run check' is what refuses them, so that one broken room
  // does not hide the results of all others.
  if (status !== 0) console.error('tsc found errors (above); the tests run on what it wrote all the same');
}
