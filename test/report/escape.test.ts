import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeAllStrings, escapeForTerminal, escapeJsonForTerminal } from '../../src/report/escape.js';

describe('text from a capture', () => {
  test('cannot send escape sequences to a terminal', () => {
    expect(escapeForTerminal('a\x1b[2Jb\u009b2Jc\r\n')).toBe('a\\x1b[2Jb\\x9b2Jc\\x0d\\x0a');
  });

  test('cannot turn the reading direction round or hide characters', () => {
    expect(escapeForTerminal('lan\u202Egnp.\u2066\u200b\u2028')).toBe('lan\\u202egnp.\\u2066\\u200b\\u2028');
    expect(escapeForTerminal('\u{e0041}')).toBe('\\u{e0041}');
  });

  test('keeps letters of every language', () => {
    expect(escapeForTerminal('Zürich-サーバー-сервер')).toBe('Zürich-サーバー-сервер');
  });

  test('is cut where it is longer than anything that means something', () => {
    expect(escapeForTerminal('x'.repeat(100_000)).length).toBeLessThan(3000);
  });

  test('is escaped however deep it lies, in keys too', () => {
    expect(escapeAllStrings({ a: ['\x07'], '\x1b': { b: '\x7f', c: 1, d: null } })).toEqual({
      a: ['\\x07'],
      '\\x1b': { b: '\\x7f', c: 1, d: null },
    });
  });

  test('never leaves a control character, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\p{Cf}]/u.test(escapeForTerminal(text))));
  });
});

describe('JSON text', () => {
  test('means the same after it was made safe to print', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = escapeJsonForTerminal(JSON.stringify({ text }, undefined, 2));
        expect(JSON.parse(safe)).toEqual({ text });
        expect(safe.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
