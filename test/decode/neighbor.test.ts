import { describe, expect, test } from 'vitest';
import { bytes, zeros } from '../build/layer.js';
import { arp, ethernet, ipv6, neighborAdvertisement, neighborSolicitation } from '../build/packet.js';
import { decode } from './decoded.js';

describe('an ARP packet', () => {
  test('asks for an address', () => {
    const { kind, source, destination, neighbor, frame } = decode(ethernet(arp()));
    expect([kind, source, destination]).toEqual(['neighbor-request', '192.0.2.1', '198.51.100.2']);
    expect([neighbor, frame.ipVersion]).toEqual(['02:00:00:00:00:01', 4]);
  });

  test('answers with an address', () => {
    const reply = arp({ operation: 2, sender: '198.51.100.2', senderMac: '02:00:00:00:00:02', target: '192.0.2.1' });
    const { kind, source, destination, neighbor } = decode(ethernet(reply));
    expect([kind, source, destination]).toEqual(['neighbor-reply', '198.51.100.2', '192.0.2.1']);
    expect(neighbor).toBe('02:00:00:00:00:02');
  });

  test('that asks for its own address tells it', () => {
    const gratuitous = arp({ sender: '192.0.2.9', target: '192.0.2.9' });
    expect(decode(ethernet(gratuitous)).kind).toBe('neighbor-reply');
  });

  test('that probes asks from 0.0.0.0', () => {
    const { kind, source } = decode(ethernet(arp({ sender: '0.0.0.0' })));
    expect([kind, source]).toEqual(['neighbor-request', '0.0.0.0']);
  });

  test('may be of hardware with longer addresses, which are not kept', () => {
    const { kind, destination, neighbor } = decode(ethernet(arp({ senderMac: '1:2:3:4:5:6:7:8', hardwareType: 24 })));
    expect([kind, destination, neighbor]).toEqual(['neighbor-request', '198.51.100.2', '']);
  });

  test('of another operation or protocol says nothing', () => {
    expect(decode(ethernet(arp({ operation: 8 }))).kind).toBe('other');
    expect(decode(ethernet({ etherType: 0x0806 }, bytes(0, 1, 0x86, 0xdd, 6, 4, zeros(22)))).kind).toBe('other');
  });

  test('that is cut is not understood', () => {
    expect(decode(ethernet(arp()), { capturedBytes: 14 + 27 }).kind).toBe('arp-cut');
  });
});

describe('IPv6 neighbour discovery', () => {
  const solicitation = neighborSolicitation({ target: '2001:db8::7', sourceMac: '02:00:00:00:00:01' });

  test('asks for an address', () => {
    const { kind, source, destination, neighbor } = decode(ethernet(ipv6({ hopLimit: 255 }, solicitation)));
    expect([kind, source, destination]).toEqual(['neighbor-request', '2001:db8::1', '2001:db8::7']);
    expect(neighbor).toBe('02:00:00:00:00:01');
  });

  test('answers for the target, whoever sends it', () => {
    const message = neighborAdvertisement({ target: '2001:db8::7', targetMac: '02:00:00:00:00:07' });
    const { kind, source, destination, neighbor } = decode(
      ethernet(ipv6({ source: 'fe80::7', hopLimit: 255 }, message)),
    );
    expect([kind, source, destination]).toEqual(['neighbor-reply', '2001:db8::7', '2001:db8::2']);
    expect(neighbor).toBe('02:00:00:00:00:07');
  });

  test('may leave the link-layer address out', () => {
    expect(decode(ethernet(ipv6({ hopLimit: 255 }, neighborSolicitation()))).neighbor).toBe('');
  });

  test('that came through a router is forged, and only shows its source alive', () => {
    expect(decode(ethernet(ipv6({ hopLimit: 254 }, solicitation))).kind).toBe('ip');
  });
});
