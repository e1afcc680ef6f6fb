import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DnsMessage, readDns } from '../../src/decode/dns.js';
import { bytes, u16, u32, zeros } from '../build/layer.js';
import { A, AAAA, dnsMessage, latin1, NAME_ERROR, wireName } from '../build/names.js';
import { ethernet, icmp, ipv4, ipv6, udp } from '../build/packet.js';
import { decode } from './decoded.js';

/** Reads bytes that lie among others, which are no concern of the message. */
function read(content: Uint8Array, allSections = false): DnsMessage | undefined {
  const around = bytes(zeros(20).fill(1), content, zeros(20).fill(1));
  return readDns(new DataView(around.buffer), 20, 20 + content.length, allSections);
}

/** Header of a response with this many questions and answers. */
function header(questions: number, answers: number): Uint8Array {
  return bytes(u16(1), u16(0x8180), u16(questions), u16(answers), u16(0), u16(0));
}

const ADDRESS_RECORD = bytes(u16(A), u16(1), u32(60), u16(4), 10, 0, 0, 5);

describe('a datagram of DNS', () => {
  test('is known by its port, at either end', () => {
    const message = dnsMessage();
    for (const ports of [{ destinationPort: 53 }, { sourcePort: 53, destinationPort: 40_000 }]) {
      const { kind, frame } = decode(ethernet(ipv4(udp(ports, message))));
      expect(kind).toBe('dns');
      expect(frame).toMatchObject({ payloadOffset: 3 + 14 + 20 + 8, payloadBytes: message.length, tunnelDepth: 0 });
    }
    expect(decode(ethernet(ipv6(udp({ destinationPort: 5353 }, message)))).kind).toBe('dns');
    expect(decode(ethernet(ipv6(udp({ destinationPort: 5355 }, message)))).kind).toBe('dns');
    expect(decode(ethernet(ipv4(udp({ destinationPort: 54 }, message)))).kind).toBe('ip');
  });

  test('that an ICMP error quotes is none', () => {
    expect(decode(ethernet(ipv4(icmp(ipv4(udp({ destinationPort: 53 }, dnsMessage())))))).kind).toBe('ip');
  });
});

describe('a DNS message', () => {
  test('is a query with a question', () => {
    expect(read(dnsMessage({ id: 7, name: 'db.lan', type: AAAA }))).toEqual({
      id: 7,
      isResponse: false,
      isRecursionDesired: true,
      isTruncated: false,
      responseCode: 0,
      question: { name: 'db.lan', type: AAAA },
      answerCount: 0,
      records: [],
      isWhole: true,
    });
  });

  test('is an answer with addresses and aliases', () => {
    const records = [
      { alias: 'pg.lan' },
      { name: 'pg.lan', address: '10.0.0.5' },
      { name: 'pg.lan', address: 'fd00::5' },
    ];
    expect(read(dnsMessage({ isResponse: true, records }))?.records).toEqual([
      { name: 'db.lan', isAlias: true, value: 'pg.lan' },
      { name: 'pg.lan', isAlias: false, value: '10.0.0.5' },
      { name: 'pg.lan', isAlias: false, value: 'fd00::5' },
    ]);
  });

  test('says why there is none', () => {
    expect(read(dnsMessage({ isResponse: true, responseCode: NAME_ERROR }))?.responseCode).toBe(NAME_ERROR);
  });

  test('has names in lower case, in which a dot within a label stands out', () => {
    const question = (name: Uint8Array) => read(bytes(header(1, 0), name, u16(A), u16(1)))?.question?.name;
    expect(question(wireName('Db.LAN'))).toBe('db.lan');
    expect(question(bytes(5, latin1('a.b\\c'), 3, latin1('lan'), 0))).toBe('a\\.b\\\\c.lan');
    expect(question(bytes(2, 0xc3, 0xa4, 0))).toBe('ä');
    expect(question(bytes(3, 0x1b, 0x5b, 0x4a, 0))).toBe('\x1b[j');
    expect(question(bytes(0))).toBe('');
  });

  test('has labels of up to 63 bytes', () => {
    const label = bytes(63, zeros(63).fill(0x61));
    const question = (name: Uint8Array) => read(bytes(header(1, 0), name, u16(A), u16(1)))?.question?.name;
    expect(question(bytes(label, label, label, 61, zeros(61).fill(0x61), 0))).toHaveLength(253);
    expect(question(bytes(64, zeros(64).fill(0x61), 0))).toBeUndefined();
  });

  test('has further records only where they are asked for', () => {
    const message = dnsMessage({ isResponse: true, hasQuestion: false, additional: [{ address: '10.0.0.5' }] });
    expect(read(message)?.records).toEqual([]);
    expect(read(message, true)?.records).toEqual([{ name: 'db.lan', isAlias: false, value: '10.0.0.5' }]);
  });

  test('that was cut says what is there', () => {
    const whole = dnsMessage({ isResponse: true, records: [{ address: '10.0.0.5' }, { address: '10.0.0.6' }] });
    expect(read(whole)).toMatchObject({ isWhole: true });
    expect(read(whole.subarray(0, -1))).toMatchObject({
      isWhole: false,
      answerCount: 2,
      records: [{ value: '10.0.0.5' }],
    });
    expect(read(whole.subarray(0, 14))).toMatchObject({ question: undefined, answerCount: 2, isWhole: false });
    expect(read(whole.subarray(0, 11))).toBeUndefined();
  });

  test('of another operation is none', () => {
    const update = dnsMessage();
    update[2] |= 5 << 3;
    expect(read(update)).toBeUndefined();
  });
});

describe('a hostile DNS message', () => {
  test('with a pointer to itself, or forward, has no such name', () => {
    for (const pointer of [0xc00c, 0xc00d, 0xc0ff, 0xffff]) {
      expect(read(bytes(header(0, 1), u16(pointer), ADDRESS_RECORD))?.records).toEqual([]);
    }
    // Two that point at each other.
    expect(read(bytes(header(0, 2), u16(0xc01c), ADDRESS_RECORD, u16(0xc00c), ADDRESS_RECORD))?.records).toEqual([]);
  });

  test('with a label behind which a pointer leads into it again has no such name', () => {
    expect(read(bytes(header(0, 1), 1, latin1('a'), u16(0xc00c), ADDRESS_RECORD))?.records).toEqual([]);
  });

  test('with a name of more than 255 bytes has no such name', () => {
    const label = bytes(63, zeros(63).fill(0x61));
    const name = bytes(label, label, label, label, 0);
    expect(read(bytes(header(1, 0), name, u16(A), u16(1)))?.question).toBeUndefined();
  });

  test('is read as far as it is sensible, whatever it promises', () => {
    const promising = bytes(u32(0x00018180), zeros(8).fill(0xff));
    expect(read(promising)).toMatchObject({ isWhole: false });
    // 10,000 records, each with the longest name behind the longest chain of pointers.
    const labels = bytes(...Array.from({ length: 126 }, () => bytes(1, 0x61)), 0);
    const chain = bytes(
      ...Array.from({ length: 60 }, (_, index) => u16(0xc00c + (index === 0 ? 0 : 252 + 2 * index - 1))),
    );
    const record = bytes(u16(0xc00c + 252 + 119), ADDRESS_RECORD);
    const content = new Uint8Array(12 + labels.length + chain.length + 5000 * record.length);
    content.set(bytes(header(0, 5000), labels, chain));
    for (let at = 12 + labels.length + chain.length; at < content.length; at += record.length) content.set(record, at);
    expect(read(content)?.records.length).toBeLessThanOrEqual(512);
  });

  test('of any bytes is a message or none', () => {
    const message = fc.record({
      content: fc.uint8Array({ maxLength: 600 }),
      counts: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
      all: fc.boolean(),
    });
    fc.assert(
      fc.property(message, ({ content, counts, all }) => {
        const found = read(bytes(u16(1), u16(0x8180), ...counts.map(u16), content), all);
        expect(found?.records.every(({ name }) => name.length <= 1024)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (content) => void read(content, true)));
  });

  test('that was right before some bytes changed is a message or none', () => {
    const whole = dnsMessage({
      isResponse: true,
      records: [{ alias: 'pg.lan' }, { name: 'pg.lan', address: '10.0.0.5' }, { name: 'pg.lan', address: 'fd00::5' }],
    });
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(whole.length), (changes, length) => {
        const changed = whole.slice();
        for (const [at, value] of changes) changed[at] = value;
        const found = read(changed.subarray(0, length), true);
        for (const { isAlias, value } of found?.records ?? []) if (!isAlias) expect(value).toMatch(/^[\da-f.:]+$/);
      }),
    );
  });
});
