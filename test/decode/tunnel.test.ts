import { describe, expect, test } from 'vitest';
import { MAXIMUM_TUNNELS } from '../../src/decode/frame.js';
import { build, bytes, type Layer, zeros } from '../build/layer.js';
import { arp, ethernet, ipv4, ipv6, tcp, udp } from '../build/packet.js';
import { geneve, gre, gtp, l2tp, lisp, mpls, ppp, teredo, tzsp, vxlan } from '../build/tunnels.js';
import { decode, TUPLE_4, TUPLE_6 } from './decoded.js';

const INNER_4 = ipv4(tcp());
const INNER_6 = ipv6(tcp());
const FRAME_4 = ethernet({ source: '02:00:00:00:00:44' }, INNER_4);
const outer4 = (payload: Layer, fields = {}): Layer =>
  ethernet(ipv4({ source: '10.0.0.1', destination: '10.0.0.2', ...fields }, payload));
const outer6 = (payload: Layer, fields = {}): Layer => ethernet(ipv6({ source: 'fd00::1', ...fields }, payload));
const on = (destinationPort: number, payload: Layer): Layer => outer4(udp({ destinationPort }, payload));
const raw = (...parts: (number | Uint8Array)[]): Layer => ({ build: () => bytes(...parts) });

describe('a tunnel', () => {
  const tunnels: [string, Layer, string][] = [
    ['IPv4 in IPv4', outer4(INNER_4), TUPLE_4],
    ['IPv6 in IPv4', outer4(INNER_6), TUPLE_6],
    ['IPv4 in IPv6', outer6(INNER_4), TUPLE_4],
    ['IPv6 in IPv6', outer6(INNER_6), TUPLE_6],
    ['GRE', outer4(gre(INNER_4)), TUPLE_4],
    ['GRE with IPv6', outer4(gre(INNER_6)), TUPLE_6],
    ['GRE over IPv6', outer6(gre(INNER_6)), TUPLE_6],
    ['GRE with a checksum', outer4(gre({ checksum: true }, INNER_4)), TUPLE_4],
    ['GRE with a key', outer4(gre({ key: 5 }, INNER_4)), TUPLE_4],
    ['GRE with a sequence number', outer4(gre({ sequence: 5 }, INNER_4)), TUPLE_4],
    [
      'GRE with all of them and a route',
      outer4(gre({ checksum: true, routed: true, key: 5, sequence: 5 }, INNER_4)),
      TUPLE_4,
    ],
    ['GRE with Ethernet', outer4(gre({ key: 5 }, FRAME_4)), TUPLE_4],
    ['GRE with MPLS', outer4(gre(mpls(INNER_4))), TUPLE_4],
    ['GRE with PPP', outer4(gre({ version: 1, key: 5, sequence: 1 }, ppp(INNER_4))), TUPLE_4],
    ['GRE with redirected IPv4', outer4(gre({ protocol: 0x883e }, INNER_4)), TUPLE_4],
    ['GRE with redirected IPv4 and a header', outer4(gre({ protocol: 0x883e, header: zeros(4) }, INNER_4)), TUPLE_4],
    ['ERSPAN I', outer4(gre({ protocol: 0x88be }, FRAME_4)), TUPLE_4],
    ['ERSPAN II', outer4(gre({ protocol: 0x88be, sequence: 1, header: bytes(0x10, zeros(7)) }, FRAME_4)), TUPLE_4],
    ['ERSPAN III', outer4(gre({ protocol: 0x22eb, sequence: 1, header: bytes(0x20, zeros(11)) }, FRAME_4)), TUPLE_4],
    [
      'ERSPAN III with a subheader',
      outer4(gre({ protocol: 0x22eb, sequence: 1, header: bytes(0x20, zeros(10), 1, zeros(8)) }, FRAME_4)),
      TUPLE_4,
    ],
    ['VXLAN', on(4789, vxlan(FRAME_4)), TUPLE_4],
    ['VXLAN on the port of Linux', on(8472, vxlan(FRAME_4)), TUPLE_4],
    ['VXLAN with a group policy', on(4789, vxlan({ flags: 0x88 }, FRAME_4)), TUPLE_4],
    ['VXLAN from its port', outer4(udp({ sourcePort: 4789, destinationPort: 40_000 }, vxlan(FRAME_4))), TUPLE_4],
    ['VXLAN GPE with IPv4', on(4790, vxlan({ nextProtocol: 1 }, INNER_4)), TUPLE_4],
    ['VXLAN GPE with IPv6', on(4790, vxlan({ nextProtocol: 2 }, INNER_6)), TUPLE_6],
    ['VXLAN GPE with Ethernet', on(4790, vxlan({ nextProtocol: 3 }, FRAME_4)), TUPLE_4],
    ['VXLAN GPE with MPLS', on(4790, vxlan({ nextProtocol: 5 }, mpls(INNER_4))), TUPLE_4],
    ['Geneve', on(6081, geneve(FRAME_4)), TUPLE_4],
    ['Geneve with options', on(6081, geneve({ optionBytes: 12 }, FRAME_4)), TUPLE_4],
    ['Geneve with IPv6', on(6081, geneve(INNER_6)), TUPLE_6],
    ['GTP-U', on(2152, gtp(INNER_4)), TUPLE_4],
    ['GTP-U with IPv6', on(2152, gtp(INNER_6)), TUPLE_6],
    ['GTP-U with a sequence number', on(2152, gtp({ sequence: 4 }, INNER_4)), TUPLE_4],
    ['GTP-U with extensions', on(2152, gtp({ extensions: [bytes(1, 0, 0), bytes(2, zeros(6))] }, INNER_4)), TUPLE_4],
    ['Teredo', on(3544, teredo(INNER_6)), TUPLE_6],
    ['Teredo with its indications', on(3544, teredo({ authentication: true, origin: true }, INNER_6)), TUPLE_6],
    ['L2TP', on(1701, l2tp(ppp({ isFramed: true }, INNER_4))), TUPLE_4],
    ['L2TP with sequence numbers', on(1701, l2tp({ isNumbered: true }, ppp(INNER_4))), TUPLE_4],
    ['LISP', on(4341, lisp(INNER_4)), TUPLE_4],
    ['AYIYA', on(5072, raw(0x44, 0x52, 0x11, 41, zeros(4), zeros(16), zeros(20), build(INNER_6))), TUPLE_6],
    ['TZSP', on(37_008, tzsp(FRAME_4)), TUPLE_4],
    ['MPLS on UDP', on(6635, mpls(INNER_4)), TUPLE_4],
    ['MPLS in IP', outer4(mpls(INNER_4)), TUPLE_4],
    ['Ethernet in IP', outer4(raw(0x30, 0, build(FRAME_4)), { protocol: 97 }), TUPLE_4],
    ['Ethernet in IPv6', outer6(FRAME_4), TUPLE_4],
  ];
  test.each(tunnels)('of %s is followed to its TCP', (_, packet, tuple) => {
    const decoded = decode(packet);
    expect([decoded.kind, decoded.tuple, decoded.frame.tunnelDepth]).toEqual(['tcp', tuple, 1]);
  });

  test('has the MAC addresses, time to live and lengths of what is inside', () => {
    const inner = ethernet({ source: '02:00:00:00:00:44' }, ipv4({ timeToLive: 9 }, tcp({}, zeros(10))));
    const { linkSource, frame } = decode(on(4789, vxlan(inner)));
    expect([linkSource, frame.timeToLive, frame.payloadBytes]).toEqual(['02:00:00:00:00:44', 9, 10]);
  });

  test('of Ethernet carries ARP', () => {
    expect(decode(on(4789, vxlan(ethernet(arp())))).kind).toBe('neighbor-request');
  });

  test('that ends with its datagram has nothing behind it', () => {
    const packet = build(on(4789, vxlan(FRAME_4)));
    packet[14 + 20 + 5] = 8 + 8 + 14 + 20 + 10;
    expect(decode(packet).kind).toBe('tcp-header-cut');
  });

  test(`may hold others, up to ${MAXIMUM_TUNNELS}`, () => {
    const nested = (depth: number): Layer => (depth === 0 ? INNER_4 : ipv4(nested(depth - 1)));
    expect(decode(ethernet(nested(MAXIMUM_TUNNELS))).frame.tunnelDepth).toBe(MAXIMUM_TUNNELS);
    expect(decode(ethernet(nested(MAXIMUM_TUNNELS + 1))).kind).toBe('too-many-tunnels');
  });

  test.each([
    ['GRE of another version', outer4(gre({ version: 2 }, INNER_4)), 'bad-tunnel-header'],
    ['GRE without its payload', outer4(raw(0x20, 0, 8, 0), { protocol: 47 }), 'tunnel-header-cut'],
    ['GRE of three bytes', outer4(raw(0, 0, 8), { protocol: 47 }), 'tunnel-header-cut'],
    ['IPv4 that is none', outer4(raw(zeros(40)), { protocol: 4 }), 'bad-ip-header'],
  ])('of %s is not understood', (_, packet, reason) => {
    expect(decode(packet).kind).toBe(reason);
  });
});

describe('no tunnel, only a sign that its sender is alive,', () => {
  const dns = bytes(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, zeros(30));
  const packets: [string, Layer][] = [
    ...[1701, 2152, 3544, 4341, 4789, 4790, 5072, 6081, 8472, 37_008].map((sourcePort): [string, Layer] => [
      `is a DNS query from port ${sourcePort}`,
      outer4(udp({ sourcePort }, dns)),
    ]),
    ['is an empty datagram to the port of VXLAN', on(4789, raw())],
    ['is VXLAN without a network', on(4789, vxlan({ flags: 0 }, FRAME_4))],
    ['is a later version of Geneve', on(6081, raw(0x40, 0, 0x65, 0x58, zeros(4), build(FRAME_4)))],
    ['is a GTP-U echo', on(2152, gtp({ messageType: 1 }, INNER_4))],
    ['is a GTP-U extension of no length', on(2152, gtp({ extensions: [bytes(0, 0, 0)] }, INNER_4))],
    ['is an L2TP control message', on(1701, raw(0xc8, 2, zeros(40)))],
    ['is a GRE keepalive', outer4(raw(0, 0, 0, 0), { protocol: 47 })],
    ['is GRE with another protocol', outer4(gre({ protocol: 0x2000 }, raw(zeros(30))))],
    ['is a PPTP acknowledgement', outer4(gre({ version: 1, key: 5 }, ppp(INNER_4)))],
    ['is encrypted', outer4(raw(zeros(60)), { protocol: 50 })],
  ];
  test.each(packets)('%s', (_, packet) => {
    const { kind, source, frame } = decode(packet);
    expect([kind, source, frame.tunnelDepth]).toEqual(['ip', '10.0.0.1', 0]);
  });
});
