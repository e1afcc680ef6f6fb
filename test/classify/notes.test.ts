/** Each note where it fits, and where it almost does. */
import { describe, expect, test } from 'vitest';
import { CWR, ECE, FIN, PSH, SYN } from '../../src/decode/frame.js';
import { dnsAnswer } from '../build/names.js';
import { CLIENT, SERVER } from '../build/packet.js';
import {
  ack,
  CLIENT_ISN,
  challengeAck,
  clientData,
  dataElsewhere,
  elsewhere,
  handshake,
  IPV6,
  icmpError,
  judge,
  judgeFirst,
  lateRst,
  reverseSyn,
  reverseSynAck,
  rst,
  SERVER_ISN,
  type SegmentFields,
  type Step,
  serverAck,
  silence,
  syn,
  synAck,
} from '../build/scenario.js';

/** A capture that goes on for long after the last packet, and was not filtered down to handshakes. */
function watched(...steps: readonly (Step | readonly Step[])[]): Step[] {
  return [...steps.flat(), dataElsewhere({ at: 200_000 }), elsewhere({ at: 400_000 })];
}

/** What this note says of the first attempt; undefined if it does not say anything. */
function noted(code: string, steps: readonly Step[]): { text: string; frames: number[] } | undefined {
  const note = judgeFirst(steps).notes.find((one) => one.code === code);
  return note && { text: note.text, frames: note.frames };
}

/** The codes of all notes of each attempt. */
function codes(steps: readonly Step[]): string[][] {
  return judge(steps).map(({ notes }) => notes.map(({ code }) => code));
}

/** The server's FIN behind its SYN-ACK. */
function serverFin(fields: SegmentFields): Step {
  return lateRst({ ...fields, flags: FIN | 0x10 });
}

const ROUTER_MAC = '02:00:00:00:00:fe';
const CLIENT_MAC = '02:00:00:00:00:c1';
const SERVER_MAC = '02:00:00:00:00:51';

test('a handshake with data behind it has no notes, nor has a plain refusal', () => {
  expect(codes(watched(handshake({ at: 0 }), clientData({ at: 3, data: 10 }), serverAck({ at: 4 })))[0]).toEqual([]);
  expect(codes([syn({ at: 0 }), rst({ at: 1 })])).toEqual([[]]);
});

describe('slow-handshake', () => {
  const CODE = 'slow-handshake';

  test('tells how often the SYN was sent and what that cost', () => {
    const steps = watched(syn({ at: 0 }), syn({ at: 1000 }), ...handshake({ at: 3000 }));
    expect(noted(CODE, steps)).toEqual({
      text: 'The SYN was sent 3 times before it was answered (frames 1, 2 and 3): the handshake took 3 s, of which 3 s were waiting',
      frames: [1, 2, 3, 4],
    });
  });

  test('tells how often the SYN-ACK was', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1 }), synAck({ at: 1001 }), ack({ at: 1030 })];
    expect(noted(CODE, watched(steps))?.text).toBe(
      'The SYN-ACK was sent 2 times before the client acknowledged it (frames 2 and 3): the handshake took 1.03 s, of which 1 s were waiting',
    );
  });

  test('tells another answer that came first', () => {
    const steps = [syn({ at: 0 }), rst({ at: 1 }), ...handshake({ at: 500 })];
    expect(noted(CODE, watched(steps))?.text).toContain(
      'The SYN was sent 2 times before it was accepted (frames 1 and 3) and got another answer first (frame 2)',
    );
  });

  test('tells a slow way from a loss by the time stamp that is echoed', () => {
    const syns = [syn({ at: 0, timestamp: 100 }), syn({ at: 1000, timestamp: 1100 })];
    const answered = (echo: number) => [
      synAck({ at: 1300, timestamp: 7, echo }),
      ack({ at: 1301, timestamp: 1400, echo: 7 }),
    ];
    expect(noted(CODE, watched(syns, answered(100)))?.text).toBe(
      'The SYN-ACK of frame 3 answers the SYN of frame 1, after 1.3 s; that was sent again meanwhile (frame 2), although nothing was lost: the way or the server is slow',
    );
    expect(noted(CODE, watched(syns, answered(1100)))?.text).toContain('of which 1 s were waiting');
  });

  test('tells it without time stamps by the round trip that others have', () => {
    const others = [1, 2].flatMap((index) => [
      syn({ at: index * 10_000, clientPort: 40_000 + index }),
      synAck({ at: index * 10_000 + 900, clientPort: 40_000 + index }),
    ]);
    const steps = [syn({ at: 0 }), syn({ at: 1000 }), synAck({ at: 1300 }), ack({ at: 1301 })];
    expect(noted(CODE, watched(steps, others))?.text).toContain('answers the SYN of frame 1');
    expect(noted(CODE, watched(steps))?.text).toContain('of which 1 s were waiting');
  });

  test('says no more than that it took long if each SYN may have been answered', () => {
    const steps = [syn({ at: 0 }), syn({ at: 2900 }), synAck({ at: 3400 }), ack({ at: 3401 }), synAck({ at: 3800 })];
    expect(noted(CODE, watched(steps))?.text).toBe(
      'The SYN was sent 2 times before it was answered (frames 1 and 2): the handshake took 3.4 s',
    );
  });

  test('tells a server that does not take the ACK', () => {
    const steps = [...handshake({ at: 0 }), synAck({ at: 1001 }), synAck({ at: 3001 })];
    expect(noted(CODE, watched(steps))).toEqual({
      text: "The SYN-ACK was sent again up to 3 s after the client's ACK of frame 3 (frames 4 and 5): that ACK was late or lost farther on, or the server's accept queue was full, or it takes connections only once there is data (TCP_DEFER_ACCEPT)",
      frames: [3, 4, 5],
    });
  });

  test.each([
    [
      'a SYN-ACK that crosses the ACK on a slow way',
      [syn({ at: 0 }), synAck({ at: 1500 }), ack({ at: 1501 }), synAck({ at: 3000 })],
    ],
    [
      'a SYN that a challenge provoked',
      [syn({ at: 0 }), challengeAck({ at: 1 }), syn({ at: 20, timestamp: 5 }), synAck({ at: 21 }), ack({ at: 22 })],
    ],
    [
      'a way that is slow, but not so slow that anything is repeated',
      [syn({ at: 0 }), synAck({ at: 800 }), ack({ at: 1600 })],
    ],
    ['a SYN that was never answered', silence({ at: 0 })],
    ['a clock that jumped', [syn({ at: 0 }), ack({ at: 2 }), synAck({ at: 9e9 })]],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('accepted-then-reset', () => {
  const CODE = 'accepted-then-reset';

  test('is the server’s RST behind the ACK, before there was data', () => {
    expect(noted(CODE, watched(handshake({ at: 0 }), lateRst({ at: 2.5 })))).toEqual({
      text: "The server reset the connection (frame 4) 0.5 ms after the client's ACK (frame 3), before either side sent data",
      frames: [3, 4],
    });
    expect(noted(CODE, watched(handshake({ at: 0, ...IPV6 }), lateRst({ at: 900, ...IPV6 })))).toBeDefined();
  });

  test.each([
    ['an RST behind data of the client', [clientData({ at: 3, data: 10 }), lateRst({ at: 4 })]],
    ['an RST that acknowledges data which the capture lacks', [lateRst({ at: 4, acknowledgement: CLIENT_ISN + 11 })]],
    ['an RST behind data of the server', [lateRst({ at: 4, sequence: SERVER_ISN + 51 })]],
    ['the end of a connection that nobody used for long', [lateRst({ at: 30_000 })]],
    ['the client’s own RST', [ack({ at: 3, flags: 0x14 })]],
    ['the server’s FIN', [serverFin({ at: 3 })]],
  ])('is not %s', (_, behind) => {
    expect(noted(CODE, watched(handshake({ at: 0 }), behind))).toBeUndefined();
  });

  test('is not told if the client’s first segment in the capture has data already', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1 }), clientData({ at: 2, data: 10 }), lateRst({ at: 3 })];
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });

  test('is not an RST before the ACK: that is a cause', () => {
    const steps = watched(syn({ at: 0 }), synAck({ at: 1 }), lateRst({ at: 2 }));
    expect(judgeFirst(steps).cause).toBe('reset-after-syn-ack');
    expect(noted(CODE, steps)).toBeUndefined();
  });
});

describe('accepted-then-closed', () => {
  const CODE = 'accepted-then-closed';

  test('is the server’s FIN behind the ACK, before there was data', () => {
    expect(noted(CODE, watched(handshake({ at: 0 }), serverFin({ at: 5 })))).toEqual({
      text: "The server closed the connection (frame 4) 3 ms after the client's ACK (frame 3), before either side sent data",
      frames: [3, 4],
    });
  });

  test.each([
    ['a client that closes first, as a health check', [ack({ at: 3, flags: FIN | 0x10 }), serverFin({ at: 4 })]],
    ['a FIN with data', [serverFin({ at: 3, data: 10 })]],
    ['a FIN behind data of the server', [lateRst({ at: 3, flags: PSH | 0x10, data: 9 }), serverFin({ at: 4 })]],
    ['the end of a connection that nobody used for long', [serverFin({ at: 20_000 })]],
  ])('is not %s', (_, behind) => {
    expect(noted(CODE, watched(handshake({ at: 0 }), behind))).toBeUndefined();
  });
});

describe('syn-ack-not-captured', () => {
  const CODE = 'syn-ack-not-captured';

  test('is a connection that both sides went on with', () => {
    expect(noted(CODE, watched(syn({ at: 0 }), ack({ at: 10 }), serverAck({ at: 20 })))).toEqual({
      text: 'No SYN-ACK is in the capture, yet the client went on (frame 2), and so did the server (frame 3)',
      frames: [2, 3],
    });
  });

  test.each([
    ['one side alone that went on', [syn({ at: 0 }), ack({ at: 10 })]],
    ['a SYN-ACK that is there', [...handshake({ at: 0 }), serverAck({ at: 20 })]],
    [
      'a wrong SYN-ACK',
      [syn({ at: 0 }), synAck({ at: 1, acknowledgement: 9 }), ack({ at: 10 }), serverAck({ at: 20 })],
    ],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('option-fallback', () => {
  const CODE = 'option-fallback';
  const ECN = { flags: SYN | ECE | CWR };
  const options = { maximumSegmentSize: 1460, sackPermitted: true };

  test('is a SYN without the ECN flags that is accepted in the place of one with them', () => {
    const steps = watched(syn({ at: 0, ...ECN }), syn({ at: 1000, ...ECN }), handshake({ at: 3000 }));
    expect(noted(CODE, steps)).toEqual({
      text: 'The SYN with the ECN flags failed (frames 1 and 2), and the one without was accepted (frame 3): something on the way may drop it for that, if it was not just lost',
      frames: [1, 2, 3],
    });
  });

  test('names all that was left out', () => {
    const fastOpen = { options: { ...options, fastOpen: new Uint8Array(8) }, data: 20 };
    const steps = watched(syn({ at: 0, ...fastOpen }), handshake({ at: 1000, options }));
    expect(noted(CODE, steps)?.text).toContain('The SYN with a Fast Open option and data failed');
    const plain = watched(
      syn({ at: 0, options: { ...options, windowScale: 7 } }),
      syn({ at: 3000, options: { maximumSegmentSize: 1460 } }),
      synAck({ at: 3001 }),
      ack({ at: 3002 }),
    );
    expect(noted(CODE, plain)?.text).toContain('The SYN with a window scale and selective acknowledgements failed');
  });

  test('is an RST for the first and a SYN-ACK for the plainer one, too', () => {
    expect(noted(CODE, watched(syn({ at: 0, ...ECN }), rst({ at: 1 }), handshake({ at: 500 })))).toBeDefined();
  });

  test.each([
    [
      'a SYN that was repeated as it was',
      [syn({ at: 0, ...ECN }), syn({ at: 1000, ...ECN }), synAck({ at: 1001 }), ack({ at: 1002 })],
    ],
    [
      'an answer to the first SYN that was only late',
      [
        syn({ at: 0, ...ECN, timestamp: 100 }),
        syn({ at: 1000, timestamp: 1100 }),
        synAck({ at: 1300, timestamp: 7, echo: 100 }),
        ack({ at: 1301 }),
      ],
    ],
    ['a plainer SYN that nothing answers either', [syn({ at: 0, ...ECN }), syn({ at: 1000 }), syn({ at: 3000 })]],
    [
      'a SYN that offers something else, not less',
      [syn({ at: 0, ...ECN }), syn({ at: 1000, options }), synAck({ at: 1001 }), ack({ at: 1002 })],
    ],
    [
      'a second SYN that offers more',
      [syn({ at: 0 }), syn({ at: 1000, ...ECN }), synAck({ at: 1001 }), ack({ at: 1002 })],
    ],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('unacceptable-reset', () => {
  const CODE = 'unacceptable-reset';

  test('is an RST that does not acknowledge the SYN, whatever the outcome', () => {
    const bad = { acknowledgement: CLIENT_ISN };
    expect(
      noted(CODE, watched(silence({ at: 0 }), rst({ at: 7001, ...bad }), rst({ at: 7002, ...bad, id: 2 }))),
    ).toEqual({
      text: "2 RSTs came without an acknowledgement of the SYN's number (frames 5 and 6): the client had to ignore them",
      frames: [5, 6],
    });
    expect(noted(CODE, watched(syn({ at: 0 }), rst({ at: 1, ...bad }), handshake({ at: 1000 })))).toBeDefined();
  });

  test('says of one behind a SYN-ACK that it is outside of the window', () => {
    const steps = watched(syn({ at: 0 }), synAck({ at: 1 }), lateRst({ at: 2, sequence: 5 }), ack({ at: 30 }));
    expect(noted(CODE, steps)?.text).toBe(
      'An RST came not in the window that the SYN-ACK opened (frame 3): the client had to ignore it',
    );
  });

  test.each([
    ['an RST that the client accepts', [syn({ at: 0 }), rst({ at: 1 })]],
    [
      'an RST behind data that went on unseen',
      [syn({ at: 0 }), ack({ at: 10 }), serverAck({ at: 20 }), rst({ at: 500, acknowledgement: 5, sequence: 77 })],
    ],
    ['the end of a connection', [...handshake({ at: 0 }), lateRst({ at: 500, sequence: 5 })]],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('answer-after-give-up', () => {
  const CODE = 'answer-after-give-up';

  test('is an ICMP error when the next SYN was overdue', () => {
    expect(noted(CODE, watched(syn({ at: 0, timestamp: 1 }), icmpError({ at: 3060, code: 1 })))).toEqual({
      text: 'The ICMP error of frame 2 came 3.06 s after the last SYN (frame 1); the client would have sent another one after 1 s, so it had given up before, and its program reported a timeout',
      frames: [1, 2],
    });
  });

  test('is an RST then, too', () => {
    const steps = watched(syn({ at: 0, timestamp: 1 }), syn({ at: 1000, timestamp: 1001 }), rst({ at: 5000 }));
    expect(noted(CODE, steps)?.text).toContain('The RST of frame 3 came 4 s after the last SYN (frame 2)');
  });

  test.each([
    [
      'an answer when an older Linux would still be waiting',
      [syn({ at: 0, timestamp: 1 }), syn({ at: 1000, timestamp: 1001 }), icmpError({ at: 3060 })],
    ],
    [
      'an answer to a Windows that waits for three seconds',
      [syn({ at: 0, timestamp: 1, timeToLive: 128 }), icmpError({ at: 3060, timeToLive: 128 })],
    ],
    [
      'an answer after which the client goes on',
      [syn({ at: 0, timestamp: 1 }), icmpError({ at: 3060 }), syn({ at: 9000, timestamp: 9001 })],
    ],
    [
      'an answer to a probe, which repeats nothing',
      [syn({ at: 0, timestamp: 1, flags: SYN | FIN }), rst({ at: 5000 })],
    ],
    ['a SYN-ACK, which is a cause', [syn({ at: 0, timestamp: 1 }), synAck({ at: 5000 })]],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('superseded', () => {
  const CODE = 'superseded';
  const OTHER = '198.51.100.3';
  const named = (...addresses: string[]) =>
    dnsAnswer({ at: 0, name: 'db.lan', records: addresses.map((address) => ({ address })) });
  /** Of the first attempt that failed. */
  const told = (steps: readonly Step[]) =>
    judge(steps)
      .find(({ outcome }) => outcome !== 'established')
      ?.notes.find(({ code }) => code === CODE)?.text;

  test('is another address of the same name that answers the client meanwhile', () => {
    const steps = watched(
      named(SERVER.ipv4, OTHER),
      syn({ at: 10 }),
      handshake({ at: 260, server: OTHER, clientPort: 50_001 }),
      silence({ at: 1010 }, [0, 2000]),
    );
    expect(told(steps)).toBe(
      '198.51.100.3:443, another address of the same name, answered the client with a SYN-ACK (frame 4, 251 ms after the first SYN here)',
    );
  });

  test('is one of the other version of IP, if it is the same machine', () => {
    const six = (mac: string) =>
      watched(
        named(SERVER.ipv6, SERVER.ipv4),
        syn({ at: 10, ...IPV6, sourceMac: CLIENT_MAC, destinationMac: ROUTER_MAC }),
        syn({ at: 260, sourceMac: mac, destinationMac: ROUTER_MAC, isn: 5 }),
        synAck({ at: 270, isn: 5, sourceMac: ROUTER_MAC, destinationMac: mac, timeToLive: 60 }),
        ack({ at: 271, isn: 5, sourceMac: mac, destinationMac: ROUTER_MAC }),
        silence({ at: 1010, ...IPV6, sourceMac: CLIENT_MAC, destinationMac: ROUTER_MAC }, [0, 2000]),
      );
    expect(told(six(CLIENT_MAC))).toContain(`answered the client, as ${CLIENT.ipv4}, with a SYN-ACK (frame 4`);
    expect(told(six('02:00:00:00:00:c2'))).toBeUndefined();
  });

  test.each([
    [
      'another name’s address',
      [named(SERVER.ipv4), dnsAnswer({ at: 1, name: 'web.lan', records: [{ address: OTHER }] })],
      { at: 260 },
    ],
    [
      'an address that answers another client',
      [named(SERVER.ipv4, OTHER)],
      { at: 260, client: '192.0.2.77', sourceMac: SERVER_MAC },
    ],
    ['one that answers on another port', [named(SERVER.ipv4, OTHER)], { at: 260, port: 80 }],
    ['one that answers long after', [named(SERVER.ipv4, OTHER)], { at: 60_000 }],
    ['one that answered long before', [named(SERVER.ipv4, OTHER)], { at: -60_000 }],
  ])('is not %s', (_, names, fields) => {
    const other = handshake({ server: OTHER, clientPort: 50_001, ...fields });
    const steps = [...names, ...other, ...silence({ at: 10 })].sort((one, next) => one.at - next.at);
    const later = steps.map((step) => ({ ...step, at: step.at + 100_000 }));
    expect(judge(watched(later)).some(({ cause }) => cause === 'host-silent' || cause === 'port-dropped')).toBe(true);
    expect(told(watched(later))).toBeUndefined();
  });

  test('is not said of an address that connects as well', () => {
    const steps = [named(SERVER.ipv4, OTHER), ...handshake({ at: 10 }), ...handshake({ at: 20, server: OTHER })];
    expect(codes(steps).flat()).toEqual([]);
  });
});

describe('self-connect', () => {
  const CODE = 'self-connect';
  const SELF = { client: '127.0.0.1', server: '127.0.0.1', clientPort: 40_000, port: 40_000, serverIsn: CLIENT_ISN };

  test('is a connection whose ends are the same, as Linux makes it on its loopback interface', () => {
    expect(noted(CODE, watched(handshake({ at: 0, ...SELF })))).toEqual({
      text: 'Both ends are 127.0.0.1:40000: one socket, connected to itself (frames 1, 2 and 3)',
      frames: [1, 2, 3],
    });
  });

  test('ends without blaming a server', () => {
    expect(codes(watched(handshake({ at: 0, ...SELF }), lateRst({ at: 5, ...SELF })))[0]).toEqual([CODE]);
  });

  test('is not held for a service that was there', () => {
    const refused = [syn({ at: 10, ...SELF, clientPort: 40_001 }), rst({ at: 11, ...SELF, clientPort: 40_001 })];
    expect(judge(watched(handshake({ at: 0, ...SELF }), refused)).map(({ cause }) => cause)).toContain('port-closed');
  });

  test.each([
    ['a connection to another port of the same host', handshake({ at: 0, ...SELF, clientPort: 40_001 })],
    ['a connection between equal ports of two hosts', handshake({ at: 0, clientPort: 443 })],
    ['a SYN to itself that nothing answers, as attackers make it', silence({ at: 0, ...SELF })],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('simultaneous-open', () => {
  const CODE = 'simultaneous-open';

  test('is two SYNs, each of which is answered', () => {
    const steps = watched(syn({ at: 0 }), reverseSyn({ at: 1 }), reverseSynAck({ at: 2 }), synAck({ at: 3 }));
    expect(noted(CODE, steps)).toEqual({
      text: 'Both ends sent a SYN (frames 1 and 2), and each answered the one of the other with a SYN-ACK (frames 3 and 4)',
      frames: [1, 2, 3, 4],
    });
  });

  test('is a handshake that the server splits', () => {
    const steps = watched(
      syn({ at: 0 }),
      reverseSyn({ at: 1 }),
      reverseSynAck({ at: 2 }),
      lateRst({ at: 3, flags: 0x10 }),
    );
    expect(noted(CODE, steps)?.text).toContain('and the client answered the other one with a SYN-ACK (frame 3)');
  });

  test.each([
    [
      'a SYN that comes back with the client’s own number',
      [
        syn({ at: 0 }),
        reverseSyn({ at: 1, serverIsn: CLIENT_ISN }),
        reverseSynAck({ at: 2, serverIsn: CLIENT_ISN }),
        synAck({ at: 3, serverIsn: CLIENT_ISN }),
      ],
    ],
    ['a SYN of the other side that is not answered', [syn({ at: 0 }), reverseSyn({ at: 1 }), synAck({ at: 3 })]],
    ['a connection back to another port', [syn({ at: 0 }), reverseSyn({ at: 1, clientPort: 9 }), synAck({ at: 2 })]],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});

describe('translated-twin', () => {
  const CODE = 'translated-twin';
  const BEHIND = { client: '203.0.113.1', clientPort: 61_000, timeToLive: 63 } as const;

  test('is the same SYN before and behind a translation, each naming the other', () => {
    const steps = watched(
      syn({ at: 0, timestamp: 5 }),
      syn({ at: 0.02, timestamp: 5, ...BEHIND }),
      synAck({ at: 9, ...BEHIND }),
    );
    const texts = judge(steps).map(({ notes }) => notes.find(({ code }) => code === CODE)?.text);
    expect(texts.slice(0, 2)).toEqual([
      'The SYN of frame 1 stands in the capture again, behind a translation of addresses as 203.0.113.1:61000 to 198.51.100.2:443 (frame 2, 0.02 ms apart, answered there in frame 3)',
      'The SYN of frame 2 stands in the capture again, before a translation of addresses as 192.0.2.1:50000 to 198.51.100.2:443 (frame 1, 0.02 ms apart, unanswered there)',
    ]);
  });

  test('is known without time stamps by the packet’s identification and one router more', () => {
    expect(noted(CODE, watched(syn({ at: 0, id: 7 }), syn({ at: 0.02, id: 7, ...BEHIND })))).toBeDefined();
  });

  test.each([
    ['another sequence number', [syn({ at: 0, timestamp: 5 }), syn({ at: 0.02, timestamp: 5, isn: 77, ...BEHIND })]],
    ['another time stamp', [syn({ at: 0, timestamp: 5 }), syn({ at: 0.02, timestamp: 6, ...BEHIND })]],
    ['a later attempt', [syn({ at: 0, timestamp: 5 }), syn({ at: 5000, timestamp: 5, ...BEHIND })]],
    ['a copy with the same addresses', [syn({ at: 0, timestamp: 5 }), syn({ at: 0.02, timestamp: 5, timeToLive: 63 })]],
    ['another probe of one scanner', [syn({ at: 0, id: 7 }), syn({ at: 0.02, id: 8, ...BEHIND })]],
    [
      'a probe of a scanner whose packets are all alike',
      [syn({ at: 0, id: 7 }), syn({ at: 0.02, id: 7, server: '198.51.100.3' })],
    ],
    [
      'a SYN that is reflected',
      [
        syn({ at: 0, timestamp: 5 }),
        syn({
          at: 1,
          timestamp: 5,
          client: SERVER.ipv4,
          clientPort: SERVER.port,
          server: CLIENT.ipv4,
          port: CLIENT.port,
          timeToLive: 63,
        }),
      ],
    ],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });

  test('is not said of a scan, whose probes share a sequence number', () => {
    const scan = [0, 1, 2, 3, 4].map((index) => syn({ at: index, timestamp: 5, port: 80 + index }));
    expect(codes(watched(scan)).flat()).toEqual([]);
  });
});

describe('hairpin', () => {
  const CODE = 'hairpin';
  const OUTER = '203.0.113.1';
  const INNER = '192.0.2.9';
  const toRouter = { sourceMac: CLIENT_MAC, destinationMac: ROUTER_MAC };
  const fromRouter = { sourceMac: ROUTER_MAC, destinationMac: SERVER_MAC, timeToLive: 63 };

  test('is a SYN that its router sends back where it came from', () => {
    const steps = watched(
      syn({ at: 0, timestamp: 5, server: OUTER, ...toRouter }),
      syn({ at: 0.02, timestamp: 5, client: '192.0.2.254', server: INNER, ...fromRouter }),
    );
    expect(noted(CODE, steps)).toEqual({
      text: "The SYN to 203.0.113.1:443 (frame 1) was sent back into the client's own network, to 192.0.2.9:443 (frame 2)",
      frames: [1, 2],
    });
    expect(codes(steps).slice(0, 2)).toEqual([
      ['hairpin', 'translated-twin'],
      ['hairpin', 'translated-twin'],
    ]);
  });

  test('is a SYN-ACK that comes directly from a host of the client’s network', () => {
    const direct = { at: 1, server: INNER, sourceMac: SERVER_MAC, destinationMac: CLIENT_MAC };
    const steps = watched(silence({ at: 0, server: OUTER, ...toRouter }), synAck({ ...direct, at: 7001 }));
    expect(judgeFirst(steps).cause).toBe('bad-syn-ack');
    expect(noted(CODE, steps)).toEqual({
      text: "The SYN to 203.0.113.1:443 (frame 1) was answered by 192.0.2.9:443, directly from the client's own network (frame 5): a device had sent it back there with the client's address still in it",
      frames: [1, 5],
    });
  });

  test.each([
    [
      'a SYN that its router sends on elsewhere',
      [
        syn({ at: 0, timestamp: 5, server: OUTER, ...toRouter }),
        syn({ at: 0.02, timestamp: 5, server: '10.0.0.9', ...fromRouter, sourceMac: '02:00:00:00:00:fd' }),
      ],
    ],
    [
      'a SYN from outside that enters by the same link',
      [
        syn({ at: 0, timestamp: 5, server: OUTER, ...toRouter, timeToLive: 50 }),
        syn({ at: 0.02, timestamp: 5, server: INNER, ...fromRouter, timeToLive: 49 }),
      ],
    ],
    [
      'an untranslated answer that the router sends',
      [
        ...silence({ at: 0, server: OUTER, ...toRouter }),
        synAck({ at: 7001, server: INNER, sourceMac: ROUTER_MAC, destinationMac: CLIENT_MAC }),
      ],
    ],
    [
      'an untranslated answer from farther away',
      [
        ...silence({ at: 0, server: OUTER, ...toRouter }),
        synAck({ at: 7001, server: INNER, sourceMac: SERVER_MAC, destinationMac: CLIENT_MAC, timeToLive: 60 }),
      ],
    ],
  ])('is not %s', (_, steps) => {
    expect(noted(CODE, watched(steps))).toBeUndefined();
  });
});
