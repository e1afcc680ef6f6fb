import { describe, expect, test } from 'vitest';
import { ACK, CWR, FIN, SYN } from '../../src/decode/frame.js';
import { readTcpOptions, TcpOptions } from '../../src/decode/tcp-options.js';
import { bytes, u16, zeros } from '../build/layer.js';
import { ethernet, ipv4, ipv6, packetOf, type TcpFields, tcp, tcpOptions } from '../build/packet.js';
import { decode, TUPLE_4 } from './decoded.js';

const ETHERNET_AND_IPV4_BYTES = 34;

function segment(fields: TcpFields = {}, payload?: Uint8Array) {
  return ethernet(ipv4(tcp(fields, payload)));
}

describe('a TCP segment', () => {
  test('is told with all the fields of its header', () => {
    const flags = SYN | ACK | CWR;
    const fields = { sequence: 0xfffffffe, acknowledgement: 0x80000001, flags, window: 0xffff };
    const { kind, tuple, frame } = decode(segment(fields, zeros(100)));
    expect([kind, tuple]).toEqual(['tcp', TUPLE_4]);
    expect(frame).toMatchObject({ ...fields, payloadBytes: 100, optionsBytes: 0 });
  });

  test('may be cut behind its flags', () => {
    const { kind, frame } = decode(segment({ flags: FIN }), { capturedBytes: ETHERNET_AND_IPV4_BYTES + 14 });
    expect(kind).toBe('tcp');
    expect(frame).toMatchObject({ flags: FIN, sequence: 1000, window: -1, payloadBytes: 0 });
  });

  test('is not understood when it is cut before its flags', () => {
    expect(decode(segment(), { capturedBytes: ETHERNET_AND_IPV4_BYTES + 13 }).kind).toBe('tcp-header-cut');
  });

  test('has its whole payload by the lengths, however little was captured of it', () => {
    const { frame } = decode(segment({}, zeros(1000)), { capturedBytes: 60 });
    expect(frame.payloadBytes).toBe(1000);
  });

  test('has only the options that were captured', () => {
    const options = tcpOptions({ maximumSegmentSize: 1460, sackPermitted: true, timestamps: [1, 2], windowScale: 7 });
    const { frame } = decode(segment({ options }), { capturedBytes: ETHERNET_AND_IPV4_BYTES + 20 + 5 });
    expect(frame.optionsBytes).toBe(5);
    expect(frame.optionsOffset).toBe(packetOf(segment()).offset + ETHERNET_AND_IPV4_BYTES + 20);
  });

  test('with a data offset below five is not understood', () => {
    expect(decode(segment({ dataOffset: 4 })).kind).toBe('bad-tcp-header');
  });

  test('with a data offset beyond its end has no payload', () => {
    const { kind, frame } = decode(segment({ dataOffset: 15 }));
    expect(kind).toBe('tcp');
    expect(Object.is(frame.payloadBytes, 0)).toBe(true);
    expect(frame.optionsBytes).toBe(0);
  });

  test('does not take the padding of a short Ethernet frame for payload or options', () => {
    const packet = bytes(segment({ dataOffset: 6 }).build(), zeros(6));
    const { frame } = decode(packet);
    expect([frame.payloadBytes, frame.optionsBytes]).toEqual([0, 0]);
  });
});

describe('TCP options', () => {
  function read(...parts: (number | Uint8Array)[]): TcpOptions {
    const content = bytes(...parts);
    const around = bytes(0xaa, content, 2, 4, 0xbb, 0xbb);
    const options = new TcpOptions();
    for (const field of Object.keys(options)) Reflect.set(options, field, 77);
    readTcpOptions(new DataView(around.buffer), 1, content.length, options);
    return options;
  }

  test('of a SYN are read', () => {
    const syn = tcpOptions({
      maximumSegmentSize: 1460,
      sackPermitted: true,
      timestamps: [0xf0000000, 5],
      windowScale: 7,
    });
    expect(read(syn)).toMatchObject({
      maximumSegmentSize: 1460,
      sackPermitted: true,
      hasTimestamp: true,
      timestampValue: 0xf0000000,
      timestampEcho: 5,
      windowScale: 7,
      fastOpen: -1,
      mptcp: false,
      authenticated: false,
    });
  });

  test('that are not there are -1 and false', () => {
    expect(read()).toEqual({ ...new TcpOptions(), fingerprint: expect.any(Number) });
  });

  test('ask for a Fast Open cookie or bring one, also with the experimental number', () => {
    expect(read(34, 2).fastOpen).toBe(0);
    expect(read(34, 10, zeros(8)).fastOpen).toBe(8);
    expect(read(254, 4, u16(0xf989)).fastOpen).toBe(0);
    expect(read(254, 8, u16(0xf989), zeros(4)).fastOpen).toBe(4);
    expect(read(254, 4, u16(0x1234)).fastOpen).toBe(-1);
  });

  test('show multipath TCP and signatures', () => {
    expect(read(30, 4, 0, 1).mptcp).toBe(true);
    expect(read(19, 18, zeros(16)).authenticated).toBe(true);
    expect(read(29, 16, zeros(14)).authenticated).toBe(true);
  });

  test('of the wrong length are passed over, and what follows is read', () => {
    const options = read(2, 3, 1, 3, 2, 8, 4, 1, 2, 4, 2);
    expect(options).toMatchObject({
      maximumSegmentSize: -1,
      windowScale: -1,
      hasTimestamp: false,
      sackPermitted: true,
    });
  });

  test.each([
    ['ends', [2, 4, 5, 180, 0, 4, 2]],
    ['has a length of 0', [2, 4, 5, 180, 8, 0, 4, 2]],
    ['has a length of 1', [2, 4, 5, 180, 8, 1, 4, 2]],
    ['reaches beyond the end', [2, 4, 5, 180, 99, 200, 4, 2]],
    ['is cut behind its kind', [2, 4, 5, 180, 3]],
  ])('count up to where the list %s', (_, list) => {
    expect(read(...list)).toMatchObject({ maximumSegmentSize: 1460, sackPermitted: false, windowScale: -1 });
  });

  test('in another order have another fingerprint, with other values the same', () => {
    const first = read(2, 4, 5, 180, 4, 2).fingerprint;
    expect(read(2, 4, 5, 0, 4, 2).fingerprint).toBe(first);
    expect(read(4, 2, 2, 4, 5, 180).fingerprint).not.toBe(first);
    expect(read(2, 4, 5, 180, 1, 4, 2).fingerprint).not.toBe(first);
  });
});

test('a segment over IPv6 is told like one over IPv4', () => {
  const { kind, frame } = decode(ethernet(ipv6({ flowLabel: 0xabcde }, tcp({ flags: SYN }, zeros(9)))));
  expect(kind).toBe('tcp');
  expect(frame).toMatchObject({ ipVersion: 6, flags: SYN, payloadBytes: 9, flowLabel: 0xabcde, ipId: -1 });
});
