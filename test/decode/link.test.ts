import { describe, expect, test } from 'vitest';
import { DIRECTION_INBOUND, DIRECTION_OUTBOUND } from '../../src/capture/format.js';
import { PASSAGE_OVERHEARD, PASSAGE_RECEIVED, PASSAGE_SENT, PASSAGE_UNKNOWN } from '../../src/decode/frame.js';
import { linkTypeName } from '../../src/decode/packet.js';
import { build, bytes, type Layer, u16, zeros } from '../build/layer.js';
import * as links from '../build/links.js';
import { arp, CLIENT, ethernet, ipv4, ipv6, SERVER, tcp } from '../build/packet.js';
import { backboneTag, gre, macsec, mpls, ppp, pppoe, vlan } from '../build/tunnels.js';
import { decode, TUPLE_4, TUPLE_6 } from './decoded.js';

const PACKET_4 = ipv4(tcp());
const PACKET_6 = ipv6(tcp());
/** A header that only its length matters of, around an EtherType. */
const raw = (...parts: (number | Uint8Array)[]): Layer => ({ build: () => bytes(...parts) });

describe('Ethernet', () => {
  test('tells both MAC addresses', () => {
    const { linkSource, linkDestination } = decode(ethernet(PACKET_4));
    expect([linkSource, linkDestination]).toEqual([CLIENT.mac, SERVER.mac]);
  });

  const carriers: [string, Layer, number][] = [
    ['IPv4', ethernet(PACKET_4), 0],
    ['a VLAN tag', ethernet(vlan(PACKET_4)), 0],
    ['a service tag and a VLAN tag', ethernet(vlan({ tagType: 0x88a8 }, vlan(PACKET_4))), 0],
    ['five old tags', ethernet([1, 2, 3, 4, 5].reduce((inner) => vlan({ tagType: 0x9100 }, inner), PACKET_4)), 0],
    ['a length and SNAP', ethernet({ etherType: 48 }, links.snap(PACKET_4)), 0],
    ['a length and an IP access point', ethernet({ etherType: 43 }, bytes(6, 6, 3, build(PACKET_4))), 0],
    ['a tag, a length and SNAP', ethernet(vlan({ etherType: 48 }, links.snap(PACKET_4))), 0],
    ['a bridge tunnel', ethernet({ etherType: 48 }, links.snap({ organization: 0xf8 }, PACKET_4)), 0],
    ['MPLS', ethernet(mpls(PACKET_4)), 0],
    ['three MPLS labels', ethernet(mpls(mpls(mpls(PACKET_4)))), 0],
    ['an MPLS pseudowire with a control word', ethernet(mpls({ controlWord: true }, ethernet(PACKET_4))), 1],
    ['an MPLS pseudowire without', ethernet(mpls(ethernet({ destination: '00:11:22:33:44:55' }, PACKET_4))), 1],
    ['PPPoE', ethernet(pppoe(ppp(PACKET_4))), 0],
    ['PPPoE with a protocol of one byte', ethernet(pppoe(ppp({ isCompressed: true }, PACKET_4))), 0],
    ['a provider backbone', ethernet(backboneTag(ethernet(PACKET_4))), 1],
    ['FabricPath', ethernet({ etherType: 0x8903 }, bytes(0, 1, build(ethernet(PACKET_4)))), 1],
    ['MAC security without encryption', ethernet(macsec(PACKET_4)), 0],
    ['a VN tag', ethernet({ etherType: 0x8926 }, bytes(zeros(4), 8, 0, build(PACKET_4))), 0],
    ['a security group tag', ethernet({ etherType: 0x8909 }, bytes(zeros(6), 8, 0, build(PACKET_4))), 0],
    ['an inter-switch link', raw(1, 0, 0x0c, 0, 0, 0, zeros(6), u16(74), zeros(12), build(ethernet(PACKET_4))), 1],
  ];
  test.each(carriers)('with %s carries TCP', (_, packet, depth) => {
    const { kind, tuple, frame } = decode(packet);
    expect([kind, tuple, frame.tunnelDepth]).toEqual(['tcp', TUPLE_4, depth]);
  });

  test('with another type says nothing', () => {
    expect(decode(ethernet({ etherType: 0x88cc }, zeros(40))).kind).toBe('other');
    expect(decode(ethernet({ etherType: 40 }, bytes(0x42, 0x42, 3, zeros(40)))).kind).toBe('other');
  });

  test.each([
    ['encrypted by MAC security', ethernet(macsec({ isEncrypted: true }, PACKET_4)), 'encrypted-macsec'],
    [
      'of another version of PPPoE',
      ethernet({ etherType: 0x8864 }, bytes(0x22, 0, 0, 1, 0, 40, zeros(40))),
      'bad-link-header',
    ],
    ['nested too deep', nested(20), 'too-many-tunnels'],
  ])('%s is not understood', (_, packet, reason) => {
    expect(decode(packet).kind).toBe(reason);
  });

  test.each([
    [ethernet(PACKET_4), 13],
    [ethernet(vlan(PACKET_4)), 14],
    [ethernet(vlan(PACKET_4)), 17],
    [ethernet(mpls(PACKET_4)), 14 + 3],
    [ethernet(mpls(PACKET_4)), 14 + 4],
    [ethernet(pppoe(ppp(PACKET_4))), 14 + 5],
    [ethernet(pppoe(ppp(PACKET_4))), 14 + 7],
    [ethernet(macsec(PACKET_4)), 14],
    [ethernet({ etherType: 48 }, links.snap(PACKET_4)), 14 + 7],
  ])('cut within its headers is not understood (%#)', (packet, capturedBytes) => {
    expect(decode(packet, { capturedBytes }).kind).toBe('link-header-cut');
  });

  function nested(depth: number): Layer {
    return depth === 0 ? ethernet(PACKET_4) : ethernet(backboneTag(nested(depth - 1)));
  }
});

describe('the link type', () => {
  const { linuxCooked, linuxCooked2, loopback, wlan, snap } = links;
  const wifi = wlan(snap(PACKET_4));
  const others: [string, number, Layer][] = [
    ['raw', 101, PACKET_4],
    ['raw as most systems number it', 12, PACKET_4],
    ['raw as OpenBSD numbers it', 14, PACKET_4],
    ['IPv4', 228, PACKET_4],
    ['cooked', 113, linuxCooked(PACKET_4)],
    ['cooked with a VLAN tag', 113, linuxCooked(vlan(PACKET_4))],
    ['cooked around 802.2', 113, linuxCooked({ protocol: 4 }, snap(PACKET_4))],
    ['cooked around Ethernet', 113, linuxCooked({ protocol: 3 }, ethernet(PACKET_4))],
    ['cooked around PPP', 113, linuxCooked({ protocol: 7, hardwareType: 512 }, ppp(PACKET_4))],
    ['cooked around 802.11', 113, linuxCooked({ hardwareType: 801 }, wifi)],
    ['cooked around radiotap', 113, linuxCooked({ hardwareType: 803 }, links.radiotap(wifi))],
    ['cooked around Prism', 113, linuxCooked({ hardwareType: 802 }, links.prism({}, wifi))],
    ['cooked 2', 276, linuxCooked2(PACKET_4)],
    ['loopback, little-endian', 0, loopback({ family: 2 }, PACKET_4)],
    ['loopback, big-endian', 0, loopback({ family: 2, order: 'big' }, PACKET_4)],
    ['loopback with 16 bits of family', 0, raw(0, 2, 0, 0, build(PACKET_4))],
    ['loopback with an EtherType', 0, raw(0, 0, 8, 0, build(PACKET_4))],
    ['loopback with PPP', 0, raw(build(ppp({ isFramed: true }, PACKET_4)))],
    ['OpenBSD loopback', 108, loopback({ family: 2, order: 'big' }, PACKET_4)],
    ['PPP', 9, ppp(PACKET_4)],
    ['PPP, framed', 9, ppp({ isFramed: true }, PACKET_4)],
    ['PPP in HDLC', 50, ppp({ isFramed: true, isCompressed: true }, PACKET_4)],
    ['PPP in HDLC, Cisco', 50, links.ciscoHdlc(PACKET_4)],
    ['PPP with MPLS', 9, ppp(mpls(PACKET_4))],
    ['PPPoE', 51, pppoe(ppp(PACKET_4))],
    ['PPP with direction', 204, raw(1, build(ppp({ isFramed: true }, PACKET_4)))],
    ['pppd', 166, raw(0, 3, 0, 0x21, build(PACKET_4))],
    ['Cisco HDLC', 104, links.ciscoHdlc(PACKET_4)],
    ['Frame Relay', 107, links.frameRelay({ identifier: 0xcc }, PACKET_4)],
    ['Frame Relay, Cisco', 107, links.frameRelay({}, PACKET_4)],
    ['Frame Relay, padded SNAP', 107, raw(0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0, build(PACKET_4))],
    ['MPLS', 219, mpls(PACKET_4)],
    ['802.11', 105, wifi],
    ['radiotap', 127, links.radiotap(wifi)],
    ['PPI', 192, links.perPacketInformation({ linkType: 105 }, wifi)],
    ['PPI around Ethernet', 192, links.perPacketInformation({ linkType: 1 }, ethernet(PACKET_4))],
    ['Prism', 119, links.prism({}, wifi)],
    ['Prism, big-endian', 119, links.prism({ order: 'big' }, wifi)],
    ['Prism that is AVS', 119, links.avs(wifi)],
    ['AVS', 163, links.avs(wifi)],
    ['PKTAP', 258, links.pktap({ linkType: 1 }, ethernet(PACKET_4))],
    ['PKTAP as user type', 149, links.pktap({ linkType: 12 }, PACKET_4)],
    ['IPNET', 226, links.ipnet({}, PACKET_4)],
    ['NFLOG', 239, links.nflog({}, PACKET_4)],
    ['NFLOG, big-endian', 239, links.nflog({ order: 'big' }, PACKET_4)],
    ['NFLOG of a bridge', 239, links.nflog({ family: 7 }, PACKET_4)],
    ['PFLOG', 117, links.pflog({}, PACKET_4)],
    ['ENC', 109, links.enc(PACKET_4)],
    ['ATM', 100, snap(PACKET_4)],
    ['SunATM', 123, raw(0x82, 0, 0, 5, build(snap(PACKET_4)))],
    ['SunATM with LAN emulation', 123, raw(0x01, 0, 0, 5, 0, 9, build(ethernet(PACKET_4)))],
    ['Token Ring', 6, links.tokenRing({}, snap(PACKET_4))],
    ['Token Ring, routed', 6, links.tokenRing({ routeBytes: 6 }, snap(PACKET_4))],
    ['FDDI', 10, links.fddi(snap(PACKET_4))],
    ['ARCNET', 7, raw(1, 2, 212, 0, 0, 1, build(PACKET_4))],
    ['ARCNET, exception', 7, raw(1, 2, 212, 0xff, 0xff, 0xff, 0, 0, 1, build(PACKET_4))],
    ['ARCNET, simple', 7, raw(1, 2, 240, build(PACKET_4))],
    ['ARCNET of Linux', 129, raw(1, 2, 0, 0, 212, 0, 0, 1, build(PACKET_4))],
    ['FireWire', 138, raw(zeros(16), 8, 0, build(PACKET_4))],
    ['InfiniBand', 242, raw(zeros(40), 8, 0, 0, 0, build(PACKET_4))],
    ['netANALYZER', 240, raw(zeros(4), build(ethernet(PACKET_4)))],
    ['Broadcom tag', 281, raw(zeros(12), zeros(4), 8, 0, build(PACKET_4))],
    ['Broadcom tag before', 282, raw(zeros(4), build(ethernet(PACKET_4)))],
    ['DSA', 284, raw(zeros(12), zeros(4), 8, 0, build(PACKET_4))],
    ['extended DSA', 285, raw(zeros(12), zeros(8), 8, 0, build(PACKET_4))],
  ];
  test.each(others)('%s carries TCP', (_, linkType, packet) => {
    const { kind, tuple, frame } = decode(packet, { linkType });
    expect([kind, tuple, frame.tunnelDepth]).toEqual(['tcp', TUPLE_4, 0]);
  });

  const others6: [string, number, Layer][] = [
    ['raw', 101, PACKET_6],
    ['IPv6', 229, PACKET_6],
    ['cooked', 113, linuxCooked(PACKET_6)],
    ['PPP', 9, ppp(PACKET_6)],
    ['Frame Relay', 107, links.frameRelay({ identifier: 0x8e }, PACKET_6)],
    ['NFLOG', 239, links.nflog({}, PACKET_6)],
    ['PFLOG', 117, links.pflog({ family: 24 }, PACKET_6)],
    ...[10, 23, 24, 26, 28, 30].flatMap((family): [string, number, Layer][] => [
      [`loopback with family ${family}`, 0, loopback({ family }, PACKET_6)],
      [`loopback with family ${family}, big-endian`, 108, loopback({ family, order: 'big' }, PACKET_6)],
    ]),
  ];
  test.each(others6)('%s carries TCP over IPv6', (_, linkType, packet) => {
    expect(decode(packet, { linkType }).tuple).toBe(TUPLE_6);
  });

  test.each([
    ['of which nothing is known', 147, zeros(60), 'unknown-link-type'],
    ['raw, with neither version', 101, zeros(60), 'bad-ip-header'],
    ['raw, empty', 101, bytes(), 'ip-header-cut'],
    ['PKTAP in PKTAP', 258, build(links.pktap({ linkType: 258 }, zeros(200))), 'bad-link-header'],
    ['PPI in PPI', 192, build(links.perPacketInformation({ linkType: 192 }, zeros(200))), 'bad-link-header'],
    ['PKTAP with a header of nothing', 258, zeros(120), 'bad-link-header'],
    ['radiotap of another version', 127, bytes(1, 0, 8, 0, zeros(40)), 'bad-link-header'],
    ['NFLOG with an attribute of no length', 239, bytes(2, 0, 0, 5, 0, 0, 1, 0, zeros(40)), 'bad-link-header'],
    ['AVS without its magic', 163, zeros(100), 'bad-link-header'],
    ['PFLOG with a short header', 117, zeros(100), 'bad-link-header'],
  ])('%s is not understood', (_, linkType, packet, reason) => {
    expect(decode(packet, { linkType }).kind).toBe(reason);
  });

  test.each([
    ['cooked netlink', 113, build(linuxCooked({ hardwareType: 824, protocol: 0 }, zeros(40)))],
    ['loopback with AppleTalk', 0, bytes(16, 0, 0, 0, zeros(40))],
    ['PPP with its own protocols', 9, bytes(0xc0, 0x21, zeros(20))],
    ['NFLOG without a packet', 239, bytes(2, 0, 0, 5, 8, 0, 1, 0, zeros(4))],
  ])('%s says nothing', (_, linkType, packet) => {
    expect(decode(packet, { linkType }).kind).toBe('other');
  });

  test('without MAC addresses has none left from the packet before', () => {
    const { linkSource, linkDestination } = decode(PACKET_4, { linkType: 101 });
    expect([linkSource, linkDestination]).toEqual(['', '']);
  });

  test('cooked tells the sender only', () => {
    const { linkSource, linkDestination } = decode(links.linuxCooked2(PACKET_4), { linkType: 276 });
    expect([linkSource, linkDestination]).toEqual([CLIENT.mac, '']);
  });

  test('carries ARP like Ethernet', () => {
    expect(decode(links.linuxCooked(arp()), { linkType: 113 }).kind).toBe('neighbor-request');
    expect(decode(raw(1, 2, 213, 0, 0, 1, build(arp({ senderMac: '7' }))), { linkType: 7 }).kind).toBe(
      'neighbor-request',
    );
  });

  test('has the name that tcpdump -L prints', () => {
    expect([1, 113, 276, 101, 12, 258, 149].map(linkTypeName)).toEqual([
      'EN10MB',
      'LINUX_SLL',
      'LINUX_SLL2',
      'RAW',
      'RAW',
      'PKTAP',
      'USER2',
    ]);
    expect(linkTypeName(9999)).toBe('LINKTYPE_9999');
  });
});

describe('the passage of a packet', () => {
  const passages: [string, number, Layer, number][] = [
    ...[PASSAGE_RECEIVED, PASSAGE_RECEIVED, PASSAGE_RECEIVED, PASSAGE_OVERHEARD, PASSAGE_SENT, PASSAGE_UNKNOWN].flatMap(
      (passage, packetType): [string, number, Layer, number][] => [
        [`cooked packet type ${packetType}`, 113, links.linuxCooked({ packetType }, PACKET_4), passage],
        [`cooked 2 packet type ${packetType}`, 276, links.linuxCooked2({ packetType }, PACKET_4), passage],
      ],
    ),
    ['PKTAP in', 258, links.pktap({ linkType: 1, flags: 1 }, ethernet(PACKET_4)), PASSAGE_RECEIVED],
    ['PKTAP out', 258, links.pktap({ linkType: 1, flags: 2 }, ethernet(PACKET_4)), PASSAGE_SENT],
    ['IPNET inbound', 226, links.ipnet({ hook: 0 }, PACKET_4), PASSAGE_RECEIVED],
    ['IPNET outbound', 226, links.ipnet({ hook: 1 }, PACKET_4), PASSAGE_SENT],
    ['NFLOG local in', 239, links.nflog({ hook: 1 }, PACKET_4), PASSAGE_RECEIVED],
    ['NFLOG forward', 239, links.nflog({ hook: 2 }, PACKET_4), PASSAGE_OVERHEARD],
    ['NFLOG local out', 239, links.nflog({ hook: 3 }, PACKET_4), PASSAGE_SENT],
    ['PFLOG in', 117, links.pflog({ direction: 1 }, PACKET_4), PASSAGE_RECEIVED],
    ['PFLOG out', 117, links.pflog({ direction: 2 }, PACKET_4), PASSAGE_SENT],
    ['PPP received', 204, raw(0, build(ppp(PACKET_4))), PASSAGE_RECEIVED],
    ['PPP sent', 204, raw(1, build(ppp(PACKET_4))), PASSAGE_SENT],
  ];
  test.each(passages)('is known from %s', (_, linkType, packet, passage) => {
    expect(decode(packet, { linkType }).frame.passage).toBe(passage);
  });

  test('is known from the direction that the capture noted', () => {
    expect(decode(ethernet(PACKET_4)).frame.passage).toBe(PASSAGE_UNKNOWN);
    expect(decode(ethernet(PACKET_4), { direction: DIRECTION_INBOUND }).frame.passage).toBe(PASSAGE_RECEIVED);
    expect(decode(ethernet(PACKET_4), { direction: DIRECTION_OUTBOUND }).frame.passage).toBe(PASSAGE_SENT);
  });
});

test('Ethernet bridged over ATM is a packet deeper', () => {
  const bridged = raw(0, 0, build(ethernet(PACKET_4)));
  const { tuple, frame } = decode(links.snap({ organization: 0x80c2, protocol: 7 }, bridged), { linkType: 100 });
  expect([tuple, frame.tunnelDepth]).toEqual([TUPLE_4, 1]);
});

test("PKTAP's trailer is no payload", () => {
  const packet = links.pktap({ linkType: 1, trailer: zeros(4) }, ethernet(ipv4({ totalLength: 0 }, tcp({}, zeros(9)))));
  expect(decode(packet, { linkType: 258 }).frame.payloadBytes).toBe(9);
});

test('a GRE tunnel on a VLAN on a cooked link is read to its end', () => {
  expect(decode(links.linuxCooked(vlan(ipv4(gre(PACKET_4)))), { linkType: 113 }).tuple).toBe(TUPLE_4);
});
