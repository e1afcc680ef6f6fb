/** Reports made by hand, so that renderers are tested against what they promise and not against the analyzer. */
import type { Report, ReportAttempt, ReportFinding } from '../../src/report/model.js';

export const refusedAttempt: ReportAttempt = {
  id: 1,
  client: { address: '10.0.0.1', port: 50000, name: 'laptop.lan' },
  server: { address: '10.0.0.5', port: 5432, name: 'db.lan', service: 'postgresql' },
  outcome: 'refused',
  cause: 'port-closed',
  confidence: 'high',
  applicationError: { linux: 'ECONNREFUSED', macos: 'ECONNREFUSED', windows: 'WSAECONNREFUSED (10061)' },
  startedAt: '2026-11-20T09:10:12.181938000Z',
  durationMs: 0.42,
  syns: 1,
  synAcks: 0,
  resets: 1,
  icmpErrors: 0,
  frames: [
    { frame: 12, kind: 'syn', atMs: 0 },
    { frame: 13, kind: 'rst', atMs: 0.42 },
  ],
  evidence: [{ text: 'RST|ACK in frame 13 after 0.42 ms acknowledges the SYN of frame 12', frames: [12, 13] }],
  alternatives: [],
  notes: [],
  nextSteps: ["On 10.0.0.5, `ss -ltnp 'sport = :5432'`: no line: nothing listens, start the service."],
  displayFilter: 'tcp.port == 50000 && tcp.port == 5432 && ip.addr == 10.0.0.5',
};

export const silentAttempt: ReportAttempt = {
  ...refusedAttempt,
  id: 2,
  client: { address: '2001:db8::1', port: 50001 },
  server: { address: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:5', port: 443, service: 'https' },
  outcome: 'timed-out',
  cause: 'host-silent',
  confidence: 'medium',
  applicationError: { linux: 'ETIMEDOUT', macos: 'ETIMEDOUT', windows: 'WSAETIMEDOUT (10060)' },
  startedAt: '2026-11-20T09:10:13.000000000Z',
  durationMs: 7060.5,
  syns: 4,
  resets: 0,
  frames: [
    { frame: 14, kind: 'syn', atMs: 0 },
    { frame: 15, kind: 'syn', atMs: 1020.1 },
    { frame: 18, kind: 'syn', atMs: 3036 },
    { frame: 21, kind: 'syn', atMs: 7060.5 },
  ],
  evidence: [{ text: 'SYNs in frames 14, 15, 18 and 21 stay unanswered for 7.06 s', frames: [14, 15, 18, 21] }],
  alternatives: [{ cause: 'port-dropped', text: 'nothing in the capture shows that the host is alive' }],
  notes: [{ code: 'slow-handshake', text: 'retransmissions cost 7 s', frames: [15, 18, 21] }],
  nextSteps: ['On 2001:db8::1, `ip route get 2001:db8::5`: is this the interface that should be used?'],
  displayFilter: 'tcp.port == 50001 && tcp.port == 443',
};

export const filteredAttempt: ReportAttempt = {
  ...refusedAttempt,
  id: 3,
  client: { address: '10.0.0.1', port: 50002 },
  server: { address: '10.0.9.9', port: 22, service: 'ssh' },
  outcome: 'filtered',
  cause: 'admin-prohibited',
  applicationError: { linux: 'EHOSTUNREACH', macos: 'ECONNREFUSED', windows: 'WSAETIMEDOUT (10060)' },
  startedAt: '2026-11-20T09:10:14.000000000Z',
  resets: 0,
  icmpErrors: 1,
  frames: [
    { frame: 30, kind: 'syn', atMs: 0 },
    { frame: 31, kind: 'icmp', atMs: 3.1, icmp: { version: 4, type: 3, code: 13, from: '10.0.0.254' } },
  ],
  evidence: [{ text: 'ICMP 3/13 of 10.0.0.254 in frame 31 quotes the SYN of frame 30', frames: [30, 31] }],
};

export const establishedAttempt: ReportAttempt = {
  ...refusedAttempt,
  id: 4,
  outcome: 'established',
  cause: null,
  applicationError: null,
  synAcks: 1,
  resets: 0,
  frames: [
    { frame: 40, kind: 'syn', atMs: 0 },
    { frame: 41, kind: 'syn-ack', atMs: 12.34 },
    { frame: 42, kind: 'ack', atMs: 12.4 },
  ],
  evidence: [],
  nextSteps: [],
};

/** The finding that an attempt alone makes. */
export function findingOf(attempt: ReportAttempt, title: string): ReportFinding {
  return {
    outcome: attempt.outcome,
    cause: attempt.cause ?? '',
    confidence: attempt.confidence,
    title,
    server: attempt.server,
    clients: 1,
    attempts: 1,
    firstAt: attempt.startedAt,
    lastAt: attempt.startedAt,
    text: `One attempt from ${attempt.client.address}: ${attempt.evidence[0]?.text ?? ''}.`,
    nextSteps: attempt.nextSteps,
    attemptIds: [attempt.id],
    displayFilter: attempt.displayFilter,
  };
}

/** A report of nothing, to be filled. */
export const emptyReport: Report = {
  schema: 'synwhy-report/1',
  generator: { name: 'synwhy', version: '1.0.0' },
  captures: [
    {
      name: 'web.pcapng',
      format: 'pcapng',
      linkTypes: ['EN10MB'],
      packets: 12345,
      bytes: 1234567,
      firstPacketAt: '2026-11-20T09:10:12.000000000Z',
      lastPacketAt: '2026-11-20T09:14:02.000000000Z',
    },
  ],
  quality: {
    undecodable: {},
    copies: 0,
    droppedByKernel: null,
    truncatedAtByte: null,
    vantage: 'client',
    warnings: [],
  },
  summary: { attempts: 0, established: 0, refused: 0, filtered: 0, 'timed-out': 0, aborted: 0, inconclusive: 0 },
  findings: [],
  observations: [],
  attempts: [],
};

/** One attempt refused, one filtered, one timed out, and 409 established. */
export const failuresReport: Report = {
  ...emptyReport,
  quality: {
    ...emptyReport.quality,
    droppedByKernel: 12,
    undecodable: { 'truncated-tcp': 3 },
    warnings: [{ code: 'one-direction', text: 'Only one direction of 3 conversations was captured.' }],
  },
  summary: { ...emptyReport.summary, attempts: 412, established: 409, refused: 1, filtered: 1, 'timed-out': 1 },
  findings: [
    findingOf(silentAttempt, 'No answer of any kind from the target'),
    findingOf(filteredAttempt, 'A firewall forbids the connection and says so'),
    findingOf(refusedAttempt, 'Nothing listens on the port'),
  ],
  attempts: [refusedAttempt, silentAttempt, filteredAttempt],
};
