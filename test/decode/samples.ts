/** One packet of each sort that the decoders know, for tests that take packets apart. */
import { build, bytes, zeros } from '../build/layer.js';
import * as links from '../build/links.js';
import {
  arp,
  authenticationHeader,
  destinationOptions,
  ethernet,
  fragment,
  hopByHop,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  neighborAdvertisement,
  sourceRoute,
  tcp,
  tcpOptions,
  udp,
} from '../build/packet.js';
import * as tunnels from '../build/tunnels.js';

const { gre, mpls, ppp, vlan } = tunnels;
const options = tcpOptions({ maximumSegmentSize: 1460, sackPermitted: true, timestamps: [1, 2], windowScale: 7 });
const segment = tcp({ options, sequence: 0xdeadbeef }, zeros(20));
const inner4 = ipv4({ options: zeros(4) }, segment);
const inner6 = ipv6(segment);
// Addresses of a known maker: tshark recognises Ethernet in a pseudowire by them.
const frame4 = ethernet({ source: '00:1b:21:00:00:01', destination: '00:1b:21:00:00:02' }, inner4);
const route = sourceRoute({ segmentsLeft: 1, addresses: ['2001:db8::7', '2001:db8::8'] }, segment);
// Each from a port of its own: tshark remembers what a pair of ports was used for.
const on = (destinationPort: number, payload: Parameters<typeof build>[0]) =>
  build(ethernet(ipv4(udp({ sourcePort: 40_000 + (destinationPort % 10_000), destinationPort }, payload))));

/** Link type and bytes. */
export const SAMPLES: readonly (readonly [linkType: number, content: Uint8Array])[] = [
  [1, build(frame4)],
  [1, build(ethernet(inner6))],
  [1, build(ethernet(vlan(vlan(inner4))))],
  [1, build(ethernet(ipv6(hopByHop(destinationOptions(fragment({}, authenticationHeader(route)))))))],
  [1, build(ethernet(mpls(mpls({ controlWord: true }, frame4))))],
  [1, build(ethernet(tunnels.pppoe(ppp(inner4))))],
  [1, build(ethernet(tunnels.macsec(inner4)))],
  [1, build(ethernet(tunnels.backboneTag(frame4)))],
  [1, build(ethernet({ etherType: 100 }, links.snap(inner4)))],
  [1, build(ethernet(arp()))],
  [1, build(ethernet(ipv6({ hopLimit: 255 }, neighborAdvertisement({ targetMac: '02:00:00:00:00:07' }))))],
  [1, build(ethernet(ipv4(icmp(inner4))))],
  [1, build(ethernet(ipv6(icmpv6(ipv6(hopByHop(segment))))))],
  [1, build(ethernet(ipv4(icmp(ipv4(gre(inner4))))))],
  [1, build(ethernet(ipv4(gre({ checksum: true, routed: true, key: 1, sequence: 2 }, inner4))))],
  [1, build(ethernet(ipv4(gre({ version: 1, key: 5, sequence: 1 }, ppp(inner4)))))],
  [1, build(ethernet(ipv4(gre({ protocol: 0x22eb, header: bytes(0x20, zeros(10), 1, zeros(8)) }, frame4))))],
  [1, build(ethernet(ipv4(ipv6(ipv4(inner6)))))],
  [1, on(4789, tunnels.vxlan(frame4))],
  [1, on(4790, tunnels.vxlan({ nextProtocol: 1 }, inner4))],
  [1, on(6081, tunnels.geneve({ optionBytes: 8 }, frame4))],
  [1, on(2152, tunnels.gtp({ extensions: [bytes(1, 0, 0), bytes(2, zeros(6))] }, inner4))],
  [1, on(3544, tunnels.teredo({ authentication: true, origin: true }, inner6))],
  [1, on(1701, tunnels.l2tp({ isNumbered: true }, ppp({ isFramed: true }, inner4)))],
  [1, on(4341, tunnels.lisp(inner4))],
  [1, on(5072, bytes(0x44, 0x52, 0x11, 41, zeros(40), build(inner6)))],
  [1, on(37_008, tunnels.tzsp(frame4))],
  [0, build(links.loopback({ family: 30 }, inner6))],
  [6, build(links.tokenRing({ routeBytes: 6 }, links.snap(inner4)))],
  [7, bytes(1, 2, 212, 0, 0, 1, build(inner4))],
  [10, build(links.fddi(links.snap(inner4)))],
  [50, build(ppp({ isFramed: true }, inner4))],
  [101, build(inner4)],
  [104, build(links.ciscoHdlc(inner4))],
  [
    105,
    build(
      links.wlan(
        { isAggregate: true },
        links.aggregate(links.snap({ protocol: 0x88cc }, zeros(11)), links.snap(inner4)),
      ),
    ),
  ],
  [107, build(links.frameRelay({ identifier: 0xcc }, inner4))],
  [113, build(links.linuxCooked(inner4))],
  [117, build(links.pflog({ direction: 1 }, inner4))],
  [119, build(links.prism({}, links.wlan(links.snap(inner4))))],
  [123, bytes(0x82, 0, 0, 5, build(links.snap(inner4)))],
  [127, build(links.radiotap({ flags: 0x30 }, links.wlan(links.snap(inner4))))],
  [163, build(links.avs(links.wlan({ isQos: true }, links.snap(inner4))))],
  [192, build(links.perPacketInformation({ linkType: 105, flags: 1 }, links.wlan(links.snap(inner4))))],
  [204, bytes(1, build(ppp(inner4)))],
  [226, build(links.ipnet({ hook: 1 }, inner4))],
  [239, build(links.nflog({ hook: 1 }, inner4))],
  [258, build(links.pktap({ linkType: 1, flags: 2, trailer: zeros(4) }, frame4))],
  [276, build(links.linuxCooked2(inner6))],
];

/** Every link type that the decoders know, and some that they don't. */
export const LINK_TYPES: readonly number[] = [
  ...new Set([...SAMPLES.map(([linkType]) => linkType), 9, 12, 14, 51, 100, 108, 109, 129, 138, 149, 166, 219, 228]),
  ...[229, 240, 242, 281, 282, 284, 285, 147, 9999],
];
