/**
 * Writes src/track/kernel-code.ts: the WebAssembly that src/track/assembly/ is compiled to, as text. The library takes no
 * Node and no file, so it has to be part of its code; it is some 6 kB.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { writeGenerated } from './generated.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCE = 'src/track/assembly/index.ts';

const OPTIONS = [
  // It allocates nothing and has no bounds to check: kernel.ts lays out its memory.
  ...['--runtime', 'stub', '--noAssert', '-O3'],
  // Shared, so that it can grow while captures are being read into it.
  ...['--enable', 'threads', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
];

let code;
const { error, stderr } = await asc.main([SOURCE, '--outFile', 'kernel.wasm', ...OPTIONS], {
  readFile: (name, folder) => (name.startsWith('src/') ? readFileSync(join(root, folder, name), 'utf8') : null),
  writeFile: (name, contents) => {
    if (name === 'kernel.wasm') code = Buffer.from(contents).toString('base64');
  },
  listFiles: () => [],
});
if (error !== null) throw new Error(`${SOURCE} can't be compiled: ${stderr}`);
writeGenerated(join(root, 'src/track/kernel-code.ts'), 'build/kernel.js', { KERNEL_CODE: code });
