import { describe, expect, test } from 'vitest';
import { SYN } from '../../src/decode/frame.js';
import { bytes, zeros } from '../build/layer.js';
import {
  authenticationHeader,
  destinationOptions,
  ethernet,
  extension,
  fragment,
  hopByHop,
  ipv4,
  ipv6,
  sourceRoute,
  tcp,
  udp,
} from '../build/packet.js';
import { decode, TUPLE_4, TUPLE_6 } from './decoded.js';

describe('an IPv4 packet', () => {
  test('tells its time to live and identification', () => {
    const { frame } = decode(ethernet(ipv4({ timeToLive: 57, identification: 0xbeef }, tcp())));
    expect(frame).toMatchObject({ ipVersion: 4, timeToLive: 57, ipId: 0xbeef, flowLabel: -1, isFragment: false });
  });

  test('may have options', () => {
    expect(decode(ethernet(ipv4({ options: zeros(40) }, tcp()))).tuple).toBe(TUPLE_4);
  });

  test('with another protocol only shows that its source is alive', () => {
    const { kind, source } = decode(ethernet(ipv4(udp())));
    expect([kind, source]).toEqual(['ip', '192.0.2.1']);
  });

  test('is told from its first fragment', () => {
    const { kind, tuple, frame } = decode(ethernet(ipv4({ moreFragments: true }, tcp({}, zeros(8)))));
    expect([kind, tuple]).toEqual(['tcp', TUPLE_4]);
    expect(frame).toMatchObject({ isFragment: true, payloadBytes: 8 });
  });

  test('has no TCP header in a later fragment', () => {
    const { kind, frame } = decode(ethernet(ipv4({ fragmentOffset: 1480, protocol: 6 }, zeros(64))));
    expect([kind, frame.isFragment]).toEqual(['ip', true]);
  });

  test('with a total length of 0 reaches to the end of the packet as sent, not as captured', () => {
    const whole = ethernet(ipv4({ totalLength: 0 }, tcp({}, zeros(5000))));
    expect(decode(whole, { capturedBytes: 100 }).frame.payloadBytes).toBe(5000);
  });

  test('with a total length beyond the packet has the payload that it claims', () => {
    expect(decode(ethernet(ipv4({ totalLength: 1500 }, tcp()))).frame.payloadBytes).toBe(1460);
  });

  test.each([
    ['a total length within its header', ipv4({ totalLength: 19 }, tcp()), 'bad-ip-header'],
    ['a header length below five', bytes(0x44, zeros(39)), 'bad-ip-header'],
    ['version 5', bytes(0x55, zeros(39)), 'bad-ip-header'],
    ['a total length within the TCP header', ipv4({ totalLength: 30 }, tcp()), 'tcp-header-cut'],
  ])('with %s is not understood', (_, payload, reason) => {
    expect(decode(ethernet({ etherType: 0x0800 }, payload)).kind).toBe(reason);
  });

  test.each([
    [14 + 19, 'ip-header-cut'],
    [14 + 22, 'tcp-header-cut'],
  ])('of which %i bytes were captured is not understood', (capturedBytes, reason) => {
    expect(decode(ethernet(ipv4({ options: zeros(4) }, tcp())), { capturedBytes }).kind).toBe(reason);
  });

  test('shows its source alive even when all of its payload is cut', () => {
    expect(decode(ethernet(ipv4(udp())), { capturedBytes: 14 + 20 }).kind).toBe('ip');
  });

  test('with an authentication header is read behind it', () => {
    const { tuple, frame } = decode(ethernet(ipv4(authenticationHeader(tcp()))));
    expect([tuple, frame.tunnelDepth]).toEqual([TUPLE_4, 0]);
  });
});

describe('an IPv6 packet', () => {
  test('is read behind all its extension headers', () => {
    const chain = hopByHop(destinationOptions(fragment({}, authenticationHeader(extension(140, zeros(6), tcp())))));
    const { kind, tuple, frame } = decode(ethernet(ipv6({ hopLimit: 3 }, chain)));
    expect([kind, tuple]).toEqual(['tcp', TUPLE_6]);
    expect(frame).toMatchObject({ timeToLive: 3, payloadBytes: 0, isFragment: false });
  });

  test('is told from its first fragment, and a later one only shows its source alive', () => {
    expect(decode(ethernet(ipv6(fragment({ more: true }, tcp())))).frame).toMatchObject({ kind: 1, isFragment: true });
    const later = fragment({ offset: 1448, protocol: 6 }, zeros(64));
    expect(decode(ethernet(ipv6(later))).kind).toBe('ip');
  });

  test('on a source route is addressed to its final destination', () => {
    const route = { segmentsLeft: 1, addresses: ['2001:db8::7', '2001:db8::8'] };
    expect(decode(ethernet(ipv6(sourceRoute(route, tcp())))).destination).toBe('2001:db8::8');
    expect(decode(ethernet(ipv6(sourceRoute({ ...route, segmentsLeft: 0 }, tcp())))).destination).toBe('2001:db8::2');
  });

  test('on a segment route is addressed to the first segment of the list', () => {
    const segments = bytes(4, 1, 1, 0, zeros(2), zeros(15), 9, zeros(15), 8);
    expect(decode(ethernet(ipv6(extension(43, segments, tcp())))).destination).toBe('::9');
  });

  test('with a payload length of 0 reaches to the end of the packet', () => {
    expect(decode(ethernet(ipv6({ payloadLength: 0 }, tcp({}, zeros(900))))).frame.payloadBytes).toBe(900);
  });

  test('whose extension headers are cut is not understood', () => {
    expect(decode(ethernet(ipv6(hopByHop(tcp()))), { capturedBytes: 14 + 40 + 7 }).kind).toBe('ip-header-cut');
  });

  test('whose extension header claims more than there is, is not understood', () => {
    const tooLong = bytes(6, 255, zeros(6));
    expect(decode(ethernet(ipv6({ nextHeader: 60 }, tooLong))).kind).toBe('tcp-header-cut');
  });

  test('that is encrypted only shows its source alive', () => {
    expect(decode(ethernet(ipv6({ nextHeader: 50 }, zeros(40)))).kind).toBe('ip');
  });
});

test('a SYN decoded after an IPv6 packet has no flow label left', () => {
  expect(decode(ethernet(ipv4(tcp({ flags: SYN })))).frame.flowLabel).toBe(-1);
});
