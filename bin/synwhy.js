#!/usr/bin/env node
'use strict';

// CommonJS (package.json beside it): until a module is imported, Node need not load what imports modules, which takes 8 ms.
const module_ = require('node:module');

async function start() {
  // What was compiled before makes the start faster: Node 22 and later keep that themselves.
  const precompiled =
    module_.enableCompileCache === undefined ? require('./precompiled.js').loadPrecompiled() : undefined;
  module_.enableCompileCache?.();
  const { main } = precompiled ?? (await import('../dist/main.js'));
  process.exitCode = await main(process.argv.slice(2));
}

start();
