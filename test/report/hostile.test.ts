/**
 * Whoever can send a packet, name a host or a file writes into reports. Every output gets the same hostile text, and must
 * show it as what it is. A new output is a line in OUTPUTS, with what must not be in it.
 */
import mermaid from 'mermaid';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { renderCsv } from '../../src/report/csv.js';
import { renderHtml } from '../../src/report/html.js';
import { renderJson } from '../../src/report/json.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import type { Report } from '../../src/report/model.js';
import { ndjsonPieces } from '../../src/report/ndjson.js';
import { renderTable } from '../../src/report/table.js';
import { join, pcapng } from '../build/container.js';
import { ip } from '../build/layer.js';
import { dnsAnswer, dnsQuery, latin1, NAME_ERROR } from '../build/names.js';
import { elsewhere, rst, syn } from '../build/scenario.js';
import { readCsv } from './read-csv.js';
import { OWN_TAGS, readMarkdown } from './read-markdown.js';

const HOSTILE: readonly string[] = [
  '\x1b]0;owned\x07\x1b[2J',
  '\u009b31mred',
  'line\r\nbreak\n\n# heading',
  '\u202egnp.exe\u2066\u200b\ufeff',
  'null\0byte',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "';alert(1);//",
  '</style></svg><!-- -->',
  '&lt;b&gt;&#60;i&#62;',
  '[click](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  '| cell | cell |\\|',
  '`code` ``` ~~~ </details>',
  '@everyone #1 GH-1 !2 :tada: $x$',
  'https://evil.example www.evil.example a@evil.example',
  '%%{init: {"securityLevel":"loose"}}%%',
  'x<br/>y; end #35; Note over c: no',
  '=cmd|"/c calc"!A0',
  '+1;=2',
  '-1\t=2',
  '@SUM(A1)',
  '{{7*7}}$' + '{7*7}',
  '../../etc/passwd',
];

/** A renderer, and what is wrong with its text. */
interface Output {
  name: string;
  render: (report: Report) => string;
  check: (text: string, report: Report) => void | Promise<void>;
}

/** Everything but a line break that cannot be seen or that turns the reading direction round. */
const INVISIBLE = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;

const OUTPUTS: readonly Output[] = [
  { name: 'table', render: (report) => renderTable(report, { verbose: true }), check: checkPlain },
  { name: 'table, in short', render: (report) => renderTable(report, { width: 60 }), check: checkPlain },
  { name: 'json', render: renderJson, check: checkJson },
  {
    name: 'markdown',
    render: (report) => renderMarkdown(report, { command: `synwhy '${HOSTILE.join('')}'` }),
    check: checkMarkdown,
  },
  { name: 'csv', render: renderCsv, check: checkCsv },
  { name: 'ndjson', render: (report) => [...ndjsonPieces(report)].join(''), check: checkLines },
  {
    name: 'html',
    render: (report) => renderHtml(report, { command: `synwhy '${HOSTILE.join('')}'` }),
    check: checkHtml,
  },
];

function checkPlain(text: string): void {
  expect(text).not.toMatch(INVISIBLE);
}

function checkJson(text: string, report: Report): void {
  expect(text).not.toMatch(INVISIBLE);
  expect(JSON.parse(text)).toEqual(report);
}

async function checkMarkdown(text: string): Promise<void> {
  expect(text).not.toMatch(INVISIBLE);
  const { html, tags, prose, diagrams } = readMarkdown(text);
  expect(tags.filter((tag) => !OWN_TAGS.includes(tag))).toEqual([]);
  expect(html.match(/<details>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  // What GitHub and GitLab make something of, even where Markdown does not.
  expect(prose).not.toMatch(/@\w|#\d|GH-\d|:[a-z]\w*:|\$|https?:|www\.\w|evil\.example|javascript|heading\n/);
  for (const diagram of diagrams) {
    expect(diagram).not.toMatch(/init|[;#]|over c:|alert/);
    expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: 'sequence' });
  }
}

function checkCsv(text: string, { attempts }: Report): void {
  expect(text.replaceAll('\r\n', '\n')).not.toMatch(INVISIBLE);
  const rows = readCsv(text);
  expect(rows).toHaveLength(attempts.length + 1);
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  for (const separator of [',', ';', '\t', '|']) {
    for (const cell of readCsv(text, separator).flat()) expect(cell, separator).not.toMatch(/^\s*[=+\-@]/);
  }
}

/** Each attempt a line, and a last line for the rest. */
function checkLines(text: string, { attempts }: Report): void {
  expect(text).not.toMatch(INVISIBLE);
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(attempts.length + 1);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ type: expect.any(String) });
}

/** Its own tags and no others: script and style are ours, and data can't end its element. */
function checkHtml(text: string): void {
  const rest = text.replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
  expect(rest).not.toMatch(INVISIBLE);
  expect(rest).not.toMatch(/<(?:script|img|iframe|object|embed|form)\b|<[^>]*\son\w+=|<[^>]*\s(?:href|src)="(?!#)/i);
  expect(text.match(/<script/g)).toHaveLength(2);
  expect(text.match(/<\/script>/g)).toHaveLength(2);
}

/** A capture in which everything that can be named bears a hostile name. */
function hostileCapture(): Report {
  const blocks = pcapng('little');
  const all = HOSTILE.join(' ');
  const server = (index: number) => `198.51.100.${10 + index}`;
  const asked = HOSTILE.map((text) => latin1Label(text));
  const steps = HOSTILE.flatMap((_, index) => {
    const at = index * 10;
    return [
      dnsAnswer({ at, name: `${asked[index]}.lan`, records: [{ address: `203.0.113.${50 + index}` }] }),
      syn({ at: at + 1, server: server(index), clientPort: 40_000 + index }),
      rst({ at: at + 2, server: server(index), clientPort: 40_000 + index }),
      syn({ at: at + 3, server: `203.0.113.${50 + index}`, clientPort: 41_000 + index }),
      rst({ at: at + 4, server: `203.0.113.${50 + index}`, clientPort: 41_000 + index }),
      dnsQuery({ at: at + 5, name: `missing${asked[index]}.lan` }),
      dnsAnswer({ at: at + 6, name: `missing${asked[index]}.lan`, responseCode: NAME_ERROR }),
    ];
  });
  const option = (code: number) => [code, all.slice(0, 60_000)] as const;
  const content = join(
    blocks.section([option(1), option(2), option(3), option(4)]),
    // Name, description, hardware and operating system of the interface, and a comment.
    blocks.interface({ options: [option(1), option(2), option(3), option(12), option(15)] }),
    // A name ends at a NUL.
    blocks.names(HOSTILE.map((text, index) => [ip(server(index)), text.replaceAll('\0', '')] as const)),
    ...[...steps, elsewhere({ at: 60_000 })].map(({ at, bytes }) =>
      blocks.packet({ bytes, time: BigInt(Math.round(at * 1000)), options: [option(1)] }),
    ),
  );
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture(`/tmp/${all}.pcapng`);
  input.push(content);
  input.end();
  return analyzer.finish();
}

/** As much of a text as a label of a name holds. */
function latin1Label(text: string): string {
  return String.fromCharCode(...latin1(text.replaceAll('.', ' ').slice(0, 40)));
}

/** The same report with hostile text in place of every text that is not one of ours by its nature. */
function poison(report: Report, text: string): Report {
  const OURS = new Set([
    'schema',
    'outcome',
    'cause',
    'confidence',
    'kind',
    'vantage',
    'address',
    'from',
    'displayFilter',
  ]);
  const isOurs = (key: string) => OURS.has(key) || key.endsWith('At');
  const poisoned = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return isOurs(key) ? value : `${text}${value}${text}`;
    if (Array.isArray(value)) return value.map((entry) => poisoned(entry, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, poisoned(entry, name)]));
  };
  return { ...(poisoned(report, '') as Report), generator: report.generator };
}

describe('hostile text of a capture', () => {
  const report = hostileCapture();

  test('gets into the report as it is: names of blocks and of name servers, and the name of the file', () => {
    const names = report.attempts.map(({ server }) => server.name);
    expect(names).toContain('<script>alert(1)</script>');
    expect(names).toContain('=cmd|"/c calc"!A0');
    expect(report.captures[0]?.name).toContain('\x1b]0;owned\x07');
    expect(report.attempts).toHaveLength(2 * HOSTILE.length);
    expect(report.observations.length).toBeGreaterThan(0);
  });

  for (const { name, render, check } of OUTPUTS) {
    test(`does nothing in ${name}`, async () => check(render(report), report));
  }
});

describe('hostile text in every field of a report', () => {
  const report = hostileCapture();
  const few: Report = {
    ...report,
    findings: report.findings.slice(0, 3),
    attempts: report.attempts.filter(({ id }) =>
      report.findings.slice(0, 3).some(({ attemptIds }) => attemptIds.includes(id)),
    ),
    observations: report.observations.slice(0, 3),
  };

  for (const { name, render, check } of OUTPUTS) {
    test.each(HOSTILE)(`does nothing in ${name}: %j`, async (text) => {
      const poisoned = poison(few, text);
      await check(render(poisoned), poisoned);
    });
  }
});
