#!/usr/bin/env node
'use strict';

// CommonJS (package.json beside it): Node need not load what imports modules, which takes 5 ms, until one is imported.
const { enableCompileCache } = require('node:module');

async function start() {
  const { main } = loadCompiled() ?? (await import('../dist/main.js'));
  process.exitCode = await main(process.argv.slice(2));
}

/** What was compiled before makes the start faster: Node 22 and later keep that themselves. */
function loadCompiled() {
  if (enableCompileCache === undefined) {
    const { loadPrecompiled } = require('./precompiled.js');
    return loadPrecompiled();
  }
  enableCompileCache();
  return undefined;
}

start();
