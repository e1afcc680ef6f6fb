import { describe, expect, test } from 'vitest';
import { FIN, PSH, SYN } from '../../src/decode/frame.js';
import {
  ack,
  advertisement,
  arpReply,
  arpRequest,
  CLIENT_ISN,
  challengeAck,
  clientData,
  clientFin,
  clientRst,
  dataElsewhere,
  echoReply,
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
  type Step,
  serverAck,
  silence,
  solicitation,
  syn,
  synAck,
  verdicts,
} from '../build/scenario.js';

/** A capture that goes on for long after the last packet, and was not filtered down to handshakes. */
function watched(...steps: readonly (Step | readonly Step[])[]): Step[] {
  return [...steps.flat(), dataElsewhere({ at: 200_000 }), elsewhere({ at: 400_000 })];
}

const OTHER = { clientPort: 50_001 };
const SERVER_ADDRESS = '198.51.100.2';
const NEIGHBOUR_CLIENT = { client: '192.0.2.77' };

describe('established', () => {
  test('is a handshake that is complete', () => {
    const verdict = judgeFirst(handshake({ at: 0 }));
    expect(verdict).toMatchObject({ outcome: 'established', cause: null, confidence: 'high', alternatives: [] });
    expect(verdict.evidence).toEqual([{ text: 'SYN, SYN-ACK and ACK are in frames 1, 2 and 3', frames: [1, 2, 3] }]);
  });

  test.each([
    ['after an ICMP error', [syn({ at: 0 }), icmpError({ at: 1 }), ...handshake({ at: 1000 })]],
    [
      'after an RST that the client had to ignore',
      [syn({ at: 0 }), rst({ at: 1, acknowledgement: 9 }), ...handshake({ at: 1000 })],
    ],
    ['after an RST and a repetition, as on Windows', [syn({ at: 0 }), rst({ at: 1 }), ...handshake({ at: 500 })]],
    [
      'after a challenge ACK',
      [syn({ at: 0 }), challengeAck({ at: 1 }), clientRst({ at: 2 }), ...handshake({ at: 30 })],
    ],
    ['after a wrong SYN-ACK', [syn({ at: 0 }), synAck({ at: 1, acknowledgement: 9 }), ...handshake({ at: 30 })]],
    ['with the SYN-ACK recorded first', [synAck({ at: 0 }), syn({ at: 0.2 }), ack({ at: 1 })]],
    ['with an RST of the server at its end', [...handshake({ at: 0 }), lateRst({ at: 5 })]],
    ['by both sides at once', [syn({ at: 0 }), reverseSyn({ at: 1 }), reverseSynAck({ at: 2 }), synAck({ at: 3 })]],
  ])('is one %s', (_, steps) => {
    expect(verdicts(watched(steps))).toContain('established');
    expect(judgeFirst(watched(steps)).outcome).toBe('established');
  });

  test('is a conversation that both sides went on with although its SYN-ACK is missing', () => {
    const verdict = judgeFirst(watched(syn({ at: 0 }), ack({ at: 10 }), serverAck({ at: 20 })));
    expect(verdict).toMatchObject({ outcome: 'established', cause: null, confidence: 'medium' });
  });
});

describe('port-closed', () => {
  test('is an RST that acknowledges the SYN', () => {
    const verdict = judgeFirst([syn({ at: 0 }), rst({ at: 0.42 })]);
    expect(verdict).toMatchObject({ outcome: 'refused', cause: 'port-closed', confidence: 'high' });
    expect(verdict.evidence).toEqual([
      { text: 'The RST of frame 2 acknowledges the SYN of frame 1, after 0.42 ms', frames: [1, 2] },
    ]);
  });

  test('names the SYN that the RST answers, not an older one that was lost', () => {
    const verdict = judgeFirst([syn({ at: 0 }), syn({ at: 1000 }), rst({ at: 1012 })]);
    expect(verdict.evidence[0]).toEqual({
      text: 'The RST of frame 3 acknowledges the SYN of frame 2, after 12 ms',
      frames: [2, 3],
    });
  });

  test('says how often it was asked and refused', () => {
    const steps = [0, 500, 1000].flatMap((at) => [syn({ at }), rst({ at: at + 1 })]);
    expect(judgeFirst(steps).evidence[1]).toMatchObject({ frames: [2, 4, 6] });
  });

  test('says so when the capture recorded the RST first', () => {
    const [evidence] = judgeFirst([rst({ at: 0 }), syn({ at: 0.2 })]).evidence;
    expect(evidence?.text).toBe(
      'The RST of frame 1 acknowledges the SYN of frame 2, which the capture recorded just behind it',
    );
  });

  test('needs no capture that goes on: the RST is the end', () => {
    expect(verdicts([syn({ at: 0 }), rst({ at: 1 })])).toEqual(['refused, port-closed']);
  });

  test('is not an RST that the client had to ignore', () => {
    const steps = watched(silence({ at: 0 }), rst({ at: 1, acknowledgement: CLIENT_ISN }));
    const verdict = judgeFirst(steps);
    expect(verdict.outcome).toBe('timed-out');
    expect(verdict.evidence.at(-2)?.text).toContain('the client has to ignore them: frame 5');
  });

  test('is what the client obeyed when an ICMP error came after the RST', () => {
    expect(verdicts([syn({ at: 0 }), rst({ at: 1 }), icmpError({ at: 2, code: 13 })])).toEqual([
      'refused, port-closed',
    ]);
    expect(verdicts([syn({ at: 0 }), icmpError({ at: 1, code: 13 }), rst({ at: 2 })])).toEqual([
      'filtered, admin-prohibited',
    ]);
  });

  test('is what the client obeyed when it went on after an ICMP error', () => {
    const steps = [syn({ at: 0 }), icmpError({ at: 1, code: 1 }), syn({ at: 1000 }), rst({ at: 1001 })];
    expect(verdicts(steps)).toEqual(['refused, port-closed']);
  });
});

describe('service-unstable', () => {
  test('is an RST of a port that accepted a connection at another time', () => {
    for (const other of [handshake({ at: 5000, ...OTHER }), handshake({ at: 5000, ...NEIGHBOUR_CLIENT })]) {
      const verdict = judgeFirst([syn({ at: 0 }), rst({ at: 1 }), ...other]);
      expect(verdict).toMatchObject({ outcome: 'refused', cause: 'service-unstable', confidence: 'high' });
      expect(verdict.evidence.at(-1)).toMatchObject({ frames: [4] });
      expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['port-closed']);
    }
  });

  test.each([
    ['only another port accepted', handshake({ at: 5000, ...OTHER, port: 80 })],
    ['only another server accepted', handshake({ at: 5000, ...OTHER, server: '198.51.100.3' })],
    ['others were refused as well', [syn({ at: 5000, ...OTHER }), rst({ at: 5001, ...OTHER })]],
  ])('is not told when %s', (_, other) => {
    expect(judgeFirst([syn({ at: 0 }), rst({ at: 1 }), ...other]).cause).toBe('port-closed');
  });
});

describe('reset-after-syn-ack', () => {
  test('is an RST of a server that said yes before', () => {
    const verdict = judgeFirst(watched(syn({ at: 0 }), synAck({ at: 1 }), synAck({ at: 1001 }), lateRst({ at: 1500 })));
    expect(verdict).toMatchObject({ outcome: 'refused', cause: 'reset-after-syn-ack', confidence: 'medium' });
    expect(verdict.evidence[0]?.frames).toEqual([2, 3, 4]);
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['return-path-lost']);
  });

  test('is not an RST after the connection was made', () => {
    expect(verdicts([...handshake({ at: 0 }), lateRst({ at: 5 })])).toEqual(['established']);
  });

  test('is not an RST out of the window', () => {
    expect(verdicts(watched(syn({ at: 0 }), synAck({ at: 1 }), lateRst({ at: 9, sequence: 5 })))).toEqual([
      'timed-out, return-path-lost',
    ]);
  });
});

describe('what an ICMP error says', () => {
  test.each([
    [0, 'network-unreachable'],
    [1, 'host-unreachable'],
    [2, 'reject-protocol-unreachable'],
    [3, 'reject-port-unreachable'],
    [5, 'network-unreachable'],
    [6, 'network-unreachable'],
    [7, 'host-unreachable'],
    [8, 'host-unreachable'],
    [9, 'admin-prohibited'],
    [10, 'admin-prohibited'],
    [11, 'network-unreachable'],
    [12, 'host-unreachable'],
    [13, 'admin-prohibited'],
    [14, 'admin-prohibited'],
    [15, 'admin-prohibited'],
    [200, 'admin-prohibited'],
  ])('ICMP 3/%i is %s', (code, cause) => {
    expect(verdicts([syn({ at: 0 }), icmpError({ at: 1, code })])).toEqual([`filtered, ${cause}`]);
  });

  test.each([
    [0, 'network-unreachable'],
    [1, 'admin-prohibited'],
    [2, 'network-unreachable'],
    [3, 'host-unreachable'],
    [4, 'reject-port-unreachable'],
    [5, 'admin-prohibited'],
    [6, 'network-unreachable'],
    [7, 'network-unreachable'],
  ])('ICMPv6 1/%i is %s', (code, cause) => {
    expect(verdicts([syn({ at: 0, ...IPV6 }), icmpError({ at: 1, ...IPV6, code })])).toEqual([`filtered, ${cause}`]);
  });

  test('is told with its sender: the target, the client itself or something on the way', () => {
    const says = (from: string) => judgeFirst([syn({ at: 0 }), icmpError({ at: 1, code: 13, from })]).evidence[1]?.text;
    expect(says('198.51.100.2')).toContain("bears the target's own address (198.51.100.2)");
    expect(says('192.0.2.1')).toContain("The client's own system (192.0.2.1)");
    expect(says('203.0.113.1')).toContain('203.0.113.1, neither client nor target');
  });

  test('is told with its frame, the quoted SYN and the time between', () => {
    const error = icmpError({ at: 1003, code: 13, from: '203.0.113.1' });
    expect(judgeFirst([syn({ at: 1000 }), error]).evidence[0]).toEqual({
      text: 'ICMP type 3 code 13 from 203.0.113.1 in frame 2 quotes the SYN of frame 1, after 3 ms',
      frames: [1, 2],
    });
  });

  test('is not told to quote the latest of several SYNs, which nobody knows', () => {
    const error = icmpError({ at: 3003, code: 1, from: '203.0.113.1' });
    expect(judgeFirst([syn({ at: 0 }), syn({ at: 1000 }), syn({ at: 3000 }), error]).evidence[0]?.text).toBe(
      'ICMP type 3 code 1 from 203.0.113.1 in frame 4 quotes the SYN, which was last sent in frame 3, 3 ms before',
    );
  });

  test('counts when the SYN is not in the capture', () => {
    const verdict = judgeFirst([icmpError({ at: 0, code: 13 })]);
    expect(verdict).toMatchObject({ outcome: 'filtered', cause: 'admin-prohibited' });
    expect(verdict.evidence[0]?.text).toContain('quotes a SYN that is not in the capture');
  });

  test('that a packet is too big, or to be sent another way, is no refusal', () => {
    for (const error of [
      { type: 3, code: 4 },
      { type: 5, code: 1 },
      { type: 4, code: 0 },
      { type: 12, code: 0 },
    ]) {
      expect(verdicts(watched(silence({ at: 0 }), icmpError({ at: 1, ...error })))[0]).toMatch(
        /^(timed-out|filtered, port-dropped)/,
      );
    }
    expect(verdicts(watched(silence({ at: 0, ...IPV6 }), icmpError({ at: 1, ...IPV6, type: 2, code: 0 })))[0]).toMatch(
      /^(timed-out|filtered, port-dropped)/,
    );
  });
});

describe('accept-queue-full by what the server does with ACKs', () => {
  const opened = handshake({ at: 0, ...OTHER });
  const unheard = (at: number) => [
    synAck({ at, ...OTHER, timestamp: at }),
    ack({ at: at + 1, ...OTHER, timestamp: at }),
  ];
  const silentBeside = (steps: readonly Step[]) =>
    judge(
      watched(
        [...opened, ...steps, ...silence({ at: 2000, isn: 7 }), echoReply({ at: 2500 })].sort(
          (one, other) => one.at - other.at,
        ),
      ),
    ).find(({ cause }) => cause !== null);

  test('is silence of a port that repeats its SYN-ACK although the client has acknowledged it', () => {
    const verdict = silentBeside([...unheard(1000), ...unheard(3000)]);
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'accept-queue-full', confidence: 'medium' });
    expect(verdict?.evidence.at(-1)?.text).toContain('SYN-ACKs again that their client had acknowledged');
  });

  test('is not silence of a port that repeated its SYN-ACK once: the ACK was lost', () => {
    expect(silentBeside(unheard(1000))?.cause).toBe('port-dropped');
  });
});

describe('host-silent', () => {
  test('is silence, and nothing known of the target', () => {
    const verdict = judgeFirst(watched(silence({ at: 0 })));
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'host-silent', confidence: 'medium' });
    expect(verdict.evidence.map(({ text }) => text)).toEqual([
      'The SYN was sent 4 times within 7 s (frames 1, 2, 3 and 4)',
      expect.stringMatching(/^No answer came in the .* after the last SYN$/),
      'The capture holds no answer of 198.51.100.2 to anybody',
    ]);
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['port-dropped']);
  });

  test('is less sure of a single SYN', () => {
    expect(judgeFirst(watched(syn({ at: 0 })))).toMatchObject({ cause: 'host-silent', confidence: 'low' });
  });

  test('is a target that was heard of long before and then fell silent', () => {
    const verdict = judgeFirst(watched(echoReply({ at: 0 }), silence({ at: 60_000 })));
    expect(verdict.cause).toBe('host-silent');
    expect(verdict.evidence.at(-1)).toMatchObject({ frames: [1] });
  });

  test('does not say of a target that sent something during the attempt that it was heard of before', () => {
    const verdict = judgeFirst(
      watched(syn({ at: 0 }), echoReply({ at: 500 }), syn({ at: 1000 }), arpRequest({ at: 1500 }), syn({ at: 3000 })),
    );
    expect(verdict.evidence.map(({ text }) => text).join()).not.toContain('before this attempt');
  });
});

describe('port-dropped', () => {
  test.each([
    ['a SYN-ACK of another port', handshake({ at: 1500, port: 22 }), 'a SYN-ACK from port 22'],
    ['an RST of another port', [syn({ at: 1500, port: 81 }), rst({ at: 1501, port: 81 })], 'an RST from port 81'],
    ['data of another port', [serverAck({ at: 1500, port: 22 })], 'a segment from port 22'],
    ['an echo reply', [echoReply({ at: 1500 })], 'an IP packet that is not TCP'],
  ])('is silence while the target shows by %s that it is alive', (_, signs, told) => {
    const verdict = judgeFirst(watched([...silence({ at: 0 }, [0, 1000]), ...signs, syn({ at: 3000 })]));
    expect(verdict).toMatchObject({ outcome: 'filtered', cause: 'port-dropped', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['accept-queue-full']);
    expect(verdict.evidence.at(-1)?.text).toContain(told);
    expect(verdict.evidence.at(-1)?.text).toMatch(
      /^198\.51\.100\.2 is alive: .* \(frame \d, 1\.5 s after the first SYN\)$/,
    );
  });

  test('is less sure when the target was alive just before only', () => {
    const verdict = judgeFirst(watched(echoReply({ at: 0 }), silence({ at: 2000 })));
    expect(verdict).toMatchObject({ cause: 'port-dropped', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['host-silent', 'accept-queue-full']);
  });

  test('is not told from a sign of life of another host', () => {
    expect(verdicts(watched(silence({ at: 0 }), echoReply({ at: 10, from: '198.51.100.3' })))[0]).toBe(
      'timed-out, host-silent',
    );
  });

  test('is not told of a target that its neighbours have looked for in vain since', () => {
    const steps = watched(
      echoReply({ at: 0 }),
      silence({ at: 100 }),
      [1200, 2200, 3200].map((at) => arpRequest({ at })),
    );
    expect(verdicts(steps)[0]).toBe('timed-out, neighbor-unresolved');
  });
});

describe('a target that was first heard of after the last SYN', () => {
  test('may have come up only then', () => {
    const verdict = judgeFirst(watched(silence({ at: 0 }), echoReply({ at: 9000 })));
    expect(verdict).toMatchObject({ cause: 'port-dropped', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['host-silent', 'accept-queue-full']);
  });
});

describe('a target that says something of its own', () => {
  test('is alive when it opens connections itself', () => {
    const own = syn({ at: 1500, client: SERVER_ADDRESS, clientPort: 50_123, server: '203.0.113.9', port: 80 });
    const verdict = judgeFirst(watched(silence({ at: 0 }), own));
    expect(verdict).toMatchObject({ outcome: 'filtered', cause: 'port-dropped' });
  });
});

describe('source-dropped', () => {
  const others = [
    ...handshake({ at: 100, ...NEIGHBOUR_CLIENT }),
    ...handshake({ at: 2000, ...NEIGHBOUR_CLIENT, isn: 5 }),
  ];

  test('is silence for one client while the port answers others', () => {
    const verdict = judgeFirst(watched(silence({ at: 0 }), others));
    expect(verdict).toMatchObject({ outcome: 'filtered', cause: 'source-dropped', confidence: 'medium' });
    expect(verdict.evidence.at(-1)?.text).toContain('192.0.2.77');
    expect(verdict.alternatives.map(({ cause }) => cause)).toContain('return-path-lost');
  });

  test('is not told when this client was answered too', () => {
    const steps = watched(silence({ at: 0 }), others, handshake({ at: 60_000, ...OTHER }));
    expect(verdicts(steps)[0]).toBe('timed-out, host-silent');
  });

  test('is not told when this client was answered as one of very many', () => {
    const many = Array.from({ length: 40 }, (_, index) => handshake({ at: index * 10, client: `10.0.0.${index + 1}` }));
    const last = { client: '10.0.0.40', clientPort: 40_000 };
    const steps = watched(...many, silence({ at: 5000, ...last }));
    const verdict = judge(steps).find(({ attempt }) => attempt.client.port === 40_000);
    expect(verdict?.cause).not.toBe('source-dropped');
  });

  test('is less sure when the others were answered before only', () => {
    const verdicts = judge(watched(handshake({ at: 0, ...NEIGHBOUR_CLIENT }), silence({ at: 20_000 })));
    expect(verdicts[1]).toMatchObject({ cause: 'source-dropped', confidence: 'low' });
    expect(verdicts[1]?.alternatives.map(({ cause }) => cause)).toContain('host-silent');
  });

  test('is not told of a port that answered others minutes ago and nobody since', () => {
    const steps = watched(handshake({ at: 0, ...NEIGHBOUR_CLIENT }), silence({ at: 120_000 }));
    expect(verdicts(steps)[1]).toBe('timed-out, host-silent');
  });

  test('is not told from an RST for another client', () => {
    const refused = [syn({ at: 100, ...NEIGHBOUR_CLIENT }), rst({ at: 101, ...NEIGHBOUR_CLIENT })];
    expect(judgeFirst(watched(silence({ at: 0 }), refused)).cause).not.toBe('source-dropped');
  });
});

describe('a port that is silent for some attempts and accepts others meanwhile', () => {
  const before = handshake({ at: -1000, clientPort: 50_001 });
  const afterwards = handshake({ at: 2000, clientPort: 50_002 });
  const late = [
    syn({ at: 1000, clientPort: 50_003 }),
    syn({ at: 2000, clientPort: 50_003 }),
    synAck({ at: 2001, clientPort: 50_003 }),
    ack({ at: 2002, clientPort: 50_003 }),
  ];
  const causeOf = (...steps: (Step | Step[])[]) =>
    judge(watched(...steps)).find(({ attempt }) => attempt.client.port === 50_000)?.cause;

  test('has a full accept queue, if others got through only after repeating their SYN', () => {
    expect(causeOf(before, silence({ at: 0 }), late)).toBe('accept-queue-full');
  });

  test('has a full accept queue, if the client gave up before that could be told', () => {
    expect(causeOf(before, syn({ at: 0 }), syn({ at: 1000 }), afterwards)).toBe('accept-queue-full');
  });

  test('has a silent backend, if all others are answered at once and this one never', () => {
    expect(causeOf(before, silence({ at: 0 }), afterwards)).toBe('backend-silent');
  });

  test('is neither when it accepted nobody before, or nobody since', () => {
    expect(causeOf(silence({ at: 0 }), afterwards)).not.toMatch(/accept-queue-full|backend-silent/);
    expect(causeOf(before, silence({ at: 0 }))).not.toMatch(/accept-queue-full|backend-silent/);
  });

  test('is neither when it was silent for everybody in that time, as while its host restarts', () => {
    const later = handshake({ at: 60_000, clientPort: 50_002 });
    expect(causeOf(before, silence({ at: 0 }), later)).not.toMatch(/accept-queue-full|backend-silent/);
  });

  test('is neither when it answers other clients only', () => {
    const others = [-1000, 2000].map((at) => handshake({ at, ...NEIGHBOUR_CLIENT, clientPort: 50_004 }));
    expect(causeOf(others[0], silence({ at: 0 }), others[1])).toBe('source-dropped');
  });

  test('is neither for a probe whose SYN has flags that no stack sends', () => {
    const odd = [0, 1000, 3000].map((at) => syn({ at, flags: SYN | FIN | PSH }));
    expect(causeOf(before, odd, afterwards)).not.toMatch(/accept-queue-full|backend-silent/);
  });

  test('is not dropped, although the host shows itself otherwise too', () => {
    expect(causeOf(before, silence({ at: 0 }), echoReply({ at: 1500 }), afterwards)).toBe('backend-silent');
  });
});

describe('bad-syn-ack', () => {
  test('is a SYN-ACK that acknowledges something else, and the client’s refusal', () => {
    const verdict = judgeFirst(
      watched(
        syn({ at: 0 }),
        synAck({ at: 1, acknowledgement: 9 }),
        clientRst({ at: 2, sequence: 9 }),
        syn({ at: 1000 }),
      ),
    );
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'bad-syn-ack', confidence: 'high' });
    expect(verdict.evidence.map(({ frames }) => frames)).toEqual([[1, 4], [2], [3]]);
  });

  test('is a SYN-ACK that comes from elsewhere', () => {
    const verdict = judgeFirst(watched(syn({ at: 0 }), synAck({ at: 1, server: '10.0.0.9', port: 8443 })));
    expect(verdict.cause).toBe('bad-syn-ack');
    expect(verdict.evidence[1]?.text).toContain('came from 10.0.0.9:8443 instead of 198.51.100.2:443');
  });

  test('is not told when the right one comes too', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1, acknowledgement: 9 }), synAck({ at: 2 }), ack({ at: 3 })];
    expect(verdicts(steps)).toEqual(['established']);
  });
});

describe('a wrong SYN-ACK that the conversation does not mind', () => {
  test('is told with a low voice: no stack goes on so', () => {
    const wrong = synAck({ at: 1, acknowledgement: CLIENT_ISN });
    const verdict = judgeFirst([syn({ at: 0 }), wrong, clientData({ at: 2 }), serverAck({ at: 3 })]);
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'bad-syn-ack', confidence: 'low' });
    expect(verdict.evidence.at(-1)?.text).toContain('went on');
  });
});

describe('stale-connection', () => {
  test('is a bare ACK in place of a SYN-ACK', () => {
    const verdict = judgeFirst(
      watched(syn({ at: 0 }), challengeAck({ at: 1 }), syn({ at: 1000 }), challengeAck({ at: 1001 })),
    );
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'stale-connection', confidence: 'high' });
    expect(verdict.evidence[1]?.frames).toEqual([2, 4]);
  });

  test('is it also when the client resets the old connection, as it has to', () => {
    const steps = watched(syn({ at: 0 }), challengeAck({ at: 1 }), clientRst({ at: 2, sequence: 2_000_000_000 }));
    expect(verdicts(steps)[0]).toBe('timed-out, stale-connection');
  });

  test('says so when the client’s RSTs do not end the old connection', () => {
    const reset = clientRst({ at: 2, sequence: 2_000_000_000 });
    const again = [syn({ at: 1000 }), challengeAck({ at: 1001 })];
    const verdict = judgeFirst(watched(syn({ at: 0 }), challengeAck({ at: 1 }), reset, again));
    expect(verdict.evidence[2]).toMatchObject({ frames: [3] });
    expect(verdict.evidence[2]?.text).toContain('the target did not heed it');
  });

  test('is not told of an RST that the client sent on its own before', () => {
    expect(verdicts(watched(syn({ at: 0 }), clientRst({ at: 1 }), challengeAck({ at: 2 })))[0]).toBe(
      'aborted, client-aborted',
    );
  });
});

describe('answered-too-late and half-open-probe', () => {
  test('a SYN-ACK after seconds that the client resets came too late', () => {
    const verdict = judgeFirst(watched(syn({ at: 0 }), synAck({ at: 1500 }), clientRst({ at: 1500.2 })));
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'answered-too-late' });
    expect(verdict.evidence[1]?.frames).toEqual([2, 3]);
  });

  test('a SYN-ACK at once that the client resets was a probe', () => {
    const verdict = judgeFirst([syn({ at: 0 }), synAck({ at: 12 }), clientRst({ at: 12.1 })]);
    expect(verdict).toMatchObject({ outcome: 'aborted', cause: 'half-open-probe', confidence: 'high' });
    expect(verdict.evidence.map(({ frames }) => frames)).toEqual([[2], [3]]);
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['answered-too-late']);
  });

  test('an RST that came by another way than the SYN is hardly that of a probe', () => {
    const verdict = judgeFirst([
      syn({ at: 0, timeToLive: 47, timestamp: 1 }),
      synAck({ at: 0.1 }),
      clientRst({ at: 176, timeToLive: 81 }),
    ]);
    expect(verdict).toMatchObject({ cause: 'half-open-probe', confidence: 'low' });
    expect(verdict.evidence.at(-1)?.frames).toEqual([3, 1]);
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['middlebox-reset']);
  });

  test('a scanner may give its SYN any TTL, and its own system then resets', () => {
    const verdict = judgeFirst([
      syn({ at: 0, timeToLive: 46 }),
      synAck({ at: 12 }),
      clientRst({ at: 12.1, timeToLive: 63 }),
    ]);
    expect(verdict).toMatchObject({ cause: 'half-open-probe', confidence: 'high' });
  });

  test('is a probe with some doubt when its first SYN was lost and the second was answered at once', () => {
    const verdict = judgeFirst(
      watched(syn({ at: 0 }), syn({ at: 1000 }), synAck({ at: 1012 }), clientRst({ at: 1012.1 })),
    );
    expect(verdict.confidence).not.toBe('high');
    expect([verdict.cause, ...verdict.alternatives.map(({ cause }) => cause)].sort()).toEqual([
      'answered-too-late',
      'half-open-probe',
    ]);
  });

  test('the client’s RST that counts is the one behind the SYN-ACK', () => {
    const steps = [
      syn({ at: 0 }),
      challengeAck({ at: 1 }),
      clientRst({ at: 2, sequence: 2_000_000_000 }),
      syn({ at: 30 }),
      synAck({ at: 31 }),
      clientRst({ at: 32 }),
    ];
    expect(verdicts(watched(steps))[0]).toBe('aborted, half-open-probe');
  });
});

describe('client-aborted', () => {
  test('is an RST or a FIN of the client before any answer', () => {
    const verdict = judgeFirst([syn({ at: 0 }), clientRst({ at: 250 })]);
    expect(verdict).toMatchObject({ outcome: 'aborted', cause: 'client-aborted', confidence: 'high' });
    expect(verdict.evidence[1]).toEqual({
      text: 'The client sent an RST (frame 2) after 250 ms, before any answer',
      frames: [2],
    });
    expect(verdicts([syn({ at: 0 }), clientFin({ at: 250 })])).toEqual(['aborted, client-aborted']);
  });

  test('is a FIN in place of the ACK', () => {
    const verdict = judgeFirst([syn({ at: 0 }), synAck({ at: 1 }), clientFin({ at: 2 })]);
    expect(verdict.cause).toBe('client-aborted');
    expect(verdict.evidence[1]?.text).toContain('and no ACK of the SYN-ACK');
  });
});

describe('return-path-lost', () => {
  test('is a SYN-ACK that is repeated while the SYN is repeated too', () => {
    const steps = watched([0, 1000, 3000].flatMap((at) => [syn({ at, timeToLive: 57 }), synAck({ at: at + 1 })]));
    const verdict = judgeFirst(steps);
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'return-path-lost', confidence: 'high' });
    expect(verdict.evidence.map(({ frames }) => frames)).toEqual([
      [1, 3, 5],
      [2, 4, 6],
      [3, 5],
    ]);
  });

  test('is less sure where the capture may have been taken at the client: its own firewall looks the same', () => {
    const steps = watched([0, 1000, 3000].flatMap((at) => [syn({ at }), synAck({ at: at + 1 })]));
    const verdict = judgeFirst(steps);
    expect(verdict).toMatchObject({ cause: 'return-path-lost', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['client-firewall']);
  });

  test('is a SYN-ACK that is repeated while the client is quiet: its ACK may be lost', () => {
    const verdict = judgeFirst(watched(syn({ at: 0 }), synAck({ at: 1 }), synAck({ at: 1001 }), synAck({ at: 3001 })));
    expect(verdict).toMatchObject({ cause: 'return-path-lost', confidence: 'medium' });
    expect(verdict.evidence.at(-1)?.text).toContain('The client did not repeat its SYN');
  });

  test('may be an answer too late when the SYN should have been repeated before it', () => {
    const late = [syn({ at: 0, timestamp: 1 }), ...[3100, 6100, 12_100].map((at) => synAck({ at }))];
    const verdict = judgeFirst(watched(late));
    expect(verdict).toMatchObject({ cause: 'return-path-lost', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['answered-too-late']);
  });

  test('names the ICMP error that says why the answer did not get through', () => {
    const error = icmpError({ at: 2, quotes: 'syn-ack', code: 10, from: '203.0.113.1' });
    const verdict = judgeFirst(watched(syn({ at: 0 }), synAck({ at: 1 }), error, synAck({ at: 1001 })));
    expect(verdict.cause).toBe('return-path-lost');
    expect(verdict.evidence.some(({ frames, text }) => frames[0] === 3 && text.includes('203.0.113.1'))).toBe(true);
  });
});

describe('routing-loop', () => {
  const exceeded = (at: number, from = '203.0.113.1') => icmpError({ at, type: 11, code: 0, from });

  test('is a SYN that ran out of its TTL on the way', () => {
    const verdict = judgeFirst(watched(silence({ at: 0 }), exceeded(40)));
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'routing-loop', confidence: 'high' });
    expect(verdict.evidence.at(-1)?.text).toContain('ICMP time exceeded from 203.0.113.1 (frame 5)');
    expect(
      judgeFirst(
        watched(silence({ at: 0, ...IPV6 }), icmpError({ at: 40, ...IPV6, type: 3, code: 0, from: '2001:db8::99' })),
      ).cause,
    ).toBe('routing-loop');
  });

  test('is not a traceroute, whose SYNs are sent with a small TTL', () => {
    expect(judgeFirst(watched(silence({ at: 0, timeToLive: 3 }), exceeded(40))).cause).not.toBe('routing-loop');
  });

  test('is not told when the SYN was answered after all', () => {
    expect(verdicts([syn({ at: 0 }), exceeded(5), syn({ at: 1000 }), rst({ at: 1001 })])).toEqual([
      'refused, port-closed',
    ]);
  });
});

describe('neighbor-unresolved', () => {
  test('is a target that ARP asks for in vain', () => {
    const requests = [0.1, 1000, 2000].map((at) => arpRequest({ at }));
    const verdict = judgeFirst(watched(silence({ at: 0 }), requests));
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'neighbor-unresolved' });
    expect(verdict.evidence.at(-1)).toMatchObject({ frames: [5, 7] });
    expect(verdict.evidence.at(-1)?.text).toContain('ARP requests for the target 198.51.100.2 were sent 3 times');
  });

  test('is a target that neighbour discovery asks for in vain', () => {
    const requests = [0.1, 1000, 2000].map((at) => solicitation({ at }));
    const verdict = judgeFirst(watched(silence({ at: 0, ...IPV6 }), requests));
    expect(verdict.cause).toBe('neighbor-unresolved');
    expect(verdict.evidence.at(-1)?.text).toContain('Neighbour solicitations');
  });

  test('is a gateway that the client asks for in vain', () => {
    const requests = [0.1, 1000, 2000].map((at) => arpRequest({ at, target: '192.0.2.254' }));
    const verdict = judgeFirst(watched(silence({ at: 0 }), requests));
    expect(verdict).toMatchObject({ cause: 'neighbor-unresolved', confidence: 'medium' });
    expect(verdict.evidence.at(-1)?.text).toContain('192.0.2.254');
  });

  test.each([
    ['somebody answered the last request', [arpRequest({ at: 1 }), arpRequest({ at: 2 }), arpReply({ at: 3 })]],
    ['there was a single request', [arpRequest({ at: 1 })]],
    [
      'another host was asked for by another',
      [1, 2, 3].map((at) => arpRequest({ at, from: '192.0.2.3', target: '192.0.2.4' })),
    ],
    ['the requests came minutes later', [300_000, 301_000].map((at) => arpRequest({ at }))],
  ])('is not told when %s', (_, neighbours) => {
    expect(judgeFirst(watched(silence({ at: 0 }), neighbours)).cause).not.toBe('neighbor-unresolved');
  });

  test('is not told when others ask for a target whose reply to the client was seen: replies to them are not', () => {
    const neighbours = [
      arpRequest({ at: 1 }),
      arpReply({ at: 2 }),
      ...[5, 6, 7].map((at) => arpRequest({ at, from: '192.0.2.50' })),
    ];
    expect(judgeFirst(watched(silence({ at: 0 }), neighbours)).cause).not.toBe('neighbor-unresolved');
  });

  test('is told when a router asks in vain for a target that replies to nobody', () => {
    const requests = [5, 1005, 2005].map((at) => arpRequest({ at, from: '192.0.2.254' }));
    expect(judgeFirst(watched(silence({ at: 0 }), requests)).cause).toBe('neighbor-unresolved');
  });

  test('is not told of a gateway while the client gets answers without it', () => {
    const requests = [-5000, -1000, 1000, 2000].map((at) => arpRequest({ at, target: '192.0.2.254' }));
    const answered = handshake({ at: -3000, ...OTHER, server: '203.0.113.9' });
    const verdict = judge(watched(requests[0], answered, requests.slice(1), silence({ at: 0 }))).at(-1);
    expect(verdict?.cause).not.toBe('neighbor-unresolved');
  });

  test('is not told of requests for the broadcast address', () => {
    const requests = [0.1, 1000, 2000].map((at) => arpRequest({ at, target: '255.255.255.255' }));
    expect(judgeFirst(watched(silence({ at: 0 }), requests)).cause).not.toBe('neighbor-unresolved');
  });

  test('is not told when a neighbour advertisement answers', () => {
    const neighbours = [solicitation({ at: 1 }), solicitation({ at: 2 }), advertisement({ at: 3 })];
    expect(judgeFirst(watched(silence({ at: 0, ...IPV6 }), neighbours)).cause).not.toBe('neighbor-unresolved');
  });
});

describe('never a guess', () => {
  const ended = 'inconclusive, capture-ended';

  test.each([
    ['at once', [syn({ at: 0 })], ended],
    ['before the first repetition is due', [syn({ at: 0 }), dataElsewhere({ at: 850 })], ended],
    ['when the first repetition is overdue', [syn({ at: 0 }), dataElsewhere({ at: 950 })], 'timed-out, host-silent'],
    ['before the second repetition is due', [...silence({ at: 0 }, [0, 1000]), dataElsewhere({ at: 1800 })], ended],
    [
      'before the third is due, which may be four seconds after the second',
      [...silence({ at: 0 }, [0, 1000, 3000]), dataElsewhere({ at: 5900 })],
      ended,
    ],
    [
      'when three seconds of silence are enough, whenever the third is due',
      [...silence({ at: 0 }, [0, 1000, 3000]), dataElsewhere({ at: 6100 })],
      'timed-out, host-silent',
    ],
    [
      'less than three seconds behind a late SYN',
      [...silence({ at: 0 }, [0, 1000, 3000, 7000]), dataElsewhere({ at: 9900 })],
      ended,
    ],
    [
      'three seconds behind a late SYN',
      [...silence({ at: 0 }, [0, 1000, 3000, 7000]), dataElsewhere({ at: 10_000 })],
      'timed-out, host-silent',
    ],
    [
      'behind a quick repetition, which does not shorten the wait',
      [...silence({ at: 0 }, [0, 20]), dataElsewhere({ at: 500 })],
      ended,
    ],
    ['right after a SYN-ACK', [syn({ at: 0 }), dataElsewhere({ at: 100 }), synAck({ at: 200 })], ended],
    [
      'right after the SYN-ACK of a repeated SYN',
      [...silence({ at: 0 }, [0, 1000]), synAck({ at: 1950 }), dataElsewhere({ at: 1951 })],
      ended,
    ],
    ['right after a slow SYN-ACK', [syn({ at: 0 }), synAck({ at: 3100 }), dataElsewhere({ at: 3101 })], ended],
  ])('when the capture ends %s', (_, steps, verdict) => {
    expect(verdicts(steps)[0]).toBe(verdict);
  });

  test('names the last SYN and how long nothing more was seen', () => {
    const verdict = judgeFirst([syn({ at: 0 }), syn({ at: 1000 }), dataElsewhere({ at: 1500 })]);
    expect(verdict.evidence.at(-1)).toMatchObject({ frames: [2] });
    expect(verdict.evidence.at(-1)?.text).toContain('500 ms after frame 2');
  });

  test('when the clock jumps before an answer was due', () => {
    expect(
      verdicts([
        syn({ at: 0 }),
        dataElsewhere({ at: 300 }),
        ...[0, 300_000].map((at) => dataElsewhere({ at: 9e7 + at })),
      ])[0],
    ).toBe(ended);
  });

  test('when the attempt had to make room', () => {
    expect(verdicts(Array.from({ length: 9 }, (_, index) => syn({ at: index, isn: index * 1e6 })))[0]).toBe(ended);
  });

  test('when the SYN is not in the capture', () => {
    const verdict = judgeFirst([synAck({ at: 0 }), ack({ at: 1 })]);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', cause: 'capture-started-late', confidence: 'high' });
    expect(verdict.evidence[0]).toMatchObject({ frames: [1] });
  });

  test('when only the client’s direction is in the capture, although it went on', () => {
    const verdict = judgeFirst(watched(syn({ at: 0 }), ack({ at: 10 }), clientData({ at: 11, data: 9 })));
    expect(verdict).toMatchObject({ outcome: 'inconclusive', cause: 'one-way-capture', confidence: 'high' });
  });

  test('when only the server’s direction is in the capture, although it went on', () => {
    expect(verdicts(watched(synAck({ at: 0 }), serverAck({ at: 10 })))[0]).toBe('inconclusive, one-way-capture');
  });

  test('when nothing that comes to this client is in the capture', () => {
    const wentOn = [syn({ at: 0, ...OTHER }), ack({ at: 10, ...OTHER }), clientData({ at: 11, ...OTHER, data: 9 })];
    expect(verdicts(watched(wentOn, silence({ at: 20 })))[1]).toBe('inconclusive, one-way-capture');
  });

  test('but silence counts when other answers to this client are in the capture', () => {
    const there = { ...OTHER, server: '203.0.113.51' };
    const wentOn = [syn({ at: 0, ...there }), ack({ at: 10, ...there }), clientData({ at: 11, ...there, data: 9 })];
    const answered = handshake({ at: 15, clientPort: 50_002, server: '203.0.113.50' });
    expect(verdicts(watched(wentOn, answered, silence({ at: 20 })))[2]).toMatch(/^timed-out/);
  });
});

describe('a capture filter that keeps only SYNs and RSTs', () => {
  const filtered = [
    syn({ at: 0 }),
    synAck({ at: 1 }),
    syn({ at: 2, ...OTHER }),
    synAck({ at: 3, ...OTHER }),
    elsewhere({ at: 300_000 }),
  ];

  test('makes a SYN-ACK that is not repeated a connection', () => {
    expect(verdicts(filtered)).toEqual(['established', 'established']);
    expect(judgeFirst(filtered).confidence).toBe('medium');
  });

  test('does so also when the SYN-ACK was recorded first', () => {
    expect(verdicts([synAck({ at: 400_000, port: 80 }), syn({ at: 400_000.1, port: 80 }), ...filtered])).toContain(
      'established',
    );
    const swapped = [synAck({ at: 0 }), syn({ at: 0.1 }), ...filtered.slice(2)];
    expect(verdicts(swapped)).toEqual(['established', 'established']);
  });

  test('does not when the SYN-ACK or the SYN is sent again', () => {
    expect(verdicts([...filtered.slice(0, 4), synAck({ at: 1001 }), elsewhere({ at: 300_000 })])[0]).toBe(
      'timed-out, return-path-lost',
    );
    expect(verdicts([...filtered.slice(0, 4), syn({ at: 1000 }), elsewhere({ at: 300_000 })])[0]).toBe(
      'timed-out, return-path-lost',
    );
  });

  test('does not when the server resets', () => {
    expect(verdicts([...filtered.slice(0, 4), lateRst({ at: 5 })])[0]).toBe('refused, reset-after-syn-ack');
  });

  test('is not presumed when there is a single plain segment', () => {
    expect(verdicts([...filtered, dataElsewhere({ at: 300_001 })])[0]).toBe('timed-out, return-path-lost');
  });
});
