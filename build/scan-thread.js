/**
 * Writes src/node/scan/thread-code.ts: the script of the threads that scan captures, as text. Node runs it as it is, so it
 * need not be found as a file from wherever the command was bundled to.
 */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { COMMON, OUTPUT, ROOT } from './bundle-options.js';
import { writeGenerated } from './generated.js';

const build = await rolldown({ ...COMMON, input: 'src/node/scan/thread.ts' });
const { output } = await build.generate({ ...OUTPUT, format: 'cjs' });
await build.close();
const [{ code }] = output;
writeGenerated(join(ROOT, 'src/node/scan/thread-code.ts'), 'build/scan-thread.js', { THREAD_CODE: code });
