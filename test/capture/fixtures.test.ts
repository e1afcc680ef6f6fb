import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFormats } from '../build/make-formats.js';
import { fixturePath } from './read-all.js';

describe('the fixtures are what make-formats.ts makes', () => {
  for (const [name, bytes] of makeFormats()) {
    test(name, () => {
      const path = fixturePath(name);
      if (process.env.SYNWHY_WRITE_FIXTURES === '1') {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
      }
      expect(readFileSync(path).equals(bytes)).toBe(true);
    });
  }
});
