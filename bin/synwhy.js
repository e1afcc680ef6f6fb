#!/usr/bin/env node
import module from 'node:module';

// What was compiled before makes the start faster: Node 22 and later keep that themselves.
const precompiled =
  module.enableCompileCache === undefined ? (await import('./precompiled.js')).loadPrecompiled() : undefined;
module.enableCompileCache?.();
const { main } = precompiled ?? (await import('../dist/main.js'));
process.exitCode = await main(process.argv.slice(2));
