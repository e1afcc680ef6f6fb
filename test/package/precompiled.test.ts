import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../tools.js';

const root = repositoryRoot();
const CAPTURE = join(root, 'fixtures', 'causes', 'port-closed', 'nothing-listens-on-the-port.pcap');
/** Node 22 and later keep what they compile, and then nothing is compiled beforehand. */
const isPrecompiled = !('enableCompileCache' in module);

/** The paths of CommonJS modules that the command loaded, by their names in the built package. */
function loadedBy(folder: string): { report: string; modules: string[] } {
  const tell = `
    import { createRequire } from 'node:module';
    process.on('exit', () => process.stderr.write(Object.keys(createRequire('/').cache).join('\\n')));`;
  const preload = `data:text/javascript,${encodeURIComponent(tell)}`;
  const command = ['--import', preload, join(folder, 'bin', 'synwhy.js'), CAPTURE];
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { report: stdout, modules: stderr.split('\n').filter((path) => path.startsWith(folder)) };
}

describe('the command that was compiled when it was built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-precompiled-'));
  const compiled = join(folder, 'dist', 'precompiled');

  beforeAll(() => {
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  if (isPrecompiled) {
    test('is what a Node starts that keeps nothing of what it compiles', () => {
      const { report, modules } = loadedBy(folder);
      expect(modules).toContain(join(compiled, 'precompiled.cjs'));
      expect(report).toContain('1 handshake: 1 refused');
    });

    test("makes way for the modules where its code is another version's, or damaged", () => {
      const [code] = readdirSync(compiled).filter((name) => name.endsWith('.code'));
      const bytes = readFileSync(join(compiled, code));
      const expected = loadedBy(folder).report;
      for (const damage of [Buffer.alloc(0), bytes.subarray(0, 1000), Buffer.from(bytes).fill(7, 0, 64)]) {
        writeFileSync(join(compiled, code), damage);
        const { report, modules } = loadedBy(folder);
        expect(modules.filter((path) => path.startsWith(compiled))).toEqual([]);
        expect(report).toBe(expected);
      }
      rmSync(join(compiled, code));
      expect(loadedBy(folder).report).toBe(expected);
    });
  } else {
    test('is not made where Node keeps what it compiles', () => {
      expect(existsSync(compiled)).toBe(false);
    });
  }
});
