import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnalyzeOptions, Analyzer } from '../../src/analyze.js';
import { parseHostPattern } from '../../src/report/address-pattern.js';
import type { Report } from '../../src/report/model.js';
import { parseMoment } from '../../src/report/select.js';
import { renderTable } from '../../src/report/table.js';
import { build } from '../build/layer.js';
import {
  AAAA,
  clientHello,
  clientSays,
  dnsAnswer,
  dnsMessage,
  dnsQuery,
  latin1,
  NAME_ERROR,
  REFUSED,
  RESOLVER,
  resolved,
  SERVER_FAILURE,
} from '../build/names.js';
import { CLIENT, ethernet, ipv4, SERVER, udp } from '../build/packet.js';
import {
  advertisement,
  arpReply,
  arpRequest,
  captureOf,
  echoReply,
  elsewhere,
  handshake,
  icmpError,
  report,
  rst,
  type Step,
  silence,
  solicitation,
  syn,
} from '../build/scenario.js';

function observed(steps: readonly Step[], options: AnalyzeOptions = {}): string[] {
  return report(steps, options).observations.map(({ code, text }) => `${code}: ${text}`);
}

const notFound = resolved({ at: 0, responseCode: NAME_ERROR });

describe('a name that gave no address is told', () => {
  test('with who asked whom, when, and which frames show it', () => {
    expect(report(notFound).observations).toEqual([
      {
        code: 'name-not-found',
        text: `${CLIENT.ipv4} asked ${RESOLVER} for db.lan at 09:10:12 UTC: the name does not exist (NXDOMAIN, frames 1 and 2).`,
        frames: [1, 2],
      },
    ]);
  });

  test('with what the server said', () => {
    const told = (responseCode: number) => observed(resolved({ at: 0, responseCode }))[0];
    expect(told(SERVER_FAILURE)).toContain('name-server-failed: ');
    expect(told(SERVER_FAILURE)).toContain('the server failed (SERVFAIL, frames');
    expect(told(REFUSED)).toContain('the server refused to answer (REFUSED, frames');
    expect(told(11)).toContain('the server answered with an error (code 11, frames');
  });

  test('if it has none', () => {
    const [text] = observed([...resolved({ at: 0 }), ...resolved({ at: 0, id: 2, type: AAAA })]);
    expect(text).toContain('name-not-found: ');
    expect(text).toContain('the name exists, but it has no address');
  });

  test('if nobody answered, with how often it was asked for', () => {
    const steps = [dnsQuery({ at: 0 }), dnsQuery({ at: 5000 }), elsewhere({ at: 10_000 })];
    expect(observed(steps)).toEqual([
      `name-unanswered: ${CLIENT.ipv4} asked ${RESOLVER} for db.lan, 2 times from 09:10:12 to 09:10:17 UTC: no answer is in the capture (frames 1 and 2).`,
    ]);
  });

  test('as it was meant, with the endings that were tried', () => {
    const steps = [
      ...resolved({ at: 0, id: 1, name: 'dbb.corp.example', responseCode: NAME_ERROR }),
      ...resolved({ at: 2, id: 2, name: 'dbb.example', responseCode: NAME_ERROR }),
    ];
    expect(observed(steps)[0]).toContain('for dbb, which was tried as dbb.corp.example and dbb.example, 2 times');
  });

  test('beside the attempts of the same client', () => {
    const { observations, findings } = report([...notFound, syn({ at: 9 }), rst({ at: 10 })]);
    expect([observations.length, findings.length]).toEqual([1, 1]);
  });

  test('one by one up to twenty, the others counted', () => {
    const steps = Array.from({ length: 25 }, (_, id) =>
      resolved({ at: id, id, name: `n${id}.lan`, responseCode: NAME_ERROR }),
    ).flat();
    const texts = observed(steps);
    expect(texts).toHaveLength(21);
    expect(texts[20]).toBe('name-not-found: The same was seen 5 more times.');
    const table = renderTable(report(steps), {});
    expect(table.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(10);
    expect(table).toContain('and 11 more observations; -v shows everything');
    expect(renderTable(report(steps), { verbose: true })).toContain('- The same was seen 5 more times.');
  });
});

describe('a selection', () => {
  const host = (text: string): AnalyzeOptions => ({ selection: { hosts: [parseHostPattern(text)!] } });

  test('of hosts keeps what they asked, what was asked of them, and what was asked for', () => {
    for (const meant of [CLIENT.ipv4, RESOLVER, 'db.lan', '192.0.2.0/24']) {
      expect(observed(notFound, host(meant))).toHaveLength(1);
    }
    for (const other of ['10.9.9.9', 'other.lan']) expect(observed(notFound, host(other))).toEqual([]);
  });

  test('of a time keeps what was then', () => {
    expect(observed(notFound, { selection: { since: parseMoment('09:10:12')! } })).toHaveLength(1);
    expect(observed(notFound, { selection: { since: parseMoment('09:10:13')! } })).toEqual([]);
  });

  test('of ports, outcomes or causes asks for attempts only', () => {
    expect(observed(notFound, { selection: { ports: [443] } })).toEqual([]);
    expect(observed(notFound, { selection: { outcomes: ['refused'] } })).toEqual([]);
    expect(observed(notFound, { selection: { causes: ['port-closed'] } })).toEqual([]);
  });
});

describe('a neighbour that nobody answers for is told', () => {
  const reached = [arpRequest({ at: 0, target: '192.0.2.7' }), arpReply({ at: 1, from: '192.0.2.7' })];
  const requests = [1000, 2000, 3000].map((at) => arpRequest({ at, target: '192.0.2.99' }));

  test('if no SYN was sent for it', () => {
    expect(observed([...reached, ...requests])).toEqual([
      `neighbor-unanswered: ${CLIENT.ipv4} asked for the link-layer address of 192.0.2.99 with 3 ARP requests from 09:10:13 to 09:10:15 UTC (frames 3 and 5): nobody answered, so that no SYN could be sent there.`,
    ]);
    const ipv6 = [1000, 2000, 3000].map((at) => solicitation({ at, target: '2001:db8::99' }));
    expect(observed([solicitation({ at: 0 }), advertisement({ at: 1 }), ...ipv6])[0]).toContain(
      'with 3 neighbour solicitations',
    );
  });

  test('not if one was sent: then the attempt tells it', () => {
    const attempt = silence({ at: 1000, server: '192.0.2.99' });
    expect(observed([...reached, ...requests, ...attempt])).toEqual([]);
    // It may be the gateway.
    expect(observed([...reached, ...requests, ...silence({ at: 1000 })])).toEqual([]);
  });

  test('not if it was asked for once, or answered, or was heard otherwise', () => {
    expect(observed([...reached, requests[0]])).toEqual([]);
    expect(observed([...reached, ...requests, arpReply({ at: 3001, from: '192.0.2.99' })])).toEqual([]);
    expect(observed([...reached, ...requests, echoReply({ at: 3001, from: '192.0.2.99' })])).toEqual([]);
  });

  test('not if replies to whoever asked are never in the capture', () => {
    const others = [
      elsewhere({ at: 0 }),
      ...[1000, 2000, 3000].map((at) => arpRequest({ at, from: '192.0.2.200', target: '192.0.2.99' })),
    ];
    expect(observed(others)).toEqual([]);
  });

  test('a sweep over many addresses is told once', () => {
    const sweep = Array.from({ length: 20 }, (_, index) =>
      [1000, 2000].map((at) => arpRequest({ at: at + index, target: `192.0.2.${100 + index}` })),
    ).flat();
    const texts = observed([...reached, ...sweep]);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('20 addresses, 192.0.2.100, 192.0.2.101, 192.0.2.102 and 17 more with 40 ARP requests');
  });
});

describe('an error of the client’s own stack', () => {
  test('is told if its SYN was never sent', () => {
    const own = [0, 500].map((at) => icmpError({ at, from: CLIENT.ipv4, code: 1 }));
    expect(observed(own)).toEqual([
      `icmp-without-syn: ${CLIENT.ipv4} told itself at 09:10:12 UTC that ${SERVER.ipv4}:443 cannot be reached (ICMP type 3 code 1, frames 1 and 2): the SYN that is quoted there is not in the capture, and was probably never sent.`,
    ]);
  });

  test('is none if the SYN is in the capture, or if somebody else sent it', () => {
    expect(observed([syn({ at: 0 }), icmpError({ at: 1, from: CLIENT.ipv4, code: 1 })])).toEqual([]);
    expect(observed([icmpError({ at: 1, from: '198.51.100.1', code: 1 })])).toEqual([]);
  });
});

describe('names in the report', () => {
  const named = [
    ...resolved({ at: 0, name: 'shop.example', records: [{ address: SERVER.ipv4 }] }),
    syn({ at: 5 }),
    rst({ at: 6 }),
  ];

  test('come from what the client asked DNS for', () => {
    expect(report(named).attempts[0].server.name).toBe('shop.example');
    expect(report(named).findings[0].server.name).toBe('shop.example');
    expect(report(named, { selection: { hosts: [parseHostPattern('shop.example')!] } }).attempts).toHaveLength(1);
  });

  test('are those that each client knew when it connected', () => {
    const { attempts } = report([
      ...named,
      ...resolved({ at: 100, id: 2, name: 'blog.example', records: [{ address: SERVER.ipv4 }] }),
      syn({ at: 105, clientPort: 50_001 }),
      rst({ at: 106, clientPort: 50_001 }),
    ]);
    expect(attempts.map(({ server }) => server.name)).toEqual(['shop.example', 'blog.example']);
  });

  test('come from the first data of other connections', () => {
    const { attempts } = report([
      ...handshake({ at: 0 }),
      clientSays({ at: 3 }, clientHello('shop.example')),
      syn({ at: 5, clientPort: 50_001, port: 444 }),
      rst({ at: 6, clientPort: 50_001, port: 444 }),
    ]);
    expect(attempts[0].server.name).toBe('shop.example');
  });

  test('are left out of a report in numbers only', () => {
    const text = JSON.stringify(report(named, { numeric: true }));
    expect(text).not.toContain('shop.example');
    const failing = [
      ...resolved({ at: 0, name: 'ns.lan', records: [{ address: RESOLVER }] }),
      ...resolved({ at: 1, id: 2, responseCode: NAME_ERROR }),
    ];
    expect(observed(failing)[0]).toContain(`${RESOLVER} (ns.lan)`);
    expect(observed(failing, { numeric: true })[0]).toContain(`asked ${RESOLVER} for db.lan`);
  });

  test('cannot steer a terminal', () => {
    const hostile = 'a\x1b[2J\u0007\0<b>';
    const steps = [
      ...resolved({ at: 0, name: hostile, records: [{ address: SERVER.ipv4 }] }),
      syn({ at: 5 }),
      rst({ at: 6 }),
      ...resolved({ at: 9, id: 2, name: `x${hostile}`, responseCode: NAME_ERROR }),
    ];
    const found = report(steps);
    expect(found.attempts[0].server.name).toBe('a\x1b[2j\u0007\0<b>');
    const table = renderTable(found, { verbose: true });
    expect(table).toContain('a\\x1b[2j\\x07\\x00<b>');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none
    expect(table).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

test('any datagrams of DNS and any first data give a report, the same for any chunks', () => {
  const datagram = (content: Uint8Array, at: number): Step => ({
    at,
    bytes: build(ethernet(ipv4({ source: RESOLVER, destination: CLIENT.ipv4 }, udp({ sourcePort: 53 }, content)))),
  });
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .uint8Array({ maxLength: 60 })
      .map((tail) => Uint8Array.from([...dnsMessage({ isResponse: true, answerCount: 2 }), ...tail])),
    fc
      .constantFrom(...notFound, dnsAnswer({ at: 0, records: [{ address: SERVER.ipv4 }] }))
      .map(({ bytes }) => bytes.slice(42)),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), fc.integer({ min: 1, max: 90 }), (messages, chunk) => {
      const steps = [
        ...messages.map(datagram),
        ...messages.flatMap((content, index) => [
          ...handshake({ at: 100 + index, clientPort: 50_000 + index }),
          clientSays({ at: 101 + index, clientPort: 50_000 + index }, content.length > 0 ? content : latin1('G')),
        ]),
      ];
      expect(inChunks(captureOf(steps), chunk)).toEqual(report(steps, { all: true }));
    }),
    { numRuns: 40 },
  );
});

function inChunks(bytes: Uint8Array, chunk: number): Report {
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture('capture-1.pcap');
  for (let at = 0; at < bytes.length; at += chunk) input.push(bytes.slice(at, at + chunk));
  input.end();
  return analyzer.finish();
}
