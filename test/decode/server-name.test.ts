import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readServerName } from '../../src/decode/server-name.js';
import { bytes, zeros } from '../build/layer.js';
import { clientHello, httpRequest, latin1 } from '../build/names.js';

/** Reads bytes that lie among others, which are no concern of the client. */
function read(content: Uint8Array): string | undefined {
  const around = bytes(zeros(9).fill(1), content, latin1('Host: beyond.example\r\n\r\n'));
  return readServerName(new DataView(around.buffer), 9, 9 + content.length);
}

describe('a TLS handshake', () => {
  test('names the server that the client asks for', () => {
    expect(read(clientHello('shop.example'))).toBe('shop.example');
    expect(read(clientHello('Shop.Example'))).toBe('shop.example');
  });

  test('without a server name gives none', () => {
    expect(read(clientHello())).toBeUndefined();
  });

  test('that was cut gives the whole name or none', () => {
    const hello = clientHello('shop.example');
    for (let length = 0; length < hello.length; length++) expect(read(hello.subarray(0, length))).toBeUndefined();
  });

  test('with an address, or with what is no name, gives none', () => {
    for (const name of ['10.0.0.5', 'a b', 'a\x1b[2J', 'a\0b', '', '-a', `${'a'.repeat(300)}.lan`, '.']) {
      expect(read(clientHello(name))).toBeUndefined();
    }
  });
});

describe('an HTTP request', () => {
  test('names its host, with or without a port', () => {
    expect(read(httpRequest('shop.example'))).toBe('shop.example');
    expect(read(httpRequest('shop.example:8080'))).toBe('shop.example');
    expect(read(latin1('POST /a?b=c HTTP/1.0\r\nhOST:shop.example\r\n\r\n'))).toBe('shop.example');
  });

  test('to a proxy names a server behind it, not the one that was connected to', () => {
    expect(read(httpRequest('shop.example', 'http://shop.example/'))).toBeUndefined();
    expect(read(latin1('CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example\r\n\r\n'))).toBeUndefined();
  });

  test('says nothing in its body, nor where it was cut', () => {
    expect(read(latin1('POST / HTTP/1.1\r\nA: b\r\n\r\nx\r\nHost: shop.example\r\n'))).toBeUndefined();
    expect(read(latin1('GET / HTTP/1.1\r\nHost: shop.exa'))).toBeUndefined();
    expect(read(httpRequest('10.0.0.5'))).toBeUndefined();
    expect(read(httpRequest('[fd00::5]:80'))).toBeUndefined();
  });
});

test('any first data has a name or none', () => {
  const start = fc.constantFrom(
    bytes(),
    bytes(22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3),
    latin1('GET / HTTP/1.1\r\nHost:'),
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 400 }), (front, content) => {
      expect(read(bytes(front, content)) ?? 'none').toMatch(/^[a-z\d_.-]{1,253}$/);
    }),
  );
});
