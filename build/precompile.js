/**
 * Writes dist/precompiled: the command once more, with what V8 makes of it for bin/precompiled.js. V8 compiles a function
 * when it is first called: so the command is run on a capture, in another process, before its code is kept.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { CODE, compile, ENTRY, run } from '../bin/precompiled.js';
import { COMMON, OUTPUT, ROOT, splitInto } from './bundle-options.js';

const INPUT = 'src/cli/main.ts';
/** What is compiled: the command, and what it loads to analyse captures and to print most reports. */
const CHUNKS = {
  precompiled: [
    INPUT,
    'src/cli/commands/analyze.ts',
    'src/node/scan/scanned-capture.ts',
    'src/report/table.ts',
    'src/report/json.ts',
  ],
};
/** What they need of libraries; of yargs that is the parser. */
const LIBRARIES = ['yargs-parser', 'picocolors', 'get-east-asian-width'];

const CAPTURE = join(ROOT, 'fixtures/causes/port-closed/nothing-listens-on-the-port.pcap');
const PCAP_HEADER_BYTES = 24;
/** So many packets that they are not looked at one by one. */
const REPETITIONS = 10_000;

const KEEP = '--keep';

if (process.argv[2] === KEEP) {
  const script = compile();
  const { main } = run(script);
  await main(process.argv.slice(3));
  writeFileSync(CODE, script.createCachedData());
} else if (module.enableCompileCache === undefined) {
  await bundle();
  precompile();
}

async function bundle() {
  const build = await rolldown({
    ...COMMON,
    input: { main: INPUT },
    // yargs can read settings from packages, for which it has import.meta; and what is loaded on demand elsewhere is in
    // one file here.
    checks: { emptyImportMeta: false, ineffectiveDynamicImport: false },
  });
  await build.write({
    ...OUTPUT,
    dir: dirname(ENTRY),
    format: 'cjs',
    // What is compiled beforehand can't import, only require.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: splitInto(CHUNKS, [INPUT], LIBRARIES),
  });
  await build.close();
}

function precompile() {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-build-'));
  try {
    const bytes = readFileSync(CAPTURE);
    const records = bytes.subarray(PCAP_HEADER_BYTES);
    const path = join(folder, 'long.pcap');
    writeFileSync(path, Buffer.concat([bytes, ...new Array(REPETITIONS).fill(records)]));
    const { NODE_OPTIONS: _, ...env } = process.env;
    const command = [fileURLToPath(import.meta.url), KEEP, path];
    execFileSync(process.execPath, command, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
