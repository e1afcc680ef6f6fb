/**
 * Conversations for tests, told as steps in the order of the capture, with times in milliseconds:
 *
 *     follow([syn({ at: 0 }), syn({ at: 1000 }), rst({ at: 1012 })])     what the tracker makes of it
 *     judge([syn({ at: 0 }), icmpError({ at: 3, code: 13 })])            the verdicts
 *     report([...handshake({ at: 0 }), elsewhere({ at: 9000 })])         the whole way, through a capture's bytes
 *
 * Each step is said from the attempt's point of view: its client 192.0.2.1:50000 opens a connection to its server
 * 198.51.100.2:443 with the sequence number CLIENT_ISN, the server answers with SERVER_ISN. Whatever differs is told:
 * `{ at: 5, isn: 77 }` is another attempt, `{ at: 5, clientPort: 50001 }` another four-tuple; `...IPV6` makes it IPv6.
 */
import { type AnalyzeOptions, Analyzer } from '../../src/analyze.js';
import { DIRECTION_INBOUND, DIRECTION_OUTBOUND, DIRECTION_UNKNOWN } from '../../src/capture/format.js';
import { classify, type Verdict } from '../../src/classify/classify.js';
import { AttemptIndex } from '../../src/classify/company.js';
import type { Context } from '../../src/classify/finding.js';
import { findNotes, type Note } from '../../src/classify/notes.js';
import { ACK, FIN, Frame, PSH, RST, SYN } from '../../src/decode/frame.js';
import { decodePacket } from '../../src/decode/packet.js';
import type { Report } from '../../src/report/model.js';
import type { Attempt } from '../../src/track/attempt.js';
import { findHosts } from '../../src/track/hosts.js';
import { joinStrays } from '../../src/track/strays.js';
import { DEFAULT_LIMITS, Tracker, type TrackerLimits } from '../../src/track/tracker.js';
import { NANOSECONDS_MAGIC, pcap } from './container.js';
import { build, type Layer, u32, zeros } from './layer.js';
import {
  arp,
  CLIENT,
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  neighborAdvertisement,
  neighborSolicitation,
  packetOf,
  SERVER,
  type TcpOptionFields,
  tcp,
  tcpOptions,
  udp,
} from './packet.js';

/** One packet of a capture. */
export interface Step {
  /** Milliseconds. */
  at: number;
  /** The Ethernet frame. */
  bytes: Uint8Array;
  /** The snap length, if the packet was cut. */
  capturedBytes?: number | undefined;
  /** Which way it crossed the capturing interface: one of the DIRECTION_ constants. */
  direction?: number;
}

/** Sequence numbers of client and server. */
export const CLIENT_ISN = 1000;
export const SERVER_ISN = 900_000;

/** Gives a step IPv6 addresses. */
export const IPV6 = { client: CLIENT.ipv6, server: SERVER.ipv6 } as const;

/** Who talks to whom. */
export interface Ends {
  client?: string;
  clientPort?: number;
  server?: string;
  port?: number;
}

/** A segment of an attempt. */
export interface SegmentFields extends Ends {
  /** Milliseconds. */
  at: number;
  /** The attempt's initial sequence number. */
  isn?: number;
  /** The server's. */
  serverIsn?: number;
  /** In place of what follows from the step and the initial sequence numbers. */
  sequence?: number;
  acknowledgement?: number;
  flags?: number;
  timeToLive?: number;
  /** IPv4 identification; the IPv6 flow label. */
  id?: number;
  flowLabel?: number;
  /** The value of the time-stamp option, beside a maximum segment size. */
  timestamp?: number;
  /** What that option echoes. */
  echo?: number;
  /** Other options in place of these; none unless told. */
  options?: TcpOptionFields;
  /** How many bytes of data. */
  data?: number;
  /** Link-layer addresses; those of `ethernet` unless told, whoever sends. */
  sourceMac?: string;
  destinationMac?: string;
  /** The snap length. */
  capturedBytes?: number;
}

interface Direction {
  fromServer: boolean;
  flags: number;
  sequence: number;
  acknowledgement: number;
}

function usualOptions({ timestamp, echo = 0 }: SegmentFields): TcpOptionFields {
  return timestamp === undefined ? {} : { maximumSegmentSize: 1460, timestamps: [timestamp, echo] };
}

/** The IP packet of a segment. */
function segmentPacket(fields: SegmentFields, direction: Direction): Layer {
  const { client = CLIENT.ipv4, clientPort = CLIENT.port, server = SERVER.ipv4, port = SERVER.port } = fields;
  const { timeToLive = 64, id = 1, flowLabel = 0x12345, data = 0 } = fields;
  const { fromServer } = direction;
  const segment = tcp(
    {
      sourcePort: fromServer ? port : clientPort,
      destinationPort: fromServer ? clientPort : port,
      flags: fields.flags ?? direction.flags,
      sequence: (fields.sequence ?? direction.sequence) >>> 0,
      acknowledgement: (fields.acknowledgement ?? direction.acknowledgement) >>> 0,
      options: tcpOptions(fields.options ?? usualOptions(fields)),
    },
    zeros(data),
  );
  const [source, destination] = fromServer ? [server, client] : [client, server];
  return server.includes(':')
    ? ipv6({ source, destination, hopLimit: timeToLive, flowLabel }, segment)
    : ipv4({ source, destination, timeToLive, identification: id }, segment);
}

function segment(fields: SegmentFields, direction: Direction): Step {
  const { at, capturedBytes, sourceMac, destinationMac } = fields;
  const macs = {
    ...(sourceMac === undefined ? {} : { source: sourceMac }),
    ...(destinationMac === undefined ? {} : { destination: destinationMac }),
  };
  return { at, bytes: build(ethernet(macs, segmentPacket(fields, direction))), capturedBytes };
}

type SegmentStep = (fields: SegmentFields) => Direction;

const SYN_STEP: SegmentStep = ({ isn = CLIENT_ISN }) => ({
  fromServer: false,
  flags: SYN,
  sequence: isn,
  acknowledgement: 0,
});
const SYN_ACK_STEP: SegmentStep = ({ isn = CLIENT_ISN, serverIsn = SERVER_ISN }) => ({
  fromServer: true,
  flags: SYN | ACK,
  sequence: serverIsn,
  acknowledgement: isn + 1,
});

const stepOf = (direction: SegmentStep) => (fields: SegmentFields) => segment(fields, direction(fields));

/** The client's SYN. */
export const syn = stepOf(SYN_STEP);
/** The server's SYN-ACK. */
export const synAck = stepOf(SYN_ACK_STEP);
/** The client's ACK of it. */
export const ack = stepOf(({ isn = CLIENT_ISN, serverIsn = SERVER_ISN }) => ({
  fromServer: false,
  flags: ACK,
  sequence: isn + 1,
  acknowledgement: serverIsn + 1,
}));
/** The RST of a server without a listener. */
export const rst = stepOf(({ isn = CLIENT_ISN }) => ({
  fromServer: true,
  flags: RST | ACK,
  sequence: 0,
  acknowledgement: isn + 1,
}));
/** The server's RST behind its SYN-ACK. */
export const lateRst = stepOf(({ isn = CLIENT_ISN, serverIsn = SERVER_ISN }) => ({
  fromServer: true,
  flags: RST | ACK,
  sequence: serverIsn + 1,
  acknowledgement: isn + 1,
}));
/** The client's RST, as a stack that knows of no connection sends it. */
export const clientRst = stepOf(({ isn = CLIENT_ISN }) => ({
  fromServer: false,
  flags: RST,
  sequence: isn + 1,
  acknowledgement: 0,
}));
/** A FIN of the client without an ACK. */
export const clientFin = stepOf(({ isn = CLIENT_ISN }) => ({
  fromServer: false,
  flags: FIN,
  sequence: isn + 1,
  acknowledgement: 0,
}));
/** An ACK without SYN: the server's answer for another connection on the same ports (RFC 5961 section 4). */
export const challengeAck = stepOf(() => ({
  fromServer: true,
  flags: ACK,
  sequence: 3_000_000_000,
  acknowledgement: 2_000_000_000,
}));
/** Data of the client, from its first byte on. */
export const clientData = stepOf(({ isn = CLIENT_ISN, serverIsn = SERVER_ISN }) => ({
  fromServer: false,
  flags: ACK | PSH,
  sequence: isn + 1,
  acknowledgement: serverIsn + 1,
}));
/** The server's ACK of ten bytes of the client. */
export const serverAck = stepOf(({ isn = CLIENT_ISN, serverIsn = SERVER_ISN }) => ({
  fromServer: true,
  flags: ACK,
  sequence: serverIsn + 1,
  acknowledgement: isn + 11,
}));
/** A SYN of the server to the client's port. */
export const reverseSyn = stepOf(({ serverIsn = SERVER_ISN }) => ({
  fromServer: true,
  flags: SYN,
  sequence: serverIsn,
  acknowledgement: 0,
}));
/** The client's SYN-ACK for that. */
export const reverseSynAck = stepOf(({ isn = CLIENT_ISN, serverIsn = SERVER_ISN }) => ({
  fromServer: false,
  flags: SYN | ACK,
  sequence: isn,
  acknowledgement: serverIsn + 1,
}));

/** A packet that the capturing machine sent, and says so. */
export function sent(step: Step): Step {
  return { ...step, direction: DIRECTION_OUTBOUND };
}

/** A packet that came to the capturing machine. */
export function received(step: Step): Step {
  return { ...step, direction: DIRECTION_INBOUND };
}

/** SYN, SYN-ACK and ACK, a millisecond apart. */
export function handshake(fields: SegmentFields): Step[] {
  const { at } = fields;
  return [syn(fields), synAck({ ...fields, at: at + 1 }), ack({ ...fields, at: at + 2 })];
}

/** The SYNs of a client that nothing answers, at these times after `at`. */
export function silence(fields: SegmentFields, afterMs: readonly number[] = [0, 1000, 3000, 7000]): Step[] {
  return afterMs.map((ms) => syn({ ...fields, at: fields.at + ms }));
}

/** An ICMP error about an attempt. */
export interface IcmpErrorFields extends SegmentFields {
  /** Destination unreachable unless told. */
  type?: number;
  code?: number;
  /** Who sent it: the server unless told. */
  from?: string;
  /** How many bytes of the quoted IP packet there are. */
  quotedBytes?: number;
  quotes?: 'syn' | 'syn-ack';
}

/** An ICMP or ICMPv6 error that quotes the SYN. */
export function icmpError(fields: IcmpErrorFields): Step {
  const { client = CLIENT.ipv4, server = SERVER.ipv4, quotes = 'syn', type, code, quotedBytes } = fields;
  const quoted = segmentPacket(fields, quotes === 'syn' ? SYN_STEP(fields) : SYN_ACK_STEP(fields));
  const [source, destination] = quotes === 'syn' ? [fields.from ?? server, client] : [fields.from ?? client, server];
  const told = {
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(quotedBytes === undefined ? {} : { quotedBytes }),
  };
  const packet = server.includes(':')
    ? ipv6({ source, destination }, icmpv6(told, quoted))
    : ipv4({ source, destination }, icmp(told, quoted));
  return { at: fields.at, bytes: build(ethernet(packet)) };
}

/** Somebody (the client) asks for the link-layer address of an IPv4 host (the server). */
export function arpRequest({ at, from, target }: { at: number; from?: string; target?: string }): Step {
  const sender = from ?? CLIENT.ipv4;
  return { at, bytes: build(ethernet(arp({ sender, target: target ?? SERVER.ipv4 }))) };
}

/** The server answers such a request. */
export function arpReply({ at, from, target }: { at: number; from?: string; target?: string }): Step {
  const sender = from ?? SERVER.ipv4;
  return { at, bytes: build(ethernet(arp({ operation: 2, sender, target: target ?? CLIENT.ipv4 }))) };
}

/** The same in IPv6. */
export function solicitation({ at, from, target }: { at: number; from?: string; target?: string }): Step {
  const packet = ipv6(
    { source: from ?? CLIENT.ipv6, destination: 'ff02::1:ff00:2', hopLimit: 255 },
    neighborSolicitation({ target: target ?? SERVER.ipv6, sourceMac: CLIENT.mac }),
  );
  return { at, bytes: build(ethernet(packet)) };
}

/** The answer to it. */
export function advertisement({ at, target = SERVER.ipv6 }: { at: number; target?: string }): Step {
  const packet = ipv6(
    { source: target, destination: CLIENT.ipv6, hopLimit: 255 },
    neighborAdvertisement({ target, targetMac: SERVER.mac }),
  );
  return { at, bytes: build(ethernet(packet)) };
}

/** The server answers a ping. */
export function echoReply({
  at,
  from,
  to,
  timeToLive = 64,
}: {
  at: number;
  from?: string;
  to?: string;
  timeToLive?: number;
}): Step {
  const source = from ?? SERVER.ipv4;
  const packet = source.includes(':')
    ? ipv6({ source, destination: to ?? CLIENT.ipv6, hopLimit: timeToLive }, icmpv6({ type: 129, code: 0 }, u32(0)))
    : ipv4({ source, destination: to ?? CLIENT.ipv4, timeToLive }, icmp({ type: 0, code: 0 }, u32(0)));
  return { at, bytes: build(ethernet(packet)) };
}

/** A packet of others, which shows that the capture goes on. */
export function elsewhere({ at }: { at: number }): Step {
  return { at, bytes: build(ethernet(ipv4({ source: '203.0.113.8', destination: '203.0.113.9' }, udp()))) };
}

/** A segment of a connection between others: the capture was not filtered down to handshakes. */
export function dataElsewhere({ at }: { at: number }): Step {
  return clientData({ at, client: '203.0.113.8', server: '203.0.113.9', data: 10 });
}

/** What the tracker made of the steps. */
export interface Followed {
  attempts: Attempt[];
  tracker: Tracker;
}

/** How to follow: as `synwhy --all` does unless told. */
export interface FollowOptions {
  keepEstablished?: boolean;
  limits?: Partial<TrackerLimits>;
}

/** Follows the steps; a step's frame is its place in the list, from 1. Attempts are in the order of their first packet. */
export function follow(steps: readonly Step[], { keepEstablished = true, limits = {} }: FollowOptions = {}): Followed {
  const attempts: Attempt[] = [];
  const tracker = new Tracker((attempt) => attempts.push(attempt), keepEstablished, { ...DEFAULT_LIMITS, ...limits });
  const frame = new Frame();
  for (const [index, { at, bytes: content, capturedBytes, direction = DIRECTION_UNKNOWN }] of steps.entries()) {
    const circumstances = { timeNs: Math.round(at * 1e6), number: index + 1, direction };
    const packet = packetOf(content, capturedBytes === undefined ? circumstances : { ...circumstances, capturedBytes });
    decodePacket(packet, frame);
    tracker.track(frame, packet, index + 1);
  }
  tracker.finish();
  return { attempts: inOrder(attempts), tracker };
}

function inOrder(attempts: readonly Attempt[]): Attempt[] {
  return [...attempts].sort(({ events: [one] }, { events: [other] }) => one.timeNs - other.timeNs);
}

/** 'syn 1, syn-ack 2, ack 3': an attempt's packets with their frames. */
export function packetsOf({ events }: Attempt): string {
  return events.map(({ kind, frame }) => `${kind} ${frame}`).join(', ');
}

/** The same of all attempts that are found. */
export function followed(steps: readonly Step[], options: FollowOptions = {}): string[] {
  return follow(steps, options).attempts.map(packetsOf);
}

/** An attempt, its verdict and its notes. */
export interface Judged extends Verdict {
  attempt: Attempt;
  notes: Note[];
}

/** Every attempt with its verdict. */
export function judge(steps: readonly Step[]): Judged[] {
  const { attempts, tracker } = follow(steps);
  const all = inOrder(joinStrays(attempts));
  for (const attempt of all) findHosts(attempt, tracker.hosts);
  const context: Context = {
    hosts: tracker.hosts,
    company: new AttemptIndex(all),
    names: tracker.naming.names,
    capture: tracker.counts,
    frameNumber: (reference) => reference,
  };
  return all.map((attempt) => {
    const verdict = classify(attempt, context);
    return { ...verdict, attempt, notes: findNotes(attempt, verdict, context) };
  });
}

/** The verdict over the first attempt. */
export function judgeFirst(steps: readonly Step[]): Judged {
  const [first] = judge(steps);
  if (first === undefined) throw new Error('no attempt was found');
  return first;
}

/** 'refused, port-closed': the verdicts in short. */
export function verdicts(steps: readonly Step[]): string[] {
  return judge(steps).map(({ outcome, cause }) => (cause === null ? outcome : `${outcome}, ${cause}`));
}

const STARTED_NS = BigInt(Date.parse('2026-11-20T09:10:12Z')) * 1_000_000n;

/** A capture that holds these steps, as the bytes of a pcap with nanoseconds. */
export function captureOf(steps: readonly Step[]): Uint8Array {
  return pcap(
    { magic: NANOSECONDS_MAGIC },
    steps.map(({ at, bytes: content, capturedBytes = content.length }) => ({
      bytes: content.subarray(0, capturedBytes),
      originalBytes: content.length,
      timeNs: STARTED_NS + BigInt(Math.round(at * 1e6)),
    })),
  );
}

/** The report over captures given as bytes, in that order. */
export function analyze(captures: readonly Uint8Array[], options: AnalyzeOptions = {}): Report {
  const analyzer = new Analyzer(options);
  const contents = new Map(
    captures.map((content, index) => [analyzer.addCapture(`capture-${index + 1}.pcap`), content]),
  );
  for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
    const content = contents.get(input);
    if (content === undefined) input.end();
    else {
      contents.delete(input);
      input.push(content);
    }
  }
  return analyzer.finish();
}

/** The report over a capture that holds these steps. */
export function report(steps: readonly Step[], options: AnalyzeOptions = {}): Report {
  return analyze([captureOf(steps)], options);
}
