/**
 * A report as one HTML file that asks for nothing from anywhere. Its script and style are inside and named by their
 * hashes in a Content-Security-Policy, so that nothing else runs, whatever stands in a capture. Findings and summary
 * are plain HTML; the picture and the table of all attempts are made by the script (html/browser) of embedded JSON.
 */
import { escapeAllStrings, escapeForTerminal } from './escape.js';
import { NOTICES, SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from './html/assets.js';
import { bodyPieces } from './html/body.js';
import { assignLanes } from './html/lanes.js';
import { packAttempts, packedPieces } from './html/pack.js';
import { headline } from './html/page.js';
import type { Report } from './model.js';
import { formatSocket } from './wording.js';

/** What the report cannot know of itself. */
export interface HtmlOptions {
  /** The command that made it, to be told at the end. */
  command?: string;
}

/**
 * A report as an HTML file. Fails with a RangeError where that is longer than a string can be (about 500 million
 * characters); `htmlPieces` has no such limit.
 *
 * @example
 * writeFileSync('report.html', renderHtml(report));
 */
export function renderHtml(report: Report, options: HtmlOptions = {}): string {
  return [...htmlPieces(report, options)].join('');
}

/** The same text in pieces, for reports that are longer than a string can be. */
export function* htmlPieces(report: Report, options: HtmlOptions = {}): Generator<string> {
  const packed = packAttempts(report);
  const { captureEndAt } = packed;
  const safe = escapeForDisplay(report);
  const lanes = assignLanes(
    report.attempts.map(({ outcome, server }) => ({ outcome, target: formatSocket(server), host: server.address })),
  );
  const command = options.command === undefined ? undefined : escapeForTerminal(options.command);
  yield head(safe);
  yield* bodyPieces({ report: safe, lanes, captureEndAt, command, notices: NOTICES });
  yield '<script type="application/json" id="data">';
  yield* packedPieces(packed);
  yield `</script>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`;
}

/** Attempts may be very many, and few of them are told here: those that stand for a finding. */
function escapeForDisplay(report: Report): Report {
  const { attempts, ...rest } = report;
  const told = new Set(report.findings.map(({ attemptIds }) => attemptIds[0]));
  const escaped = attempts.map((attempt) => (told.has(attempt.id) ? escapeAllStrings(attempt) : attempt));
  return { ...escapeAllStrings({ ...rest, attempts: [] }), attempts: escaped };
}

function head({ summary }: Report): string {
  const policy = `default-src 'none'; script-src '${SCRIPT_HASH}'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${headline(summary)} - synwhy</title>
<style>${STYLE}</style>
</head>
<body>
`;
}
