import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAll } from '../capture/read-all.js';
import { repositoryRoot } from '../tools.js';
import { both, folder, refused, shell, synwhy, write } from './run.js';

const SILENT = join(repositoryRoot(), 'fixtures/causes/port-dropped/other-port-resets-and-ping-replies.pcap');

const excerptIn = (name: string) => readAll(readFileSync(join(folder, name)));

/** Outcomes, causes and ports of all attempts that the command lists. */
function verdicts(...words: string[]) {
  const { stdout, stderr } = synwhy([...words, '-F', 'json']);
  expect(stderr).toBe('');
  const { attempts } = JSON.parse(stdout);
  return attempts.map(({ outcome, cause, confidence, client, server }: Record<string, Record<string, unknown>>) => {
    return [outcome, cause, confidence, client.port, server.port];
  });
}

describe('-o evidence.pcapng', () => {
  test('writes the packets of what failed, and synwhy says the same of them', () => {
    write('both.pcap', both);
    expect(synwhy(['both.pcap', '-o', 'evidence.pcapng'])).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(verdicts('evidence.pcapng')).toEqual(verdicts('both.pcap'));
    expect(excerptIn('evidence.pcapng').facts.comments[0].text).toContain('of both.pcap');
  });

  test('can be written beside other results, and be printed as nothing', () => {
    write('both.pcap', both);
    const { stdout, stderr } = synwhy(['both.pcap', '-o', 'beside.pcapng', '-o', 'beside.json', '-F', 'table']);
    expect(stderr).toBe('');
    expect(stdout).toContain('refused');
    expect([existsSync(join(folder, 'beside.pcapng')), existsSync(join(folder, 'beside.json'))]).toEqual([true, true]);
  });

  test('is written of standard input too, and what was kept of that for it is gone', () => {
    const { status, stderr } = synwhy(['-', '-o', 'piped.pcapng'], { input: both, environment: { TMPDIR: folder } });
    expect([status, stderr]).toEqual([0, '']);
    write('both.pcap', both);
    expect(verdicts('piped.pcapng')).toEqual(verdicts('both.pcap'));
    expect(readdirSync(folder).filter((name) => name.startsWith('synwhy-'))).toEqual([]);
  });

  test('is written of compressed captures and of pipes', () => {
    write('both.pcap', both);
    const { stderr } = shell('gzip -k -f both.pcap && $SYNWHY both.pcap.gz <(cat both.pcap) -o several.pcapng');
    expect(stderr).toBe('');
    expect(excerptIn('several.pcapng').facts.interfaces).toHaveLength(2);
    expect(excerptIn('several.pcapng').facts.comments[0].text).toContain('of 2 captures');
  });

  test('never takes the place of the capture itself', () => {
    write('itself.pcapng', refused);
    const { status, stderr } = synwhy(['itself.pcapng', '-o', 'itself.pcapng']);
    expect(stderr).toBe("synwhy: itself.pcapng can't be written: it is the capture itself\n");
    expect(status).toBe(3);
    expect(readFileSync(join(folder, 'itself.pcapng'))).toEqual(Buffer.from(refused));
  });

  test('holds what was selected', () => {
    write('both.pcap', both);
    synwhy(['both.pcap', '--port', '1', '-o', 'none.pcapng']);
    expect(excerptIn('none.pcapng').packets).toEqual([]);
  });
});

describe('--anonymize', () => {
  test('replaces the same in every output of one run', () => {
    const { stdout } = synwhy([SILENT, '--anonymize', '-F', 'json', '-o', 'a.pcapng', '-o', 'a.txt']);
    const { attempts, captures } = JSON.parse(stdout);
    const { address } = attempts[0].client;
    expect(address).toMatch(/^10\./);
    expect(address).not.toBe('10.1.0.2');
    expect(captures[0].name).toBe('capture-1');
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toContain(address);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).not.toContain('10.1.0.2');
    const { stdout: again } = synwhy(['a.pcapng', '-F', 'json']);
    expect(
      JSON.parse(again).attempts.map((attempt: { client: { address: string } }) => attempt.client.address),
    ).toEqual(attempts.map((attempt: { client: { address: string } }) => attempt.client.address));
  });

  test('says the same with the same key, and takes no capture for a key', () => {
    const addressWith = (...words: string[]) =>
      JSON.parse(synwhy([...words, '-F', 'json']).stdout).attempts[0].client.address;
    expect(addressWith('--anonymize=one', SILENT)).toBe(addressWith('--anonymize=one', SILENT));
    expect(addressWith('--anonymize=one', SILENT)).not.toBe(addressWith('--anonymize=two', SILENT));
    expect(addressWith('--anonymize', SILENT)).not.toBe(addressWith('--anonymize', SILENT));
  });

  test('finds what --host asks for by its real address or network', () => {
    const found = (host: string) =>
      JSON.parse(synwhy([SILENT, '--anonymize', '--host', host, '-F', 'json']).stdout).attempts;
    expect(found('192.168.2.2')).toHaveLength(2);
    expect(found('192.168.0.0/16')).toHaveLength(2);
    expect(found('192.168.2.3')).toHaveLength(0);
  });

  test('keeps the verdicts', () => {
    expect(verdicts(SILENT, '--anonymize')).toEqual(verdicts(SILENT));
  });
});
