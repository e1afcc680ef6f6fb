/**
 * What people are told about each labelled capture, as it is printed: <situation>.golden.txt beside it.
 * After a change that is meant, renew them and read the difference as a network engineer would:
 *
 *     npx vitest run --config test/vitest.config.ts test/report/golden -u
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { serviceName } from '../../src/report/service-names.js';
import { renderTable } from '../../src/report/table.js';
import { readLabels } from '../lab/labels.js';

/** `synwhy <capture> --all -v --no-color`, 100 columns wide. */
function printed(name: string, content: Uint8Array, compression?: string): string {
  const analyzer = new Analyzer({ all: true, serviceName: serviceName });
  const input = analyzer.addCapture(name, compression);
  input.push(content);
  input.end();
  return renderTable(analyzer.finish(), { width: 100, verbose: true });
}

describe('what is printed about a capture stays what somebody has read', () => {
  for (const { situation, folder, path, label } of readLabels()) {
    test(situation, async () => {
      const content = readFileSync(path);
      const text = path.endsWith('.gz')
        ? printed(label.capture, gunzipSync(content), 'gzip')
        : printed(label.capture, content);
      await expect(text).toMatchFileSnapshot(join(folder, '..', `${situation}.golden.txt`));
    });
  }
});
