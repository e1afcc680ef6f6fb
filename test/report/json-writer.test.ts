import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeJsonForTerminal } from '../../src/report/escape.js';
import { JsonLayout, writeJson } from '../../src/report/json-writer.js';

describe('the JSON writer', () => {
  test('writes what JSON.stringify writes, made safe to print', () => {
    const values = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(values, (value) => {
        const indented = escapeJsonForTerminal(JSON.stringify(value, undefined, 2));
        expect(writeJson(value, null, JsonLayout.indented)).toBe(indented);
        expect(writeJson(value, null, JsonLayout.inOneLine)).toBe(escapeJsonForTerminal(JSON.stringify(value)));
      }),
    );
  });

  test('leaves out fields without a value, and has null for what is no number', () => {
    const value = { a: undefined, b: Number.NaN, c: { d: undefined } };
    expect(writeJson(value, { a: null, b: null }, JsonLayout.inOneLine)).toBe('{"b":null,"c":{}}');
  });

  test('has fields in order, also within lists, and others behind them', () => {
    const order = { list: { a: null, b: null }, last: null };
    const value = { more: { b: 1, a: 2 }, last: 0, list: [{ c: 3, b: 4, a: 5 }] };
    const text = '{"list":[{"a":5,"b":4,"c":3}],"last":0,"more":{"b":1,"a":2}}';
    expect(writeJson(value, order, JsonLayout.inOneLine)).toBe(text);
  });
});
