/** Builds dist once before the tests, for those that run the command as a user does. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './tools.js';

/** A build is up to date when no source is younger than the program that was made of them. */
function isBuilt(folders: readonly string[], program: string): boolean {
  const built = statSync(program, { throwIfNoEntry: false });
  return (
    built !== undefined &&
    folders.every((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:tsx?|css|js)$/.test(name))
        .every((name) => built.mtimeMs >= statSync(join(folder, name)).mtimeMs),
    )
  );
}

export default function buildOnce(): void {
  const root = repositoryRoot();
  if (isBuilt([join(root, 'src'), join(root, 'build')], join(root, 'dist', 'main.js'))) return;
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm run build failed (above): the tests that run the command need it');
}
