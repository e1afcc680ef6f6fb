#!/usr/bin/env node
import module from 'node:module';

// Node 22 and later keep what they compiled: the next start is faster.
module.enableCompileCache?.();
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
