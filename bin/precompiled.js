/**
 * The command with what V8 made of it when it was built (build/precompile.js): it starts 50 ms sooner. For Node 20, which
 * keeps nothing of what it compiles.
 */
'use strict';

const { readFileSync } = require('node:fs');
const { createRequire, Module } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const FOLDER = join(__dirname, '../dist/precompiled');

/** The command's module, and the one with most of its code, which is what is compiled. */
const ENTRY = join(FOLDER, 'main.cjs');
const PRECOMPILED = join(FOLDER, 'precompiled.cjs');

/** Where the code of this version of V8 is; another one can't use it. */
const CODE = join(FOLDER, `precompiled-${process.versions.v8}-${process.arch}.code`);

/** Compiles the module, to what it was compiled to before if that is given. */
function compile(cachedData) {
  // It is all ASCII: so each byte is a character, and V8 has nothing to decode.
  const source = readFileSync(PRECOMPILED, 'latin1');
  return new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: PRECOMPILED,
    cachedData,
  });
}

/** Runs it, and gives what the command exports. */
function run(script) {
  const require = createRequire(PRECOMPILED);
  const module = new Module(PRECOMPILED);
  // The others are ordinary modules, and require this one.
  require.cache[PRECOMPILED] = module;
  script.runInThisContext()(module.exports, require, module, PRECOMPILED, dirname(PRECOMPILED));
  module.loaded = true;
  return require(ENTRY);
}

/** What the command exports; undefined where it was not compiled for this Node. */
function loadPrecompiled() {
  let code;
  try {
    code = readFileSync(CODE);
  } catch {
    return undefined;
  }
  const script = compile(code);
  return script.cachedDataRejected ? undefined : run(script);
}

module.exports = { CODE, ENTRY, compile, loadPrecompiled, run };
