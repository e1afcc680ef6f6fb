import { describe, expect, test } from 'vitest';
import { bytes, type Payload, zeros } from '../build/layer.js';
import { aggregate, perPacketInformation, radiotap, snap, type WlanFields, wlan } from '../build/links.js';
import { arp, CLIENT, ipv4, SERVER, tcp } from '../build/packet.js';
import { decode, TUPLE_4 } from './decoded.js';

const PACKET = snap(ipv4(tcp()));
const decodeWlan = (fields: WlanFields, payload: Payload = PACKET) => decode(wlan(fields, payload), { linkType: 105 });

describe('an 802.11 data frame', () => {
  const forms: [string, WlanFields][] = [
    ['to the access point', { toDistribution: true }],
    ['from the access point', { toDistribution: false, fromDistribution: true }],
    ['between stations', { toDistribution: false }],
    ['between access points', { toDistribution: true, fromDistribution: true }],
    ['with quality of service', { isQos: true }],
    ['with four addresses and quality of service', { isQos: true, fromDistribution: true }],
    ['with HT control', { isQos: true, hasOrder: true }],
    ['with the order bit but without quality of service', { hasOrder: true }],
  ];
  test.each(forms)('%s carries TCP and tells who sent it to whom', (_, fields) => {
    const { tuple, linkSource, linkDestination } = decodeWlan(fields);
    expect([tuple, linkSource, linkDestination]).toEqual([TUPLE_4, CLIENT.mac, SERVER.mac]);
  });

  test('that is protected is not understood', () => {
    expect(decodeWlan({ isProtected: true }).kind).toBe('encrypted-wlan');
  });

  test('that continues another says nothing', () => {
    expect(decodeWlan({ fragmentNumber: 1 }).kind).toBe('other');
  });

  test.each([
    ['a beacon', bytes(0x80, 0, zeros(60))],
    ['an acknowledgement', bytes(0xd4, 0, zeros(8))],
    ['a null frame', bytes(0x48, 1, zeros(22))],
    ['a null frame with quality of service', bytes(0xc8, 1, zeros(24))],
  ])('is not %s, which says nothing', (_, frame) => {
    expect(decode(frame, { linkType: 105 }).kind).toBe('other');
  });

  test('cut within its header is not understood', () => {
    expect(decode(wlan({ isQos: true }, PACKET), { linkType: 105, capturedBytes: 25 }).kind).toBe('link-header-cut');
  });

  test('may hold several packets, of which the first is told', () => {
    const several = aggregate(PACKET, snap(ipv4(tcp({ sourcePort: 1 }))));
    expect(decodeWlan({ isAggregate: true }, several).tuple).toBe(TUPLE_4);
  });

  test('may hold several packets, of which those without IP are passed over', () => {
    const several = aggregate(snap({ protocol: 0x88cc }, zeros(11)), snap(arp()));
    expect(decodeWlan({ isAggregate: true }, several).kind).toBe('neighbor-request');
  });
});

describe('a radiotap header', () => {
  const withZeroLength = snap(ipv4({ totalLength: 0 }, tcp({}, zeros(9))));

  test('says that a check sequence follows, which is no payload', () => {
    const { frame } = decode(radiotap({ flags: 0x10 }, wlan(withZeroLength)), { linkType: 127 });
    expect(frame.payloadBytes).toBe(9);
  });

  test('says that the 802.11 header is padded', () => {
    const padded = radiotap({ flags: 0x20 }, wlan({ isQos: true, padding: 2 }, PACKET));
    expect(decode(padded, { linkType: 127 }).tuple).toBe(TUPLE_4);
  });

  test('cut is not understood', () => {
    expect(decode(radiotap(wlan(PACKET)), { linkType: 127, capturedBytes: 20 }).kind).toBe('link-header-cut');
  });

  test('of PPI says that a check sequence follows, too', () => {
    const packet = perPacketInformation({ linkType: 105, flags: 1 }, wlan(withZeroLength));
    expect(decode(packet, { linkType: 192 }).frame.payloadBytes).toBe(9);
  });
});
