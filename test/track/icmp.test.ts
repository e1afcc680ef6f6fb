import { describe, expect, test } from 'vitest';
import { ack, clientData, follow, followed, handshake, IPV6, icmpError, syn, synAck } from '../build/scenario.js';

describe('an ICMP error', () => {
  test('belongs to the attempt whose SYN it quotes', () => {
    const [attempt] = follow([syn({ at: 0 }), icmpError({ at: 3, code: 13, from: '203.0.113.1' })]).attempts;
    expect(attempt?.events[1]).toMatchObject({
      kind: 'icmp',
      frame: 2,
      icmp: { version: 4, type: 3, code: 13, from: '203.0.113.1' },
    });
  });

  test('belongs to it in IPv6 too', () => {
    const [attempt] = follow([syn({ at: 0, ...IPV6 }), icmpError({ at: 3, ...IPV6, code: 3 })]).attempts;
    expect(attempt?.events[1]).toMatchObject({
      kind: 'icmp',
      icmp: { version: 6, type: 1, code: 3, from: '2001:db8::2' },
    });
  });

  test('belongs to it when it quotes eight bytes of TCP only', () => {
    expect(followed([syn({ at: 0 }), icmpError({ at: 3, quotedBytes: 28 })])).toEqual(['syn 1, icmp 2']);
  });

  test('belongs to the attempt whose sequence number it quotes, also with eight bytes', () => {
    const steps = [syn({ at: 0 }), syn({ at: 1, isn: 5 }), icmpError({ at: 3, quotedBytes: 28 })];
    expect(followed(steps)).toEqual(['syn 1, icmp 3', 'syn 2']);
  });

  test('is no packet of an attempt with another sequence number or port', () => {
    expect(followed([syn({ at: 0 }), icmpError({ at: 3, isn: 5, quotedBytes: 28 })])).toEqual(['syn 1']);
    expect(followed([syn({ at: 0 }), icmpError({ at: 3, clientPort: 9, quotedBytes: 28 })])).toEqual(['syn 1']);
  });

  test('that quotes a SYN which is not in the capture is an attempt of its own', () => {
    const [attempt] = follow([icmpError({ at: 3 })]).attempts;
    expect(attempt).toMatchObject({
      client: { address: '192.0.2.1', port: 50_000 },
      server: { address: '198.51.100.2', port: 443 },
      events: [{ kind: 'icmp' }],
    });
  });

  test('that quotes eight bytes of something unknown is none: it may have been data', () => {
    expect(followed([icmpError({ at: 3, quotedBytes: 28 })])).toEqual([]);
  });

  test('about the SYN-ACK belongs to the attempt that it answers', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1 }), icmpError({ at: 2, quotes: 'syn-ack', code: 10 })];
    expect(followed(steps)).toEqual(['syn 1, syn-ack 2, icmp-for-syn-ack 3']);
  });

  test('about another SYN-ACK belongs to none', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1 }), icmpError({ at: 2, quotes: 'syn-ack', serverIsn: 5 })];
    expect(followed(steps)).toEqual(['syn 1, syn-ack 2']);
  });

  test('about a connection that was made changes nothing', () => {
    expect(followed([...handshake({ at: 0 }), icmpError({ at: 9 })])).toEqual(['syn 1, syn-ack 2, ack 3']);
  });

  test('does not end the attempt: its SYN may be repeated, and be accepted', () => {
    const steps = [syn({ at: 0 }), icmpError({ at: 1 }), syn({ at: 1000 }), synAck({ at: 1001 }), ack({ at: 1002 })];
    expect(followed(steps)).toEqual(['syn 1, icmp 2, syn 3, syn-ack 4, ack 5']);
  });

  test('comes once for each SYN that waited for a neighbour, all at once', () => {
    const steps = [
      syn({ at: 0, id: 1 }),
      syn({ at: 1000, id: 2 }),
      icmpError({ at: 3000, code: 1, from: '192.0.2.1' }),
      icmpError({ at: 3060, code: 1, from: '192.0.2.1' }),
    ];
    expect(followed(steps)).toEqual(['syn 1, syn 2, icmp 3, icmp 4']);
  });

  test('about data is no attempt', () => {
    const quoted = icmpError({ at: 9, flags: 0x10 });
    expect(followed([clientData({ at: 0, data: 9 }), quoted])).toEqual([]);
  });
});
