import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { schemaErrors } from '../report/schema.js';
import { both, established, folder, manyRefused, refused, synwhy, write } from './run.js';

beforeAll(() => {
  write('refused.pcap', refused);
  write('established.pcap', established);
  write('both.pcap', both);
});

function summaryOf(...words: string[]): Record<string, number> {
  return JSON.parse(synwhy([...words, '-F', 'json']).stdout).summary;
}

describe('synwhy on a capture', () => {
  test('prints what failed, why, and which frames show it', () => {
    const { status, stdout, stderr } = synwhy(['refused.pcap']);
    expect(stdout).toContain('1 handshake: 1 refused');
    expect(stdout).toContain('198.51.100.2:443 (https)');
    expect(stdout).toContain('Nothing listens on the port (port-closed');
    expect(stdout).toMatch(/frame 2/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('says it the same way with the word analyze before it, and with -r', () => {
    const { stdout } = synwhy(['refused.pcap']);
    expect(synwhy(['analyze', 'refused.pcap']).stdout).toBe(stdout);
    expect(synwhy(['-r', 'refused.pcap']).stdout).toBe(stdout);
  });

  test('reads standard input as -, and without any name', () => {
    for (const words of [['-'], []]) {
      const { status, stdout } = synwhy(words, { input: refused });
      expect(stdout).toContain('standard input: pcap, 2 packets');
      expect(stdout).toContain('1 refused');
      expect(status).toBe(0);
    }
  });

  test('is brief when nothing failed', () => {
    expect(synwhy(['established.pcap']).stdout.split('\n').slice(1)).toEqual(['1 handshake, established', '', '']);
  });

  test('reads several captures as one', () => {
    const { stdout, status } = synwhy(['refused.pcap', 'established.pcap']);
    expect(stdout).toContain('2 handshakes: 1 refused, 1 established');
    expect(status).toBe(0);
  });
});

describe('the format', () => {
  test('json fulfils the schema', () => {
    for (const words of [['both.pcap'], ['both.pcap', '--all']]) {
      expect(schemaErrors(JSON.parse(synwhy([...words, '--format=json']).stdout))).toEqual([]);
    }
  });

  test('of an output follows its name, and standard output stays empty', () => {
    const { stdout, status } = synwhy(['refused.pcap', '-o', 'out.json', '-o', 'out.txt']);
    expect([stdout, status]).toEqual(['', 0]);
    expect(readFileSync(join(folder, 'out.json'), 'utf8')).toBe(synwhy(['refused.pcap', '-F', 'json']).stdout);
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe(synwhy(['refused.pcap']).stdout);
  });

  test('html is one file that says how it was made', () => {
    const { status } = synwhy(['refused.pcap', '--port', '443', '-o', 'out.html']);
    expect(status).toBe(0);
    const html = readFileSync(join(folder, 'out.html'), 'utf8');
    expect(html).toMatch(/^<!DOCTYPE html>\n[\s\S]*<\/html>\n$/);
    expect(html).toContain('1 of 1 TCP handshake failed');
    expect(html).toContain('<code>synwhy refused.pcap --port 443 -o out.html</code>');
  });

  test('of one run may be written in several formats at once, whatever --fail-on says then', () => {
    const { status } = synwhy(['refused.pcap', '--fail-on', 'any', '-o', 'out.md', '-o', 'out.csv', '-o', 'out.json']);
    expect(status).toBe(1);
    const markdown = readFileSync(join(folder, 'out.md'), 'utf8');
    expect(markdown).toMatch(/^## The only TCP handshake failed\n/);
    expect(markdown).toContain('\nsynwhy refused.pcap --fail-on any -o out.md -o out.csv -o out.json\n');
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe(synwhy(['refused.pcap', '-F', 'csv']).stdout);
    expect(synwhy(['refused.pcap', '--format=markdown', '--host=192.0.2.1']).stdout).toContain(
      '\nsynwhy refused.pcap --format=markdown --host=192.0.2.1\n',
    );
  });

  test('is printed beside the outputs when it is asked for', () => {
    expect(synwhy(['refused.pcap', '-o', 'out.json', '-F', 'table']).stdout).toBe(synwhy(['refused.pcap']).stdout);
  });

  test('table takes the width from COLUMNS where there is no terminal', () => {
    const longest = (columns: string) => {
      const { stdout } = synwhy(['refused.pcap'], { environment: { COLUMNS: columns } });
      return Math.max(
        ...stdout
          .split('\n')
          .filter((line) => !/`|filter/.test(line))
          .map((line) => line.length),
      );
    };
    expect(longest('60')).toBeLessThanOrEqual(60);
    expect(longest('120')).toBeGreaterThan(60);
  });
});

describe('options', () => {
  test('--verbose draws every attempt as a ladder', () => {
    expect(synwhy(['refused.pcap', '-v']).stdout).toMatch(
      /0 ms \|-+ SYN -+>\| {2}frame 1\n +0\.42 ms \|<-+ RST -+\| {2}frame 2/,
    );
  });

  test('--all lists what did not fail too', () => {
    expect(synwhy(['both.pcap']).stdout).not.toMatch(/^\d {2}established/m);
    expect(synwhy(['both.pcap', '--all']).stdout).toMatch(/^2 {2}established/m);
  });

  test('-n leaves out names of services', () => {
    expect(synwhy(['refused.pcap', '-n']).stdout).not.toContain('https');
  });

  test('that select count only what they select', () => {
    expect(summaryOf('both.pcap')).toMatchObject({ attempts: 2, refused: 1, established: 1 });
    expect(summaryOf('both.pcap', '--outcome', 'refused')).toMatchObject({ attempts: 1, established: 0 });
    expect(summaryOf('both.pcap', '--cause', 'service-unstable')).toMatchObject({ attempts: 1, refused: 1 });
    expect(summaryOf('both.pcap', '--port', '50001,9')).toMatchObject({ attempts: 1, established: 1 });
    expect(summaryOf('both.pcap', '--host', '192.0.2.0/24')).toMatchObject({ attempts: 2 });
    expect(summaryOf('both.pcap', '--host', '192.0.2.9')).toMatchObject({ attempts: 0 });
    expect(summaryOf('both.pcap', '--since', '09:10:13')).toMatchObject({ attempts: 1, established: 1 });
    expect(summaryOf('both.pcap', '--until', '2026-11-20T10:10:12.5+01:00')).toMatchObject({ attempts: 1, refused: 1 });
  });

  test('that ask for attempts that did not fail list them without --all', () => {
    const { stdout } = synwhy(['both.pcap', '--outcome', 'established', '-F', 'json']);
    expect(JSON.parse(stdout).attempts).toHaveLength(1);
  });

  test('--fail-on tells by the exit status what was found', () => {
    expect(synwhy(['refused.pcap', '--fail-on', 'any']).status).toBe(1);
    expect(synwhy(['refused.pcap', '--fail-on', 'filtered,refused']).status).toBe(1);
    expect(synwhy(['refused.pcap', '--fail-on', 'timed-out']).status).toBe(0);
    expect(synwhy(['established.pcap', '--fail-on', 'any']).status).toBe(0);
  });

  test('--color and NO_COLOR decide where there is no terminal to ask', () => {
    const isColored = (words: string[], environment = {}) =>
      synwhy(['refused.pcap', ...words], { environment }).stdout.includes('\x1b[31m');
    expect(isColored([])).toBe(false);
    expect(isColored(['--color'])).toBe(true);
    expect(isColored(['--no-color'])).toBe(false);
    expect(isColored([], { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  });
});

test('a report of very many attempts is written whole', () => {
  write('many.pcap', manyRefused(5000));
  const report = JSON.parse(synwhy(['many.pcap', '-F', 'json']).stdout);
  expect(report.attempts).toHaveLength(5000);
  expect(report.findings).toHaveLength(1);
});
