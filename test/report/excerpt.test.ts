import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planExcerpt } from '../../src/report/excerpt.js';
import { pcapng } from '../build/container.js';
import { clientSays, httpRequest, resolved } from '../build/names.js';
import {
  arpReply,
  arpRequest,
  captureOf,
  dataElsewhere,
  elsewhere,
  handshake,
  rst,
  type Step,
  silence,
  syn,
} from '../build/scenario.js';
import { readAll } from '../capture/read-all.js';
import { needsTool } from '../tools.js';
import { capturesToTry, excerptOf, folder, verdictsOf } from './excerpts.js';

const CAPTURES = capturesToTry();
const PATIENCE_MS = 240_000;

let count = 0;

function write(bytes: Uint8Array): string {
  const path = join(folder, `capture-${count++}`);
  writeFileSync(path, bytes);
  return path;
}

const excerptOfSteps = async (steps: readonly Step[], options: Parameters<typeof excerptOf>[1] = {}) =>
  (await excerptOf(write(captureOf(steps)), { all: false, ...options }))!;

/** A host that nobody has trouble with, busy for a minute. */
const OTHERS: readonly Step[] = Array.from({ length: 600 }, (_, index) =>
  index % 2 === 0 ? elsewhere({ at: 100 * index }) : dataElsewhere({ at: 100 * index }),
);

const REFUSED: readonly Step[] = [syn({ at: 30_000 }), rst({ at: 30_001 })];
const inOrder = (steps: readonly Step[]) => [...steps].sort((one, other) => one.at - other.at);

describe('an excerpt', () => {
  test('shows what the whole capture shows: every fixture, listing all attempts or failures only', {
    timeout: PATIENCE_MS,
  }, async () => {
    let attempts = 0;
    for (const all of [true, false]) {
      for (const path of CAPTURES) {
        const excerpt = await excerptOf(path, { all });
        if (excerpt === undefined) continue;
        const found = new Set(verdictsOf(excerpt.again));
        expect(
          verdictsOf(excerpt.report).filter((verdict) => !found.has(verdict)),
          path,
        ).toEqual([]);
        expect(excerpt.different, path).toBe(0);
        attempts += excerpt.report.attempts.length;
      }
    }
    expect(attempts).toBeGreaterThan(400);
  });

  test('holds few packets of what did not fail', async () => {
    const { packets, again, report } = await excerptOfSteps(inOrder([...OTHERS, ...REFUSED]));
    expect(report.captures[0].packets).toBe(602);
    expect(packets).toBeLessThan(15);
    expect(verdictsOf(again)).toEqual(verdictsOf(report));
  });

  test('holds nothing at all where nothing failed', async () => {
    const { packets, bytes } = await excerptOfSteps([...handshake({ at: 0 }), ...OTHERS]);
    expect(packets).toBe(0);
    expect(readAll(bytes).facts.comments[0].text).toContain('0 attempts to connect');
  });

  test('keeps the silence: the capture went on behind the last SYN', async () => {
    const { report, again } = await excerptOfSteps(inOrder([...silence({ at: 0 }), ...OTHERS]));
    expect(report.attempts[0].outcome).toBe('timed-out');
    expect(verdictsOf(again)).toEqual(verdictsOf(report));
  });

  test('keeps a clock that did not jump from seeming to', async () => {
    const hours = Array.from({ length: 100 }, (_, index) => dataElsewhere({ at: 600_000 * index }));
    const { again, packets } = await excerptOfSteps(
      inOrder([...hours, ...REFUSED, syn({ at: 50_000_000, clientPort: 50_009 })]),
    );
    expect(again.quality.warnings.map(({ code }) => code)).not.toContain('clock-jump');
    expect(packets).toBeLessThan(60);
  });

  test('says on each packet that decides what it shows, with its number in the original', async () => {
    const { bytes, report } = await excerptOfSteps(inOrder([...OTHERS, ...REFUSED]));
    const { comments } = readAll(bytes).facts;
    const [{ evidence, frames }] = report.attempts;
    const texts = comments.filter(({ packet }) => packet > 0).map(({ text }) => text);
    expect(texts.length).toBeGreaterThanOrEqual(2);
    for (const { frame } of frames) expect(texts.join('\n')).toContain(`Frame ${frame} of the original. `);
    expect(texts.join('\n')).toContain(evidence[0].text);
    expect(comments[0]).toMatchObject({ packet: 0 });
    expect(comments[0].text).toContain('1 attempt to connect');
    expect(comments[0].text).toContain('port-closed');
  });

  test('has the times to the nanosecond, the interfaces and the directions of the capture', async () => {
    const { section, interface: describe, packet } = pcapng('little');
    const [first, second] = readAll(captureOf(REFUSED)).packets;
    const timeOf = (ns: bigint) => ns;
    const capture = write(
      Buffer.concat([
        section(),
        describe({ linkType: 101 }),
        describe({
          options: [
            [2, 'eth7'],
            [3, 'uplink'],
            [9, Uint8Array.of(9)],
            [11, '\0tcp'],
          ],
        }),
        packet({
          interfaceId: 1,
          bytes: Buffer.from(first.bytes, 'hex'),
          time: timeOf(1_795_166_412_000_000_007n),
          options: [[2, Uint8Array.of(2, 0, 0, 0)]],
        }),
        packet({
          interfaceId: 1,
          bytes: Buffer.from(second.bytes, 'hex'),
          time: timeOf(1_795_166_412_000_420_011n),
          options: [[2, Uint8Array.of(1, 0, 0, 0)]],
        }),
      ]),
    );
    const { packets, facts } = readAll((await excerptOf(capture))!.bytes);
    expect(packets.map(({ epochNs, direction }) => [epochNs, direction])).toEqual([
      [1_795_166_412_000_000_007n, 2],
      [1_795_166_412_000_420_011n, 1],
    ]);
    expect(facts.interfaces).toEqual([
      { linkType: 1, snapLength: 262_144, name: 'eth7', description: 'uplink', filter: 'tcp' },
    ]);
  });

  test('tells of a large group the first and the last attempts, and that the others are left out', {
    timeout: PATIENCE_MS,
  }, async () => {
    const many = Array.from({ length: 1000 }, (_, index): Step[] => [
      syn({ at: 20 * index, clientPort: 10_000 + index }),
      rst({ at: 20 * index + 1, clientPort: 10_000 + index }),
    ]).flat();
    const { report, packets, bytes, different } = await excerptOfSteps(many);
    expect(report.attempts).toHaveLength(1000);
    const { attempts, omitted } = planExcerpt(report);
    expect([attempts.length, omitted.length]).toEqual([200, 800]);
    expect(different).toBe(0);
    expect(packets).toBeLessThan(450);
    expect(readAll(bytes).facts.comments[0].text).toContain('800 are left out');
  });

  test('shows no control characters of a name in its comments', async () => {
    const name = 'db\u001b]0;owned\u0007.example';
    const address = '192.0.2.1';
    const steps = [...resolved({ at: 0, name, records: [{ name, address }] }), ...silence({ at: 10, server: address })];
    const { comments } = readAll((await excerptOfSteps([...steps, dataElsewhere({ at: 30_000 })])).bytes).facts;
    expect(comments.map(({ text }) => text).join()).toContain('owned');
    for (const { text } of comments) expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('of a flood stays small, also where most of it is no finding', async () => {
    const flood = Array.from({ length: 5000 }, (_, index): Step[] => {
      const fields = { at: index / 10, client: `10.${index >> 8}.${index & 0xff}.9` };
      return index % 2 === 0 ? [syn(fields)] : [syn(fields), rst({ ...fields, at: fields.at + 0.05 })];
    }).flat();
    const { packets, report } = await excerptOfSteps(flood);
    expect(report.summary.refused).toBe(2500);
    expect(packets).toBeLessThan(700);
  });

  test('has headers only, but DNS whole; or all of it where that is asked for', async () => {
    const steps = [
      ...resolved({ at: 0, name: 'db.example', records: [{ name: 'db.example', address: '192.0.2.1' }] }),
      arpRequest({ at: 5 }),
      arpReply({ at: 6 }),
      ...handshake({ at: 10 }),
      clientSays({ at: 20 }, httpRequest('db.example')),
    ];
    const original = readAll(captureOf(steps)).packets;
    const cut = await excerptOfSteps(steps, { all: true });
    const full = await excerptOfSteps(steps, { all: true, limit: 'full' });
    const said = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').includes('User-Agent');
    expect([said(cut.bytes), said(full.bytes)]).toEqual([false, true]);
    for (const { bytes, originalBytes } of readAll(full.bytes).packets) {
      expect(original.some((packet) => packet.bytes === bytes && packet.originalBytes === originalBytes)).toBe(true);
    }
    const lengths = readAll(cut.bytes).packets.map(({ originalBytes }) => originalBytes);
    expect(lengths).toEqual(readAll(full.bytes).packets.map(({ originalBytes }) => originalBytes));
  });

  test(
    'is read by tshark and capinfos without a word of complaint',
    (context) => {
      needsTool(context, 'tshark');
      return (async () => {
        for (const path of CAPTURES.filter((_path, index) => index % 30 === 0)) {
          const excerpt = await excerptOf(path);
          if (excerpt === undefined) continue;
          const shown = spawnSync('tshark', ['-r', excerpt.path, '-T', 'fields', '-e', 'frame.number'], {
            encoding: 'utf8',
          });
          expect(
            shown.stdout.split('\n').filter((line) => line !== ''),
            path,
          ).toHaveLength(excerpt.packets);
          expect(shown.stderr.replace(/^Running as user .*\n/, ''), path).toBe('');
          const about = spawnSync('capinfos', ['-c', '-M', excerpt.path], { encoding: 'utf8' });
          expect(about.stderr, path).toBe('');
          expect(about.stdout).toMatch(new RegExp(`Number of packets: +${excerpt.packets}\\n`));
        }
      })();
    },
    PATIENCE_MS,
  );
});
