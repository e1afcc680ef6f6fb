/**
 * Writes src/report/html/assets.ts: the script and the style of the HTML report as texts, with their hashes for its
 * Content-Security-Policy and the licences of the libraries within. The renderer takes no Node and no file, so they have
 * to be part of its code.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { writeGenerated } from './generated.js';
import { licenceOf, packageFoldersIn } from './licences.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'src/report/html');
const target = join(folder, 'assets.ts');
/** In this order: what comes later wins. */
const STYLES = ['base.css', 'page.css', 'ladder.css', 'attempts.css', 'media.css'];

/** The script, and the folders of the packages that went into it. */
async function bundle() {
  const build = await rolldown({ input: join(folder, 'browser/main.tsx'), platform: 'browser', logLevel: 'warn' });
  const { output } = await build.generate({ format: 'iife', minify: true, comments: { legal: false } });
  await build.close();
  const [{ code }] = output;
  return { script: inAscii(code.trim()), packages: packageFoldersIn(output) };
}

/** The minifier writes controls as they are; what reads a file need not find any. Escapes mean the same in every literal. */
function inAscii(text) {
  return text.replace(/[^\n\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What would end the script element, or change on its way through a parser, must not be in there. */
function check(text) {
  if (/<\/script|<!--|<\/style|[\0\r]/i.test(text))
    throw new Error('the script or style cannot stand in HTML as it is');
  return text;
}

function hashOf(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const { script, packages } = await bundle();
const style = STYLES.map((name) => readFileSync(join(folder, 'style', name), 'utf8'))
  .join('')
  .replace(/\/\*[\s\S]*?\*\//g, '');
const assets = {
  SCRIPT: check(script),
  SCRIPT_HASH: hashOf(script),
  STYLE: check(style),
  STYLE_HASH: hashOf(style),
  // What the renderer makes text with is bundled beside it.
  NOTICES: [...packages, join(root, 'node_modules/preact-render-to-string')].map(licenceOf).join('\n'),
};
writeGenerated(target, 'build/report-browser.js', assets);
