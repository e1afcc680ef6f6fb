import { describe, expect, test } from 'vitest';
import { RST } from '../../src/decode/frame.js';
import {
  ack,
  CLIENT_ISN,
  clientData,
  clientRst,
  followed,
  IPV6,
  lateRst,
  reverseSyn,
  rst,
  SERVER_ISN,
  syn,
  synAck,
} from '../build/scenario.js';

describe('an RST that the client accepts', () => {
  test('acknowledges its SYN', () => {
    expect(followed([syn({ at: 0 }), rst({ at: 1 })])).toEqual(['syn 1, rst 2']);
    expect(followed([syn({ at: 0, ...IPV6 }), rst({ at: 1, ...IPV6 })])).toEqual(['syn 1, rst 2']);
  });

  test('may have any sequence number', () => {
    expect(followed([syn({ at: 0 }), rst({ at: 1, sequence: 4_000_000_000 })])).toEqual(['syn 1, rst 2']);
  });

  test('may acknowledge Fast Open data in full, in part or not at all', () => {
    for (const acknowledged of [0, 1, 60, 100]) {
      const answer = rst({ at: 1, acknowledgement: CLIENT_ISN + 1 + acknowledged });
      expect(followed([syn({ at: 0, data: 100 }), answer])).toEqual(['syn 1, rst 2']);
    }
  });

  test('may answer the plain SYN that a client sends when one with data failed', () => {
    expect(followed([syn({ at: 0, data: 100 }), syn({ at: 1000 }), rst({ at: 1001 })])).toEqual([
      'syn 1, syn 2, rst 3',
    ]);
  });
});

describe('an RST that the client has to ignore', () => {
  const unacceptable = {
    'acknowledges one byte too few': rst({ at: 1, acknowledgement: CLIENT_ISN }),
    'acknowledges one byte too many': rst({ at: 1, acknowledgement: CLIENT_ISN + 2 }),
    'acknowledges something else': rst({ at: 1, acknowledgement: 77 }),
    'acknowledges nothing': rst({ at: 1, flags: RST, sequence: 5, acknowledgement: CLIENT_ISN + 1 }),
  };

  for (const [what, answer] of Object.entries(unacceptable)) {
    test(what, () => expect(followed([syn({ at: 0 }), answer])).toEqual(['syn 1, ignored-rst 2']));
  }

  test('acknowledges more than the Fast Open data', () => {
    expect(followed([syn({ at: 0, data: 100 }), rst({ at: 1, acknowledgement: CLIENT_ISN + 102 })])).toEqual([
      'syn 1, ignored-rst 2',
    ]);
  });

  test('does not keep a real answer from coming', () => {
    const steps = [syn({ at: 0 }), rst({ at: 1, acknowledgement: 77 }), synAck({ at: 2 }), ack({ at: 3 })];
    expect(followed(steps)).toEqual(['syn 1, ignored-rst 2, syn-ack 3, ack 4']);
  });
});

describe('an RST after the SYN-ACK', () => {
  const opened = [syn({ at: 0 }), synAck({ at: 1 })];

  test('is late when it is in the window', () => {
    for (const ahead of [0, 1, 1000, 65_536]) {
      const reset = lateRst({ at: 5000, sequence: SERVER_ISN + ahead });
      expect(followed([...opened, reset]), `${ahead} ahead`).toEqual(['syn 1, syn-ack 2, late-rst 3']);
    }
  });

  test('is late without an ACK too', () => {
    expect(followed([...opened, lateRst({ at: 5000, flags: RST })])).toEqual(['syn 1, syn-ack 2, late-rst 3']);
  });

  test('is ignored when it is out of the window', () => {
    for (const sequence of [0, SERVER_ISN - 1, SERVER_ISN + 65_537]) {
      expect(followed([...opened, lateRst({ at: 5000, sequence })])).toEqual(['syn 1, syn-ack 2, ignored-rst 3']);
    }
  });

  test('is late when the client showed that it lost the SYN-ACK, and it answers the repeated SYN', () => {
    expect(followed([...opened, syn({ at: 1000 }), rst({ at: 1001 })])).toEqual([
      'syn 1, syn-ack 2, syn 3, late-rst 4',
    ]);
  });

  test('is ignored when it answers the SYN of a client that has the SYN-ACK', () => {
    expect(followed([...opened, rst({ at: 1001 })])).toEqual(['syn 1, syn-ack 2, ignored-rst 3']);
  });

  test('is a packet of the attempt even behind the handshake, as long as nobody has sent data', () => {
    expect(followed([...opened, ack({ at: 2 }), lateRst({ at: 3 })])).toEqual(['syn 1, syn-ack 2, ack 3, late-rst 4']);
  });

  test('is no packet of the attempt once the connection was used', () => {
    const used = [...opened, ack({ at: 2 }), clientData({ at: 3, data: 10 })];
    expect(followed([...used, lateRst({ at: 4 })])).toEqual(['syn 1, syn-ack 2, ack 3']);
  });
});

describe('an RST of the client', () => {
  test('is that of the connection that was made on the same ports since, not of an older attempt', () => {
    const steps = [
      syn({ at: 0 }),
      syn({ at: 10, isn: 5000 }),
      synAck({ at: 11, isn: 5000 }),
      ack({ at: 12, isn: 5000 }),
      clientRst({ at: 13, isn: 5000 }),
    ];
    expect(followed(steps)).toEqual(['syn 1', 'syn 2, syn-ack 3, ack 4']);
  });
});

describe('RSTs of others', () => {
  test('of another port or another host answer nothing', () => {
    const others = [
      rst({ at: 1, clientPort: 50_001 }),
      rst({ at: 2, port: 444 }),
      rst({ at: 3, server: '198.51.100.3' }),
      rst({ at: 4, client: '192.0.2.2' }),
    ];
    expect(followed([syn({ at: 0 }), ...others])).toEqual(['syn 1']);
  });

  test('of the client end its own attempt, whatever their sequence number', () => {
    expect(followed([syn({ at: 0 }), clientRst({ at: 1, sequence: 5 })])).toEqual(['syn 1, client-rst 2']);
  });

  test('of the client do not answer what the server opened', () => {
    const steps = [reverseSyn({ at: 0 }), clientRst({ at: 1, flags: RST, sequence: 0 })];
    expect(followed(steps)).toEqual(['syn 1, ignored-rst 2']);
  });
});
