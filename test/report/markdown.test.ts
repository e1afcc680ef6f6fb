import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import mermaid from 'mermaid';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { cellCode, cellProse, code, prose } from '../../src/report/markdown/inline.js';
import { drawSequence } from '../../src/report/markdown/sequence-diagram.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import type { Report, ReportAttempt } from '../../src/report/model.js';
import { serviceName } from '../../src/report/service-names.js';
import { readLabels } from '../lab/labels.js';
import { OWN_TAGS, readMarkdown } from './read-markdown.js';
import {
  emptyReport,
  establishedAttempt,
  failuresReport,
  filteredAttempt,
  findingOf,
  refusedAttempt,
  silentAttempt,
} from './sample-reports.js';

/** What GitHub takes is 65,536; the rest is for whoever pastes it. */
const LIMIT = 60_000;

function analyzed(path: string): Report {
  const content = readFileSync(path);
  const analyzer = new Analyzer({ all: true, serviceName });
  const input = analyzer.addCapture(path);
  input.push(path.endsWith('.gz') ? gunzipSync(content) : content);
  input.end();
  return analyzer.finish();
}

/** A refused attempt of its own number to this server, and a report of so many. */
function refusedAt(id: number, address: string, port: number): ReportAttempt {
  return { ...refusedAttempt, id, server: { address, port } };
}

function reportOf(attempts: readonly ReportAttempt[], title = 'Nothing listens on the port'): Report {
  const findings = attempts.map((attempt) => findingOf(attempt, title));
  const summary = { ...emptyReport.summary, attempts: attempts.length, refused: attempts.length };
  return { ...emptyReport, summary, findings, attempts: [...attempts] };
}

/** The part of a report between a heading and the next one. */
function section(markdown: string, heading: string): string {
  const from = markdown.indexOf(heading);
  expect(from, heading).toBeGreaterThan(-1);
  const to = markdown.indexOf('\n### ', from + heading.length);
  return markdown.slice(from, to === -1 ? undefined : to);
}

describe('the Markdown of every labelled capture', () => {
  for (const { situation, path } of readLabels()) {
    test(`renders, and its diagrams are Mermaid: ${situation}`, async () => {
      const report = analyzed(path);
      const markdown = renderMarkdown(report, { command: 'synwhy capture.pcap -o report.md' });
      const { html, tags, diagrams, code: shown } = readMarkdown(markdown);
      expect(markdown.length).toBeLessThan(LIMIT);
      expect(tags.filter((tag) => !OWN_TAGS.includes(tag))).toEqual([]);
      expect(html.match(/<details>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
      expect(diagrams.length > 0).toBe(report.findings.length > 0);
      for (const diagram of diagrams) expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: 'sequence' });
      for (const attempt of report.attempts) {
        expect(await mermaid.parse(drawSequence(attempt).join('\n'))).toMatchObject({ diagramType: 'sequence' });
      }
      if (report.findings.length <= 3) {
        for (const { displayFilter } of report.findings) expect(shown).toContain(`${displayFilter}\n`);
      }
    });
  }
});

describe('the Markdown report', () => {
  test('begins with how many failed, and two lines about what and why', () => {
    const [heading, , counts, why] = renderMarkdown(reportOf([refusedAttempt])).split('\n');
    expect(heading).toBe('## The only TCP handshake failed');
    expect(counts).toBe('`web.pcapng`, 2026-11-20 09:10:12 to 09:14:02 UTC: **1 refused**.\\');
    expect(why).toBe(
      '**Nothing listens on the port** (`port-closed`, high confidence) at `10.0.0.5:5432` (`db.lan`, postgresql).',
    );
  });

  test.each([
    [{ attempts: 412, established: 412 }, '## 412 TCP handshakes, all established'],
    [{ attempts: 1, established: 1 }, '## 1 TCP handshake, established'],
    [{ attempts: 3, established: 2, aborted: 1 }, '## 3 TCP handshakes, none failed'],
    [{ attempts: 2, refused: 2 }, '## Both TCP handshakes failed'],
    [{ attempts: 1200, 'timed-out': 1200 }, '## All 1,200 TCP handshakes failed'],
    [{ attempts: 1200, refused: 7 }, '## 7 of 1,200 TCP handshakes failed'],
    [{}, '## No TCP handshake'],
  ])('says in its heading how it went: %j', (counts, heading) => {
    const summary = { ...emptyReport.summary, ...counts };
    expect(renderMarkdown({ ...emptyReport, summary }).split('\n')[0]).toBe(heading);
  });

  test('tells of each finding what it is, what shows it, what to check and how to see it', () => {
    const told = section(renderMarkdown(failuresReport), '### 1.');
    expect(told).toContain('**timed-out: No answer of any kind from the target** (`host-silent`, medium confidence)');
    expect(told).toContain('- One attempt from `2001:db8::1`: SYNs in frames 14, 15, 18 and 21 stay unanswered');
    expect(told).toContain('- Note: retransmissions cost 7 s.');
    expect(told).toContain('- Less likely: `port-dropped`, nothing in the capture shows that the host is alive.');
    expect(told).toContain('The application saw ETIMEDOUT, WSAETIMEDOUT (10060) on Windows, unless its own time limit');
    expect(told).toContain('- On `2001:db8::1`, `ip route get 2001:db8::5`: is this the interface');
    expect(told).toContain('```text\ntcp.port == 50001 && tcp.port == 443\n```');
  });

  test('says what the capture cannot show, what else was seen, and how it was made', () => {
    const observations = [{ code: 'name-not-found', text: '10.0.0.1 asked for db.lan at 09:10:12 UTC', frames: [1] }];
    const markdown = renderMarkdown({ ...failuresReport, observations }, { command: 'synwhy web.pcapng -F markdown' });
    expect(section(markdown, '### Also seen')).toContain('- `10.0.0.1` asked for `db.lan` at 09:10:12 UTC');
    const limits = section(markdown, "### What this capture can't show");
    expect(limits).toContain('- 3 packets could not be decoded: truncated-tcp 3.');
    expect(limits).toContain('- Only one direction of 3 conversations was captured.');
    expect(limits).toContain('- It was taken at the client or near it');
    expect(limits).not.toContain('does not say whether packets were dropped');
    expect(markdown).toContain('- `web.pcapng`: pcapng, `EN10MB`, 12,345 packets, 1,234,567 bytes');
    expect(markdown).toContain('```sh\nsynwhy web.pcapng -F markdown\n```');
  });

  test('says that drops are not known where the capture does not tell', () => {
    expect(
      renderMarkdown({ ...failuresReport, quality: { ...failuresReport.quality, droppedByKernel: null } }),
    ).toContain('- It does not say whether packets were dropped while capturing.');
  });

  test('tells the same cause once, and folds what repeats', () => {
    const markdown = renderMarkdown(reportOf([refusedAt(1, '10.0.0.5', 80), refusedAt(2, '10.0.0.6', 81)]));
    expect(markdown.match(/ss -ltnp/g)).toHaveLength(1);
    const second = section(markdown, '### 2. `10.0.0.6:81`');
    expect(second).toContain('What that means and what to check next: as for 1.');
    expect(second.indexOf('<details>')).toBeLessThan(second.indexOf('```mermaid'));
  });

  test('joins the ports of a host that failed alike, and gives a filter for all of them', () => {
    const attempts = [1, 2, 3, 5, 80].map((port, index) => refusedAt(index + 1, '10.0.0.5', port));
    const markdown = renderMarkdown(reportOf(attempts));
    expect(markdown).toContain(
      '| 1 | refused | `10.0.0.5`, 5 ports | Nothing listens on the port | 5 | 1 | 09:10:12 |',
    );
    expect(markdown).toContain('Ports: 1-3, 5, 80. 5 attempts in all; one of them stands for the others here.');
    expect(markdown).toContain('```text\nip.addr == 10.0.0.5 && (tcp.flags.syn == 1');
    expect(markdown).not.toContain('### 2.');
  });

  test('joins hosts that failed alike on one port', () => {
    const attempts = [1, 2, 3, 4].map((host) => refusedAt(host, `10.0.0.${host}`, 22));
    const markdown = renderMarkdown(reportOf(attempts));
    expect(markdown).toContain('### 1. port `22` of 4 hosts');
    expect(markdown).toContain('Hosts: `10.0.0.1`, `10.0.0.2`, `10.0.0.3`, `10.0.0.4`.');
    expect(markdown).toContain('```text\ntcp.port == 22 && (');
  });

  test('does not join what failed for different reasons', () => {
    const attempts = [1, 2, 3, 4].map((port) => refusedAt(port, '10.0.0.5', port));
    const others = attempts.map((attempt, index) => (index < 2 ? attempt : { ...attempt, cause: 'middlebox-reset' }));
    expect(renderMarkdown(reportOf(others))).not.toContain('4 ports');
  });

  test('lists the attempts of a finding with their frames, folded', () => {
    const again = { ...refusedAttempt, id: 2, client: { address: '10.0.0.2', port: 7 } };
    const finding = { ...findingOf(refusedAttempt, 'x'), attempts: 2, clients: 2, attemptIds: [1, 2] };
    const markdown = renderMarkdown({ ...reportOf([refusedAttempt, again]), findings: [finding] });
    expect(markdown).toContain('<summary>Both attempts</summary>');
    expect(markdown).toContain('| 09:10:12.181938 | `10.0.0.2:7` | `10.0.0.5:5432` | 0.42 ms | 12, 13 |');
  });

  test('tells of attempts that did not fail, and of their notes, where they are listed', () => {
    const notes = [{ code: 'slow-handshake', text: 'The SYN was sent twice', frames: [40] }];
    const report = reportOf([refusedAttempt]);
    const markdown = renderMarkdown({ ...report, attempts: [...report.attempts, { ...establishedAttempt, notes }] });
    expect(markdown).toContain('<summary>Attempts that did not fail</summary>');
    expect(markdown).toContain('| established | `10.0.0.5:5432` (`db.lan`, postgresql) |  | 1 |');
    expect(markdown).toContain('- `10.0.0.5:5432` (`db.lan`, postgresql): The SYN was sent twice');
  });

  test('names a capture without its folders, and standard input as such', () => {
    const [capture] = emptyReport.captures;
    const named = (name: string) =>
      renderMarkdown({ ...failuresReport, captures: [{ ...capture, name }] } as Report).split('\n')[2];
    expect(named('/home/me/secret/web.pcap')).toMatch(/^`web\.pcap`,/);
    expect(named('C:\\captures\\web.pcap')).toMatch(/^`web\.pcap`,/);
    expect(named('-')).toMatch(/^`standard input`,/);
  });
});

describe('the size of the Markdown', () => {
  /** Findings that cannot be joined. */
  const many = Array.from({ length: 3000 }, (_, index) => refusedAt(index + 1, `10.${index % 200}.0.1`, index + 1));

  test('stays below what GitHub takes, and says what is left out', () => {
    const attempts = many.map((attempt) => ({
      ...attempt,
      cause: attempt.id % 2 === 0 ? 'port-closed' : 'middlebox-reset',
      server: { ...attempt.server, address: `10.9.${attempt.id >> 8}.${attempt.id & 255}` },
    }));
    const markdown = renderMarkdown(reportOf(attempts));
    expect(markdown.length).toBeLessThan(LIMIT);
    expect(markdown).toContain('<summary>48 more rows</summary>');
    expect(markdown).toContain('2,940 more findings are not in this table.');
    expect(markdown).toContain('2,992 more findings are left out here, to keep this short.');
  });

  test('stays below it whatever length and script the texts have', () => {
    const long = '\u30b5'.repeat(5000);
    const words = 'a\u30b5 '.repeat(5000);
    const text = (from: string) => ({ code: 'x', text: from, frames: [] });
    const attempts = many.slice(0, 60).map((attempt) => ({
      ...attempt,
      server: { ...attempt.server, name: long, service: words },
      evidence: [{ text: words, frames: [] }],
      notes: Array.from({ length: 20 }, () => text(words)),
      nextSteps: Array.from({ length: 20 }, () => words),
    }));
    const [capture] = emptyReport.captures;
    const report = {
      ...reportOf([...attempts, { ...establishedAttempt, id: 4000, notes: [text(words)] }]),
      captures: Array.from({ length: 50 }, () => ({
        ...capture,
        name: long,
        linkTypes: [long, long, long, long, long],
      })),
      observations: Array.from({ length: 100 }, () => text(words)),
      quality: { ...emptyReport.quality, warnings: Array.from({ length: 100 }, () => text(words)) },
    } as Report;
    const markdown = renderMarkdown(report, { command: words });
    expect(new TextEncoder().encode(markdown).length).toBeLessThan(LIMIT);
    expect(markdown).toMatch(/\d+ more findings are left out here/);
    expect(markdown).toMatch(/\d+ more observations are left out/);
    expect(markdown).toMatch(/\d+ more such sentences left out/);
  });
});

describe('the sequence diagram', () => {
  test('shows every SYN with how long its sender had waited, and the silence behind the last', () => {
    expect(drawSequence(silentAttempt)).toEqual([
      'sequenceDiagram',
      '    participant c as [2001:db8::1]:50001',
      '    participant s as [2001:db8:aaaa:bbbb:cccc:dddd:eeee:5]:443<br/>https',
      '    c-xs: SYN (frame 14)',
      '    c-xs: SYN (frame 15, again after 1.02 s)',
      '    c-xs: SYN (frame 18, again after 2.02 s)',
      '    c-xs: SYN (frame 21, again after 4.02 s)',
      '    Note over c,s: silence, no answer came',
    ]);
  });

  test('shows who sent an ICMP error, and that the SYN did not arrive', () => {
    expect(drawSequence(filteredAttempt).slice(1)).toEqual([
      '    participant c as 10.0.0.1:50002',
      '    participant r1 as 10.0.0.254',
      '    participant s as 10.0.9.9:22<br/>ssh',
      '    c-xs: SYN (frame 30)',
      '    r1-->>c: ICMP 3/13 communication prohibited (frame 31, after 3.1 ms)',
    ]);
  });

  test('lets the target itself send its ICMP errors', () => {
    const frames = filteredAttempt.frames.map((frame) =>
      frame.icmp === undefined ? frame : { ...frame, icmp: { ...frame.icmp, from: '10.0.9.9' } },
    );
    expect(drawSequence({ ...filteredAttempt, frames }).slice(3)).toEqual([
      '    c->>s: SYN (frame 30)',
      '    s-->>c: ICMP 3/13 communication prohibited (frame 31, after 3.1 ms)',
    ]);
  });

  test('says in whose name a reset came that something on the way made', () => {
    expect(drawSequence({ ...refusedAttempt, cause: 'middlebox-reset' }).at(-1)).toBe(
      '    s->>c: RST in the name of 10.0.0.5 (frame 13, after 0.42 ms)',
    );
  });

  test('draws the first and the last of many packets', async () => {
    const frames = Array.from({ length: 100 }, (_, index) => ({ frame: index + 1, kind: 'syn' as const, atMs: index }));
    const lines = drawSequence({ ...silentAttempt, frames });
    expect(lines).toHaveLength(3 + 14 + 2);
    expect(lines).toContain('    Note over c,s: 86 more packets');
    expect(await mermaid.parse(lines.join('\n'))).toMatchObject({ diagramType: 'sequence' });
  });

  test('gives senders of ICMP errors beyond a few one line together', async () => {
    const frames = Array.from({ length: 6 }, (_, index) => ({
      ...{ frame: index + 1, kind: 'icmp' as const, atMs: index },
      icmp: { version: 4 as const, type: 3, code: 1, from: `10.0.1.${index}` },
    }));
    const lines = drawSequence({ ...filteredAttempt, frames });
    expect(lines.filter((line) => line.includes('participant r'))).toHaveLength(4);
    expect(await mermaid.parse(lines.join('\n'))).toMatchObject({ diagramType: 'sequence' });
  });

  test.each(['end', 'a;b', 'a#b', 'x<br/>y', 'participant', '%%{init: {}}%%', 'a\nend', '-x', 'a.'])(
    'is Mermaid whatever a host is called, and shows names of hosts only: %j',
    async (name) => {
      const lines = drawSequence({ ...refusedAttempt, server: { ...refusedAttempt.server, name } });
      expect(lines).toHaveLength(5);
      expect(lines[2]?.includes(name)).toBe(/^[a-z]+$/.test(name));
      expect(await mermaid.parse(lines.join('\n'))).toMatchObject({ diagramType: 'sequence' });
    },
  );
});

describe('text within Markdown', () => {
  /** Everything that means something to Markdown, GitHub or GitLab, alone and next to each other. */
  const pieces = fc.constantFrom(
    ...['`', '``', '*', '_', '~~', '[', ']', '(', ')', '!', '<', '>', '&', '#', '|', '\\', '$', '@', ':', '-', '+'],
    ...['1.', '1)', '/', '=', '^', '{', '}', '"', "'", ',', ';', ' ', '\n', '\t', '\u202e', '\0', 'a', 'www.', '.org'],
    ...[
      'https://',
      '<b>',
      '</code>',
      '&lt;',
      ':tada:',
      '@everyone',
      'GH-1',
      '#1',
      '%',
      '::',
      '...',
      'word',
      '12345678',
    ],
  );
  const hostile = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
  /** Marks that none of these act upon where they stand alone. */
  const MARKS = /[`*_~[\]<>#|\\$@^{}=+]|(?<!\w)www\.\S|:\/\/|:\w+:|\d{7}|\0|\u202e/;

  test('reads well', () => {
    expect(prose('The RST of frame 6 acknowledges the SYN of frame 5 (3/13), after 0.048 ms.')).toBe(
      'The RST of frame 6 acknowledges the SYN of frame 5 (3/13), after 0.048 ms.',
    );
    expect(prose('On 10.0.0.5, `ss -ltn | grep x`: 127.0.0.1 or [::1]: "loopback" (listen()).')).toBe(
      'On `10.0.0.5`, `ss -ltn | grep x`: `127.0.0.1` or `[::1]`: "loopback" (`listen()`).',
    );
  });

  test('begins no list, also behind nothing in backquotes', () => {
    expect(prose('``1. first')).toBe('`1.` first');
    expect(prose('1.5 ms')).toBe('1.5 ms');
  });

  test('begins no link', () => {
    expect(prose('www.:: a-www.:: away.')).toBe('`www`.:: `a-www`.:: away.');
  });

  test('is nothing but words and code, whatever it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const markdown of [prose(text), `- ${prose(text)}`, code(text)]) {
          const read = readMarkdown(markdown);
          expect(read.tags.filter((tag) => !['<p>', '<code>', '<ul>', '<li>'].includes(tag))).toEqual([]);
          expect(read.prose).not.toMatch(MARKS);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('stays in its cell of a table', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const table = `| a | b | c |\n| --- | --- | --- |\n| ${cellCode(one)} | ${cellProse(other)} | last |\n`;
        const { html, prose: shown } = readMarkdown(table);
        expect(html.match(/<td>/g)).toHaveLength(3);
        expect(html).toContain('<td>last</td>');
        expect(shown).not.toMatch(MARKS);
      }),
      { numRuns: 1000 },
    );
  });
});
