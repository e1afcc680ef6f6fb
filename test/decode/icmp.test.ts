import { describe, expect, test } from 'vitest';
import { ACK, SYN } from '../../src/decode/frame.js';
import { build, bytes, type Layer, u16, zeros } from '../build/layer.js';
import { CLIENT, ethernet, hopByHop, icmp, icmpv6, ipv4, ipv6, type TcpFields, tcp, udp } from '../build/packet.js';
import { gre, vlan, vxlan } from '../build/tunnels.js';
import { decode, TUPLE_4, TUPLE_6 } from './decoded.js';

const ROUTER = '203.0.113.254';
const ROUTER_6 = '2001:db8:ffff::1';
const SYN_FIELDS: TcpFields = { flags: SYN, sequence: 0x89abcdef, acknowledgement: 0 };

function error(quoted: Layer | Uint8Array, fields: { quotedBytes?: number; type?: number; code?: number } = {}): Layer {
  return ethernet(ipv4({ source: ROUTER, destination: CLIENT.ipv4, timeToLive: 61 }, icmp(fields, quoted)));
}

function error6(
  quoted: Layer | Uint8Array,
  fields: { quotedBytes?: number; type?: number; code?: number } = {},
): Layer {
  return ethernet(ipv6({ source: ROUTER_6, destination: CLIENT.ipv6, hopLimit: 61 }, icmpv6(fields, quoted)));
}

describe('an ICMP error', () => {
  test('tells the segment that it quotes, and who sent it', () => {
    const decoded = decode(error(ipv4({ timeToLive: 1, identification: 99 }, tcp(SYN_FIELDS)), { type: 3, code: 13 }));
    expect([decoded.kind, decoded.tuple]).toEqual(['icmp-error', TUPLE_4]);
    expect([decoded.errorSource, decoded.errorDestination]).toEqual([ROUTER, CLIENT.ipv4]);
    expect(decoded.frame).toMatchObject({
      ...SYN_FIELDS,
      icmpType: 3,
      icmpCode: 13,
      timeToLive: 1,
      ipId: 99,
      errorTimeToLive: 61,
      tunnelDepth: 0,
    });
  });

  test('may quote no more than ports and sequence number', () => {
    const { kind, tuple, frame } = decode(error(ipv4(tcp(SYN_FIELDS)), { quotedBytes: 28 }));
    expect([kind, tuple]).toEqual(['icmp-error', TUPLE_4]);
    expect(frame).toMatchObject({ sequence: 0x89abcdef, acknowledgement: 0, flags: -1, window: -1, optionsBytes: 0 });
  });

  test('may pad such a quotation with zeros', () => {
    const quoted = bytes(build(ipv4(tcp(SYN_FIELDS))).subarray(0, 28), zeros(100));
    expect(decode(error(quoted)).frame).toMatchObject({ kind: 2, sequence: 0x89abcdef, flags: -1 });
  });

  test('has the flags, window and options that it quotes', () => {
    const quoted = ipv4(tcp({ flags: SYN | ACK, window: 5, options: bytes(2, 4, 5, 180, 4, 2) }));
    expect(decode(error(quoted, { quotedBytes: 34 })).frame).toMatchObject({ flags: SYN | ACK, window: -1 });
    expect(decode(error(quoted, { quotedBytes: 44 })).frame).toMatchObject({ window: 5, optionsBytes: 4 });
  });

  test.each([3, 4, 5, 11, 12])('of type %i counts', (type) => {
    expect(decode(error(ipv4(tcp()), { type })).kind).toBe('icmp-error');
  });

  test.each([0, 8, 13])('is none with type %i, which only shows its sender alive', (type) => {
    const { kind, source } = decode(error(ipv4(tcp()), { type }));
    expect([kind, source]).toEqual(['ip', ROUTER]);
  });

  test('is understood when the quoted lengths and flags are in host byte order', () => {
    const quoted = build(ipv4(tcp(SYN_FIELDS)));
    const swapped = bytes(quoted.subarray(0, 2), 40, 0, quoted.subarray(4, 6), 0, 0x40, quoted.subarray(8));
    const { kind, tuple, frame } = decode(error(swapped));
    expect([kind, tuple, frame.isFragment]).toEqual(['icmp-error', TUPLE_4, false]);
  });

  test.each([1, 20, 21, 0xffff])('is understood when the quoted total length is %i', (totalLength) => {
    const { kind, frame } = decode(error(ipv4({ totalLength }, tcp(SYN_FIELDS))));
    expect([kind, frame.flags]).toEqual(['icmp-error', SYN]);
  });

  test('that quotes a tunnelled segment is about that segment', () => {
    const tunnelled = ipv4({ source: '10.0.0.1', destination: '10.0.0.2' }, gre(ipv4(tcp(SYN_FIELDS))));
    const { kind, tuple, frame } = decode(error(tunnelled));
    expect([kind, tuple, frame.tunnelDepth]).toEqual(['icmp-error', TUPLE_4, 1]);
  });

  test('keeps its own MAC addresses when it quotes others', () => {
    const inner = ethernet({ source: '02:00:00:00:00:77' }, ipv4(tcp()));
    const { kind, linkSource } = decode(error(ipv4(udp({ destinationPort: 4789 }, vxlan(inner)))));
    expect([kind, linkSource]).toEqual(['icmp-error', CLIENT.mac]);
  });

  test('in a tunnel is about the segment that it quotes', () => {
    const { kind, tuple, errorSource, frame } = decode(
      ethernet(vlan(ipv4(gre(ipv4({ source: ROUTER }, icmp(ipv4(tcp()))))))),
    );
    expect([kind, tuple, errorSource, frame.tunnelDepth]).toEqual(['icmp-error', TUPLE_4, ROUTER, 1]);
  });

  const withoutTcp: [string, Layer | Uint8Array, number | undefined][] = [
    ['a datagram', ipv4(udp()), undefined],
    ['a tunnel whose segment is cut off', ipv4(gre(ipv4(tcp()))), 20 + 4 + 20 + 7],
    ['seven bytes of TCP', ipv4(tcp()), 27],
    ['half an IP header', ipv4(tcp()), 10],
    ['nothing', bytes(), undefined],
    ['no IP packet', zeros(40), undefined],
    ['a later fragment', ipv4({ fragmentOffset: 1480, protocol: 6 }, zeros(40)), undefined],
    ['another error', ipv4(icmp(ipv4(tcp()))), undefined],
  ];
  test.each(withoutTcp)('that quotes %s only shows its sender alive', (_, quoted, quotedBytes) => {
    const { kind, source, destination, frame } = decode(
      error(quoted, quotedBytes === undefined ? {} : { quotedBytes }),
    );
    expect([kind, source, destination]).toEqual(['ip', ROUTER, CLIENT.ipv4]);
    expect(frame).toMatchObject({ timeToLive: 61, ipVersion: 4, tunnelDepth: 0, isFragment: false });
  });
});

describe('an ICMPv6 error', () => {
  test('tells the segment that it quotes, and who sent it', () => {
    const decoded = decode(error6(ipv6({ flowLabel: 7 }, tcp(SYN_FIELDS)), { type: 1, code: 3 }));
    expect([decoded.kind, decoded.tuple]).toEqual(['icmp-error', TUPLE_6]);
    expect([decoded.errorSource, decoded.errorDestination]).toEqual([ROUTER_6, CLIENT.ipv6]);
    expect(decoded.frame).toMatchObject({ ...SYN_FIELDS, icmpType: 1, icmpCode: 3, flowLabel: 7, errorTimeToLive: 61 });
  });

  test.each([1, 2, 3, 4])('of type %i counts', (type) => {
    expect(decode(error6(ipv6(tcp()), { type })).kind).toBe('icmp-error');
  });

  test.each([0, 5, 128, 129, 130])('is none with type %i, which only shows its sender alive', (type) => {
    const { kind, source } = decode(error6(ipv6(tcp()), { type }));
    expect([kind, source]).toEqual(['ip', ROUTER_6]);
  });

  test('may quote a packet with extension headers, cut to eight bytes of TCP', () => {
    const { kind, tuple, frame } = decode(error6(ipv6(hopByHop(tcp(SYN_FIELDS))), { quotedBytes: 40 + 8 + 8 }));
    expect([kind, tuple, frame.flags]).toEqual(['icmp-error', TUPLE_6, -1]);
  });

  test('that quotes a datagram only shows its sender alive', () => {
    const { kind, source, frame } = decode(error6(ipv6({ flowLabel: 9 }, udp())));
    expect([kind, source, frame.timeToLive, frame.flowLabel]).toEqual(['ip', ROUTER_6, 61, 0]);
  });

  test('may quote a wrong payload length', () => {
    expect(decode(error6(ipv6({ payloadLength: 3 }, tcp(SYN_FIELDS)))).frame.flags).toBe(SYN);
  });
});

test('an ICMP message that is cut only shows its sender alive', () => {
  expect(decode(error(ipv4(tcp())), { capturedBytes: 14 + 20 + 7 }).kind).toBe('ip');
  expect(decode(ethernet({ etherType: 0x0800 }, ipv4({ protocol: 1 }, u16(0x0303)))).kind).toBe('ip');
});
