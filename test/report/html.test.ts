import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { packAttempts, packedPieces } from '../../src/report/html/pack.js';
import { AttemptReader, type PackedAttempts } from '../../src/report/html/packed.js';
import { renderHtml } from '../../src/report/html.js';
import type { Report, ReportAttempt } from '../../src/report/model.js';
import { readLabels } from '../lab/labels.js';
import { HOSTILE_TEXTS, hostileReport, manyAttempts } from './html-reports.js';
import { emptyReport, establishedAttempt, failuresReport, refusedAttempt } from './sample-reports.js';

/** What the file is made of: its texts within style and script elements, and everything else. */
function takeApart(html: string) {
  const inside = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, text]) => text);
  const [data] = inside(/<script type="application\/json" id="data">([^<]*)<\/script>/g);
  return {
    scripts: inside(/<script>([\s\S]*?)<\/script>/g),
    styles: inside(/<style>([\s\S]*?)<\/style>/g),
    packed: JSON.parse(data) as PackedAttempts,
    data,
    rest: html.replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, ''),
  };
}

function textOf(html: string): string {
  return takeApart(html)
    .rest.replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

function readBack(report: Report): ReportAttempt[] {
  const packed = JSON.parse([...packedPieces(packAttempts(report))].join('')) as PackedAttempts;
  const reader = new AttemptReader(packed);
  return packed.id.map((_id, row) => reader.read(row));
}

describe('the HTML report', () => {
  const html = renderHtml(failuresReport, { command: "synwhy web.pcapng --host '10.0.0.0/8'" });

  test('lets nothing run but its own script and style, which it names by their hashes', () => {
    const { scripts, styles } = takeApart(html);
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    expect(html).toContain(
      `content="default-src 'none'; script-src ${hashOf(scripts[0])}; style-src ${hashOf(styles[0])}; base-uri 'none'; form-action 'none'"`,
    );
  });

  test('asks for nothing from anywhere', () => {
    const { rest, styles } = takeApart(html);
    expect(rest.match(/\b(?:src|srcset|href|action|poster|data)="(?!#)[^"]*"/g)).toBeNull();
    expect(rest).not.toMatch(/<(?:link|img|iframe|object|embed|base|form)\b/);
    expect(rest).not.toMatch(/ style="| on\w+="/);
    expect(styles[0]).not.toMatch(/url\(|@import/);
  });

  test('says verdict, findings, evidence and next steps without a script', () => {
    const text = textOf(html);
    expect(text).toContain('3 of 412 TCP handshakes failed');
    expect(text).toContain('Nothing listens on the port');
    expect(text).toContain('RST|ACK in frame 13 after 0.42 ms acknowledges the SYN of frame 12');
    expect(text).toContain("On 10.0.0.5, ss -ltnp 'sport = :5432'");
    expect(text).toContain('tcp.port == 50000 &amp;&amp; tcp.port == 5432');
    expect(text).toContain('Only one direction of 3 conversations was captured.');
    expect(text).toContain("synwhy web.pcapng --host '10.0.0.0/8'");
  });

  test('is brief when nothing failed', () => {
    const summary = { ...emptyReport.summary, attempts: 412, established: 412 };
    const text = textOf(renderHtml({ ...emptyReport, summary }));
    expect(text).toContain('412 TCP handshakes, all established');
    expect(text).not.toMatch(/Findings |Attempts over time/);
    expect(textOf(renderHtml(emptyReport))).toContain('No TCP handshake');
  });

  test('names the licence of every library that is in it', () => {
    for (const name of ['preact', 'd3-zoom', 'd3-scale', 'd3-selection']) expect(html).toContain(`${name} `);
    expect(html).toContain('Permission to use, copy, modify, and/or distribute this software');
  });

  test('tells a few findings of a scan in full, the first of each cause among them', () => {
    const report = manyAttempts(2000);
    const findings = Array.from({ length: 500 }, (_, index) => ({ ...report.findings[index % 3] }));
    const last = { ...report.findings[0], cause: 'routing-loop', outcome: 'timed-out' as const, title: 'The odd one' };
    const html = renderHtml({ ...report, findings: [...findings, last] });
    const told = html.match(/<article .*?<\/h3>/g) ?? [];
    expect(told.length).toBeGreaterThan(3);
    expect(told.length).toBeLessThan(15);
    expect(told.some((heading) => heading.includes('The odd one'))).toBe(true);
    expect(textOf(html).includes('and 201 more findings')).toBe(true);
  });

  test('holds 100,000 attempts in less than 15 MB', { timeout: 120_000 }, () => {
    expect(renderHtml(manyAttempts(100_000)).length).toBeLessThan(15e6);
  });
});

describe('hostile text in the HTML report', () => {
  for (const text of HOSTILE_TEXTS) {
    test(`stays text: ${JSON.stringify(text).slice(0, 40)}`, () => {
      const html = renderHtml(hostileReport(text), { command: text });
      const calm = renderHtml(hostileReport('calm'), { command: 'calm' });
      const tags = (of: string) => takeApart(of).rest.match(/<\/?[a-z][^\s>]*/g);
      // The page has the same elements, whatever the text is; only what stands in backquotes makes a command.
      if (!text.includes('`')) expect(tags(html)).toEqual(tags(calm));
      expect(takeApart(html).scripts.join() === takeApart(calm).scripts.join()).toBe(true);
      expect(takeApart(html).data.match(/[<>&]/)).toBeNull();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left.
      expect(html.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\ud800]/)).toBeNull();
    });
  }
});

describe('attempts that were packed into the file', () => {
  test('are read as they were, of every labelled capture', () => {
    for (const { path, label } of readLabels().filter(({ path }) => !path.endsWith('.gz'))) {
      const analyzer = new Analyzer({ all: true });
      const input = analyzer.addCapture(label.capture);
      input.push(readFileSync(path));
      input.end();
      const report = analyzer.finish();
      expect(readBack(report), path).toEqual(report.attempts);
    }
  });

  test('are read as they were, whatever their texts and numbers', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...HOSTILE_TEXTS, '10.0.0.1', '1', '007', '1e21', '10.0.0.10', '\u0001\u0002'),
    );
    const port = fc.integer({ min: 0, max: 65_535 });
    const end = fc.record({ address: text, port, name: text }, { requiredKeys: ['address', 'port'] });
    const attempt = fc
      .record({
        client: end,
        server: fc.record({ address: text, port, name: text, service: text }, { requiredKeys: ['address', 'port'] }),
        durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
        evidence: fc.array(fc.record({ text, frames: fc.array(fc.nat()) })),
        nextSteps: fc.array(text),
        displayFilter: text,
        cause: fc.option(text),
      })
      .map((fields): ReportAttempt => ({ ...refusedAttempt, ...fields }));
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 5 }), (attempts) => {
        const written = JSON.parse(JSON.stringify(attempts)) as ReportAttempt[];
        expect(readBack({ ...emptyReport, attempts })).toEqual(written);
      }),
    );
  });

  test('keep the moment to the nanosecond, in any year', () => {
    const moments = [
      '0001-01-01T00:00:00.000000001Z',
      '1969-12-31T23:59:59.999999999Z',
      '9999-12-31T23:59:59.000000000Z',
    ];
    const attempts = moments.map((startedAt) => ({ ...establishedAttempt, startedAt }));
    expect(readBack({ ...emptyReport, attempts }).map(({ startedAt }) => startedAt)).toEqual(moments);
  });
});
