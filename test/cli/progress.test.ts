import { expect, test } from 'vitest';
import { describeProgress, Rate } from '../../src/cli/progress.js';
import { needsTool } from '../tools.js';
import { refused, shell, write } from './run.js';

const BAR_SECONDS = 1.6;

test('progress tells bytes, their rate, and the time that is left', () => {
  expect(describeProgress(400e6, 800e6, 200e6)).toBe(
    'reading [==========          ] 50 %, 400 of 800 MB, 200 MB/s, 2 s left',
  );
  expect(describeProgress(0, 100e9, 100e6)).toContain('0 of 100000 MB, 100 MB/s, 16 min 40 s left');
  expect(describeProgress(0, 10e12, 1e9)).toContain('2 h 46 min left');
});

test('progress towards an end that nobody knows tells what was read', () => {
  expect(describeProgress(400e6, undefined, 200e6)).toBe('reading: 400 MB, 200 MB/s');
});

test('progress of files that have grown meanwhile, or of nothing at all, stays within its bounds', () => {
  expect(describeProgress(900e6, 800e6, 200e6)).toContain('[====================] 100 %, 900 of 800 MB');
  expect(describeProgress(0, 0, 0)).toBe('reading [====================] 100 %, 0 of 0 MB, 0 MB/s');
});

test('the rate follows what is read of late', () => {
  const rate = new Rate(0);
  rate.add(100e6, 1000);
  expect(rate.bytesPerSecond).toBe(100e6);
  for (let second = 2; second < 20; second++) rate.add(100e6 + (second - 1) * 10e6, second * 1000);
  expect(rate.bytesPerSecond).toBeGreaterThan(10e6);
  expect(rate.bytesPerSecond).toBeLessThan(11e6);
});

test('progress is drawn on a terminal only, after a second, and not with --quiet', (context) => {
  needsTool(context, 'script');
  write('refused.pcap', refused);
  const slow = `(head -c 60 refused.pcap; sleep ${BAR_SECONDS}; tail -c +61 refused.pcap)`;
  const atTerminal = (line: string) => shell(`script -qec "${line}" /dev/null < /dev/null`).stdout;
  expect(atTerminal(`${slow} | $SYNWHY -`)).toContain('reading: 0 MB, 0 MB/s');
  expect(atTerminal(`${slow} | $SYNWHY -q -`)).not.toContain('reading');
  expect(atTerminal('$SYNWHY refused.pcap')).not.toContain('reading');
  expect(shell(`${slow} | $SYNWHY -`).stderr).toBe('');
});
