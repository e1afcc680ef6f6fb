import { describe, expect, test } from 'vitest';
import {
  ack,
  CLIENT_ISN,
  challengeAck,
  clientData,
  clientFin,
  clientRst,
  elsewhere,
  follow,
  followed,
  handshake,
  IPV6,
  reverseSyn,
  reverseSynAck,
  rst,
  SERVER_ISN,
  serverAck,
  syn,
  synAck,
} from '../build/scenario.js';

const OTHER_ISN = 700_000_000;

describe('one attempt', () => {
  test('begins with a SYN and holds its retransmissions with their times', () => {
    const [attempt] = follow([syn({ at: 0 }), syn({ at: 1024 }), syn({ at: 3040.5 })]).attempts;
    expect(attempt?.events.map(({ kind, timeNs }) => [kind, timeNs])).toEqual([
      ['syn', 0],
      ['syn', 1_024_000_000],
      ['syn', 3_040_500_000],
    ]);
  });

  test('names both ends, in IPv6 as RFC 5952 writes them', () => {
    const steps = [syn({ at: 0 }), syn({ at: 1, ...IPV6, clientPort: 65_535, port: 1 })];
    expect(follow(steps).attempts.map(({ client, server }) => [client, server])).toEqual([
      [
        { address: '192.0.2.1', port: 50_000 },
        { address: '198.51.100.2', port: 443 },
      ],
      [
        { address: '2001:db8::1', port: 65_535 },
        { address: '2001:db8::2', port: 1 },
      ],
    ]);
  });

  test('is complete with the ACK of its SYN-ACK', () => {
    expect(followed(handshake({ at: 0 }))).toEqual(['syn 1, syn-ack 2, ack 3']);
    expect(followed(handshake({ at: 0, ...IPV6 }))).toEqual(['syn 1, syn-ack 2, ack 3']);
  });

  test('is complete with data that implies the ACK', () => {
    expect(followed([syn({ at: 0 }), synAck({ at: 1 }), clientData({ at: 2, data: 100 })])).toEqual([
      'syn 1, syn-ack 2, ack 3',
    ]);
  });

  test('is not completed by an ACK of something else, or from beyond the window', () => {
    const opened = [syn({ at: 0 }), synAck({ at: 1 })];
    const completions = [
      ack({ at: 2, acknowledgement: SERVER_ISN }),
      ack({ at: 2, acknowledgement: SERVER_ISN + 70_000 }),
      ack({ at: 2, sequence: CLIENT_ISN + 70_000 }),
      ack({ at: 2, sequence: CLIENT_ISN - 5 }),
    ];
    for (const completion of completions) expect(followed([...opened, completion])).toEqual(['syn 1, syn-ack 2']);
  });

  test('counts sequence numbers beyond the end of their range', () => {
    const isn = 0xffffffff;
    expect(followed(handshake({ at: 0, isn, serverIsn: 0xffffffff }))).toEqual(['syn 1, syn-ack 2, ack 3']);
    expect(followed([syn({ at: 0, isn }), rst({ at: 1, isn })])).toEqual(['syn 1, rst 2']);
  });

  test('is complete whichever of two SYN-ACKs with different numbers the client acknowledges', () => {
    const answers = [syn({ at: 0 }), synAck({ at: 1 }), synAck({ at: 2, serverIsn: 77 })];
    expect(followed([...answers, ack({ at: 3 })])).toEqual(['syn 1, syn-ack 2, syn-ack 3, ack 4']);
    expect(followed([...answers, ack({ at: 3, serverIsn: 77 })])).toEqual(['syn 1, syn-ack 2, syn-ack 3, ack 4']);
  });

  test('may begin with a SYN-ACK whose SYN is not in the capture', () => {
    const { attempts } = follow([synAck({ at: 0 }), ack({ at: 1 })]);
    expect(attempts[0]).toMatchObject({
      client: { address: '192.0.2.1', port: 50_000 },
      initialSequence: CLIENT_ISN,
      events: [{ kind: 'syn-ack' }, { kind: 'ack' }],
    });
  });

  test('does not begin with an RST, an ACK, data or a FIN', () => {
    expect(
      followed([
        rst({ at: 0 }),
        clientRst({ at: 1 }),
        ack({ at: 2 }),
        clientData({ at: 3, data: 5 }),
        clientFin({ at: 4 }),
      ]),
    ).toEqual([]);
  });

  test('ends for its client with its RST or its FIN', () => {
    expect(followed([syn({ at: 0 }), clientRst({ at: 5 })])).toEqual(['syn 1, client-rst 2']);
    expect(followed([syn({ at: 0 }), clientFin({ at: 5 })])).toEqual(['syn 1, client-fin 2']);
    expect(followed([syn({ at: 0 }), synAck({ at: 1 }), clientRst({ at: 2 })])).toEqual([
      'syn 1, syn-ack 2, client-rst 3',
    ]);
  });

  test('is no longer completed by an ACK after the client has refused the SYN-ACK', () => {
    expect(followed([syn({ at: 0 }), synAck({ at: 1 }), clientRst({ at: 2 }), ack({ at: 3 })])).toEqual([
      'syn 1, syn-ack 2, client-rst 3',
    ]);
  });

  test('has a challenge ACK of the server, and what follows it', () => {
    const steps = [
      syn({ at: 0 }),
      challengeAck({ at: 1 }),
      clientRst({ at: 2, sequence: 2_000_000_000 }),
      syn({ at: 30 }),
      synAck({ at: 31 }),
      ack({ at: 32 }),
    ];
    expect(followed(steps)).toEqual(['syn 1, bare-ack 2, client-rst 3, syn 4, syn-ack 5, ack 6']);
  });

  test('has wrong SYN-ACKs beside the right one', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1, acknowledgement: 55 }), synAck({ at: 2 }), ack({ at: 3 })];
    expect(followed(steps)).toEqual(['syn 1, bad-syn-ack 2, syn-ack 3, ack 4']);
  });
});

describe('another attempt of the same addresses and ports', () => {
  test('is a second SYN with another sequence number', () => {
    expect(followed([syn({ at: 0 }), syn({ at: 500, isn: OTHER_ISN })])).toEqual(['syn 1', 'syn 2']);
  });

  test('leaves the older one open: a SYN-ACK goes to the attempt that it acknowledges', () => {
    const steps = [syn({ at: 0 }), syn({ at: 500, isn: OTHER_ISN }), synAck({ at: 510 }), ack({ at: 511 })];
    expect(followed(steps)).toEqual(['syn 1, syn-ack 3, ack 4', 'syn 2']);
  });

  test('leaves the older one open: an RST goes to the attempt that it acknowledges', () => {
    const steps = [
      syn({ at: 0 }),
      syn({ at: 500, isn: OTHER_ISN }),
      rst({ at: 501 }),
      rst({ at: 502, isn: OTHER_ISN }),
    ];
    expect(followed(steps)).toEqual(['syn 1, rst 3', 'syn 2, rst 4']);
  });

  test('gets its own retransmissions, however they are mixed', () => {
    const steps = [
      syn({ at: 0 }),
      syn({ at: 500, isn: OTHER_ISN }),
      syn({ at: 1000 }),
      syn({ at: 1500, isn: OTHER_ISN }),
    ];
    expect(followed(steps)).toEqual(['syn 1, syn 3', 'syn 2, syn 4']);
  });

  test('follows a refused one, as when a program tries again from the same port', () => {
    const steps = [syn({ at: 0 }), rst({ at: 1 }), ...handshake({ at: 900, isn: OTHER_ISN })];
    expect(followed(steps)).toEqual(['syn 1, rst 2', 'syn 3, syn-ack 4, ack 5']);
  });

  test('follows a connection that was made before', () => {
    const steps = [...handshake({ at: 0 }), syn({ at: 5000, isn: OTHER_ISN }), rst({ at: 5001, isn: OTHER_ISN })];
    expect(followed(steps)).toEqual(['syn 1, syn-ack 2, ack 3', 'syn 4, rst 5']);
  });

  test('is what the server opens in the other direction after a connection', () => {
    const steps = [...handshake({ at: 0 }), reverseSyn({ at: 5000, serverIsn: 4 })];
    expect(follow(steps).attempts.map(({ client }) => client.address)).toEqual(['192.0.2.1', '198.51.100.2']);
  });

  test('that stayed open is not ended by an RST of the connection that was made meanwhile', () => {
    const steps = [
      syn({ at: 0 }),
      ...handshake({ at: 500, isn: OTHER_ISN }),
      clientData({ at: 510, isn: OTHER_ISN, data: 10 }),
      clientRst({ at: 600, sequence: OTHER_ISN + 11 }),
    ];
    expect(followed(steps)).toEqual(['syn 1', 'syn 2, syn-ack 3, ack 4']);
  });
});

describe('the same SYN again', () => {
  test('after an RST is the same attempt, as on Windows', () => {
    const steps = [0, 500, 1000, 1500].flatMap((at) => [syn({ at }), rst({ at: at + 1 })]);
    expect(followed(steps)).toEqual(['syn 1, rst 2, syn 3, rst 4, syn 5, rst 6, syn 7, rst 8']);
  });

  test('after an RST may be accepted', () => {
    expect(followed([syn({ at: 0 }), rst({ at: 1 }), ...handshake({ at: 500 })])).toEqual([
      'syn 1, rst 2, syn 3, syn-ack 4, ack 5',
    ]);
  });

  test('as a late duplicate of an established connection is no new attempt', () => {
    expect(followed([...handshake({ at: 0 }), syn({ at: 900 })])).toEqual(['syn 1, syn-ack 2, ack 3, syn 4']);
    const { attempts, tracker } = follow([...handshake({ at: 0 }), syn({ at: 900 })], { keepEstablished: false });
    expect(attempts).toEqual([]);
    expect(tracker.counts.established).toBe(1);
  });

  test('long after the connection was forgotten is an attempt', () => {
    expect(followed([...handshake({ at: 0 }), elsewhere({ at: 70_000 }), syn({ at: 70_001 })])).toHaveLength(2);
  });
});

describe('established connections', () => {
  test('are counted and not handed over unless asked for', () => {
    const steps = [...handshake({ at: 0 }), ...handshake({ at: 10, clientPort: 50_001 }), syn({ at: 20, port: 80 })];
    const { attempts, tracker } = follow(steps, { keepEstablished: false });
    expect(attempts.map(({ server }) => server.port)).toEqual([80]);
    expect(tracker.counts.established).toBe(2);
    expect(follow(steps).tracker.counts.established).toBe(0);
  });

  test('whose SYN is missing are handed over all the same', () => {
    const { attempts, tracker } = follow([synAck({ at: 0 }), ack({ at: 1 })], { keepEstablished: false });
    expect(attempts).toHaveLength(1);
    expect(tracker.counts.established).toBe(0);
  });

  test('do not touch other attempts with their data', () => {
    const steps = [
      syn({ at: 0, clientPort: 50_001 }),
      ...handshake({ at: 1 }),
      clientData({ at: 10, data: 500 }),
      serverAck({ at: 11 }),
      clientData({ at: 12, data: 500, sequence: CLIENT_ISN + 501 }),
      rst({ at: 13, clientPort: 50_001 }),
    ];
    expect(followed(steps)).toEqual(['syn 1, rst 8', 'syn 2, syn-ack 3, ack 4']);
  });

  test('do not answer for an attempt on the same ports that began before them', () => {
    const steps = [
      syn({ at: 0, isn: OTHER_ISN }),
      ...handshake({ at: 100 }),
      clientData({ at: 110, data: 10 }),
      serverAck({ at: 111 }),
    ];
    expect(followed(steps)).toEqual(['syn 1', 'syn 2, syn-ack 3, ack 4']);
  });
});

describe('both sides at once', () => {
  test('a SYN that meets another is a simultaneous open and one attempt', () => {
    const steps = [syn({ at: 0 }), reverseSyn({ at: 1 }), reverseSynAck({ at: 2 }), synAck({ at: 3 }), ack({ at: 4 })];
    expect(followed(steps)).toEqual(['syn 1, reverse-syn 2, reverse-syn-ack 3, syn-ack 4']);
  });

  test('a simultaneous open of which one SYN-ACK is missing is complete with an ACK', () => {
    const opening = [syn({ at: 0 }), reverseSyn({ at: 1 })];
    expect(followed([...opening, synAck({ at: 2 }), ack({ at: 3 })])).toEqual([
      'syn 1, reverse-syn 2, syn-ack 3, ack 4',
    ]);
    const acknowledged = serverAck({ at: 3, acknowledgement: CLIENT_ISN + 1 });
    expect(followed([...opening, reverseSynAck({ at: 2 }), acknowledged])).toEqual([
      'syn 1, reverse-syn 2, reverse-syn-ack 3, ack 4',
    ]);
  });

  test('a simultaneous open is complete with the second SYN-ACK, in whichever order they come', () => {
    for (const answers of [
      [synAck({ at: 2 }), reverseSynAck({ at: 3 })],
      [reverseSynAck({ at: 2 }), synAck({ at: 3 })],
    ]) {
      const { attempts, tracker } = follow([syn({ at: 0 }), reverseSyn({ at: 1 }), ...answers], {
        keepEstablished: false,
      });
      expect(attempts).toEqual([]);
      expect(tracker.counts.established).toBe(1);
    }
  });

  test('a SYN in the other direction long after is another attempt', () => {
    expect(followed([syn({ at: 0 }), reverseSyn({ at: 65_000 })])).toEqual(['syn 1', 'syn 2']);
  });

  test('a program that connects to itself is one attempt', () => {
    const itself = { client: '127.0.0.1', server: '127.0.0.1', clientPort: 40_000, port: 40_000 };
    expect(
      followed([
        syn({ at: 0, ...itself }),
        synAck({ at: 1, ...itself, serverIsn: CLIENT_ISN }),
        ack({ at: 2, ...itself, serverIsn: CLIENT_ISN }),
      ]),
    ).toEqual(['syn 1, syn-ack 2, ack 3']);
  });

  test('a program that connects to itself without success is one attempt too', () => {
    const itself = { client: '::1', server: '::1', clientPort: 40_000, port: 40_000 };
    expect(followed([syn({ at: 0, ...itself }), syn({ at: 1000, ...itself })])).toEqual(['syn 1, syn 2']);
    expect(followed([syn({ at: 0, ...itself }), rst({ at: 1, ...itself })])).toEqual(['syn 1, rst 2']);
  });
});

describe('connections of which one direction is in the capture', () => {
  test('show that the client went on', () => {
    expect(followed([syn({ at: 0 }), ack({ at: 10 }), clientData({ at: 11, data: 9 })])).toEqual([
      'syn 1, client-segment 2',
    ]);
  });

  test('show that the server went on', () => {
    expect(followed([syn({ at: 0 }), serverAck({ at: 10 })])).toEqual(['syn 1, server-segment 2']);
    expect(followed([synAck({ at: 0 }), serverAck({ at: 10 })])).toEqual(['syn-ack 1, server-segment 2']);
  });

  test('show that both went on without a SYN-ACK', () => {
    expect(followed([syn({ at: 0 }), ack({ at: 10 }), serverAck({ at: 20 })])).toEqual([
      'syn 1, client-segment 2, server-segment 3',
    ]);
  });
});
