import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../tools.js';
import { synwhy } from './run.js';

describe('wrong usage is told in one sentence, and the exit status is 2', () => {
  test.each([
    [['--hots', 'x'], 'there is no option --hots; did you mean --host?'],
    [['-x', 'a.pcap'], 'there is no option -x'],
    [['a.pcap', '--outcome', 'refuse'], "there is no outcome 'refuse'; did you mean refused?"],
    [['a.pcap', '--outcome', 'timedout'], "there is no outcome 'timedout'; did you mean timed-out?"],
    [['a.pcap', '--cause', 'port-close'], "there is no cause 'port-close'; did you mean port-closed?"],
    [['a.pcap', '--cause', 'gremlins'], "there is no cause 'gremlins'; synwhy explain lists them"],
    [
      ['a.pcap', '-F', 'jsn'],
      'there is no format jsn, only table, json, ndjson, markdown, html and csv; did you mean json?',
    ],
    [
      ['a.pcap', '-o', 'out.xml'],
      'the name of the output says its format: out.xml should end in .json, .ndjson, .md, .html, .csv, .txt or .pcapng',
    ],
    [['a.pcap', '-o'], '-o needs a value after it'],
    [['a.pcap', '--port', '70000'], "--port takes a number up to 65535, not '70000'"],
    [
      ['a.pcap', '--host', '10.0.0.0/40'],
      "--host takes an address, a network such as 10.0.0.0/8 or a name, not '10.0.0.0/40'",
    ],
    [['a.pcap', '--since', 'noon'], "--since takes a time such as 2026-11-20T09:10:00Z or 09:10:00, not 'noon'"],
    [['a.pcap', '--since', '2026-11-20', '--until', '2026-11-19'], '--since is later than --until'],
    [['a.pcap', '--since', '9:00', '--since', '10:00'], '--since can be given only once'],
    [
      ['a.pcap', '--outcome', 'filtered', '--cause', 'port-closed'],
      '--cause port-closed contradicts --outcome: its outcome is refused',
    ],
    [
      ['a.pcap', '--outcome', 'established', '--fail-on', 'refused'],
      '--fail-on refused can find nothing with --outcome established',
    ],
    [['a.pcap', '--fail-on', 'all'], "--fail-on takes any, or outcomes such as refused,filtered, not 'all'"],
    [['a.pcap', '--limit-payload', 'full'], '--limit-payload is about the excerpt: name one, as in -o evidence.pcapng'],
    [['a.pcap', '--max-pending', '0'], "--max-pending takes a number of attempts from 1 to 16777216, not '0'"],
    [['a.pcap', '--max-pending', '1e6'], "--max-pending takes a number of attempts from 1 to 16777216, not '1e6'"],
    [
      ['a.pcap', '-o', 'e.pcapng', '--limit-payload', 'ful'],
      "--limit-payload takes headers or full, not 'ful'; did you mean full?",
    ],
    [
      ['a.pcap', '-o', 'e.pcapng', '--limit-payload', 'full', '--anonymize'],
      '--anonymize cuts off all payload: --limit-payload full contradicts it',
    ],
    [['a.pcap', '--anonymize-mac'], '--anonymize-mac goes further than --anonymize: give that as well'],
    [['-', '-'], "standard input ('-') can be read only once"],
    [[''], 'the name of a capture is empty'],
    [
      ['explain', 'port-close'],
      "'port-close' is neither a cause, a note nor an error of connect(); did you mean port-closed?",
    ],
    [['explain', '--verbose'], 'there is no option --verbose'],
    [['explain', '--hlep'], 'there is no option --hlep; did you mean --help?'],
  ])('%j', (words, message) => {
    const { status, stdout, stderr } = synwhy(words);
    expect(stderr).toBe(`synwhy: ${message}\n`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('help', () => {
  test('names every option that there is, and nothing that does not exist yet', () => {
    const { status, stdout } = synwhy(['--help']);
    for (const option of ['--format', '--output', '--read', '--host', '--port', '--outcome', '--cause', '--since']) {
      expect(stdout).toContain(option);
    }
    for (const option of ['--until', '--all', '--verbose', '-n ', '--fail-on', '--no-color', '--quiet', '--version']) {
      expect(stdout).toContain(option);
    }
    expect(status).toBe(0);
  });

  test.each(['60', '80', '99', '100'])('tells no types of values where a line is full, in %s columns', (COLUMNS) => {
    const { stdout } = synwhy(['--help'], { environment: { COLUMNS } });
    expect(stdout).not.toMatch(/\[string\]|\[boolean\]/);
    expect(stdout).not.toContain('\n\n      --');
  });

  test('is there for explain too', () => {
    expect(synwhy(['explain', '-h']).stdout).toContain('synwhy explain ERROR');
  });
});

test('--version prints the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8'));
  expect(synwhy(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});
