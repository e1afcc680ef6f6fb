import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/errors.js';
import { recognizeCompression } from '../../src/capture/recognize.js';
import { join, pcapng } from '../build/container.js';
import { fixture, readAll } from './read-all.js';

/** The error that content ends in, however it is cut into chunks. */
function errorOf(content: string | Uint8Array, encoding: BufferEncoding = 'latin1'): CaptureError {
  const bytes = typeof content === 'string' ? new Uint8Array(Buffer.from(content, encoding)) : content;
  const errors = [[bytes.length || 1], [1], [7, 300]].map((sizes) => {
    try {
      readAll(bytes, sizes);
    } catch (error) {
      if (error instanceof CaptureError) return error;
      throw error;
    }
    throw new Error('it was read');
  });
  expect(new Set(errors.map((error) => `${error.code} ${error.message}`)).size).toBe(1);
  return errors[0];
}

const eventTrace = new Uint8Array(4096);
eventTrace.set([0, 0x10, 0, 0]);
eventTrace.set([2, 0, 2, 0xc0], 0x48);

const erfRecord = new Uint8Array(64);
erfRecord.set([0, 0, 0, 0, 0x40, 0x50, 0x60, 0x47, 2, 0, 0, 64, 0, 0, 0, 46]);

describe('what is no capture is told by what it looks like', () => {
  test.for<[looksLike: RegExp, code: string, content: string | Uint8Array]>([
    [/a text file\./, 'not-a-capture', 'Dear diary,\ntoday nothing would connect. Gr\xc3\xbc\xc3\x9fe\n'],
    [/\(\.har\)/, 'not-a-capture', ' {\n "log": { "version": "1.2", "creator": {}, "entries": [] } }'],
    [/a JSON file/, 'not-a-capture', '{"a": 1}'],
    [/as JSON/, 'unsupported-format', '[\n {\n "_index": "x",\n "_source": { "layers": {} } } ]'],
    [/PDML/, 'unsupported-format', '<?xml version="1.0"?>\n<pdml version="0">'],
    [/an XML file/, 'not-a-capture', '<?xml version="1.0"?>\n<a/>'],
    [/an HTML page/, 'not-a-capture', '<!DOCTYPE html><html><body>Sign in</body></html>'],
    [/a hex dump/, 'unsupported-format', '00000000  d4 c3 b2 a1 02 00 04 00  00 00 00 00 00 00 00 00  |....|\n'],
    [/what tcpdump prints/, 'unsupported-format', '12:34:56.789012 IP 10.0.0.1.5 > 10.0.0.2.80: Flags [S], seq 1\n'],
    [/event trace \(\.etl\)/, 'unsupported-format', eventTrace],
    [/ZIP/, 'unsupported-format', 'PK\x03\x04\x14\0'],
    [/xz/, 'unsupported-format', '\xfd7zXZ\0\0\0'],
    [/gzip/, 'unsupported-format', new Uint8Array(gzipSync('x'))],
    [/ELF/, 'not-a-capture', '\x7fELF\x02\x01\x01\0'],
    [/Network Monitor/, 'truncated-header', 'GMBU\0\x02\x01\0'],
    [/snoop/, 'truncated-header', 'snoop\0\0\0\0\0\0\x02'],
    [/NetXRay/, 'truncated-header', 'XCP\x00002.00'],
    [/DOS Sniffer/, 'unsupported-format', 'TRSNIFF data    \x1a'],
    [/OmniPeek/, 'unsupported-format', '\x7fver\0'],
    [/ERF/, 'unsupported-format', join(erfRecord, erfRecord)],
    [/nothing but zeros/, 'not-a-capture', new Uint8Array(5000)],
    [/not known here/, 'not-a-capture', '\x01\x02\x03\x04\xff\xfe\xfd'],
    [/not known here/, 'not-a-capture', '\x0a\x0a\x0a\xff\0'],
    [/a text file/, 'not-a-capture', '\n\r\r\n\n\n\n\n\n\n\n\n\n\nnot a pcapng\n'],
    [/without any text/, 'not-a-capture', '\n\n \n'],
  ])('%s', ([looksLike, code, content]) => {
    const error = errorOf(content);
    expect(error.message).toMatch(looksLike);
    expect(error.code).toBe(code);
  });

  test('an empty file', () => {
    expect(errorOf('')).toMatchObject({ code: 'empty', message: expect.stringContaining('pcap and pcapng') });
  });

  test('a text that is cut inside a character is a text', () => {
    expect(errorOf(`${'a'.repeat(1023)}äöü${'b'.repeat(100)}`, 'utf8').message).toMatch(/a text file/);
  });

  test.for([
    ['cut-in-the-file-header.pcap', 'truncated-header', /20 bytes/],
    ['cut-in-the-section-header.pcapng', 'truncated-header', /20 bytes/],
    ['version-9.pcap', 'unsupported-version', /version 9\.0/],
    ['version-9.pcapng', 'unsupported-version', /version 9\.0/],
  ] as const)('%s', ([name, code, message]) => {
    expect(errorOf(fixture(`hostile/${name}`))).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test.for(['Trying 10.0.0.1...\xff\xfd', 'COMMUNICATIONS TRACE'])(
    '%o may be a trace that Wireshark knows',
    (content) => {
      const { code, message } = errorOf(content);
      expect(code).toBe('not-a-capture');
      expect(message).toMatch(/If Wireshark opens it nevertheless, editcap FILE OUT\.pcapng converts it\.$/);
    },
  );

  test('nothing of the content is in the message', () => {
    const { message } = errorOf('\x1b[31mred\x1b[0m <script> '.repeat(9));
    expect(message).not.toContain('red');
    expect(message).not.toContain('\x1b');
  });
});

describe('a capture is recognised by its content', () => {
  test('a pcap whose header comes byte by byte', () => {
    expect(readAll(fixture('formats/nanoseconds-big-endian.pcap'), [1]).facts.format).toBe('pcap (nanoseconds)');
  });

  test('a pcapng of which there is only a section header', () => {
    expect(readAll(pcapng('big').section()).facts).toMatchObject({ format: 'pcapng', packets: 0, damages: [] });
  });

  test.for<[compression: 'gzip' | 'zstd' | undefined, bytes: readonly number[]]>([
    ['gzip', [0x1f, 0x8b, 8, 0]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['zstd', [0x5a, 0x2a, 0x4d, 0x18]],
    [undefined, [0xd4, 0xc3, 0xb2, 0xa1]],
    [undefined, []],
  ])('compression %s', ([compression, bytes]) => {
    expect(recognizeCompression(Uint8Array.from(bytes))).toBe(compression);
  });
});
