/**
 * What a test needs beyond Node: programs, privileges, namespaces. On a machine that lacks one, the test says that it
 * is skipped and why; where SYNWHY_REQUIRE_TOOLS=1 says that everything has to be there (as .ci/run does), it fails.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The part of vitest's test context that is used here. */
interface Skippable {
  skip: (note?: string) => never;
}

/** The folder that holds package.json, found from wherever this file was compiled to. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The path of a program, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  // Debian keeps ip, nft and tcpdump where only root's PATH leads.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Whether the optional dependency cap was installed and built. */
function canLoadCap(): boolean {
  try {
    createRequire(import.meta.url)('cap');
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may make network namespaces: tried with one that is left at once. */
function canMakeNamespaces(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0;
}

/**
 * Why `need` is not met here, or undefined if it is. A need is a program's name, 'root', 'namespaces', 'cap' (the npm
 * package), or '$VARIABLE': a variable of the environment by which somebody asks for the test.
 */
export function whatIsMissing(need: string): string | undefined {
  if (need === 'root') return process.getuid?.() === 0 ? undefined : 'root is needed';
  if (need === 'namespaces') return canMakeNamespaces() ? undefined : 'network namespaces cannot be made here';
  if (need === 'cap') return canLoadCap() ? undefined : 'the npm package cap is not built';
  if (need.startsWith('$')) return process.env[need.slice(1)] ? undefined : `${need.slice(1)} is not set`;
  return findProgram(need) ? undefined : `${need} is not installed`;
}

/** True where whoever started the tests said that nothing may be skipped. */
function mustNotSkip(): boolean {
  return process.env.SYNWHY_REQUIRE_TOOLS === '1';
}

/**
 * Skips the test at hand, saying why, unless all needs are met.
 *
 * @example
 * test('tshark sees the same frames', (context) => {
 *   needsTool(context, 'tshark');
 */
export function needsTool(context: Skippable, ...needs: readonly string[]): void {
  const unmet = needs.filter((need) => whatIsMissing(need) !== undefined);
  if (unmet.length === 0) return;
  const reason = unmet.map(whatIsMissing).join(', ');
  // What nobody asked for is not missing.
  if (mustNotSkip() && !unmet.some((need) => need.startsWith('$'))) {
    throw new Error(`${reason}, but SYNWHY_REQUIRE_TOOLS=1 forbids to skip`);
  }
  context.skip(reason);
}
