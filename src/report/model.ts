/**
 * The report: what every renderer reads and what `--format json` prints. Its names are a contract (schema
 * synwhy-report/1, published as report.schema.json): fields may be added, a changed or removed one is a new version.
 * Texts that come from a capture (names) are hostile; each renderer escapes them for where it prints.
 */

import type { Confidence, Outcome } from '../classify/outcome.js';
import type { Vantage } from '../classify/vantage.js';
import type { EventKind, IcmpError } from '../track/attempt.js';

/** What was found in one or several captures. */
export interface Report {
  schema: 'synwhy-report/1';
  generator: { name: 'synwhy'; version: string };
  captures: ReportCapture[];
  quality: Quality;
  summary: Summary;
  findings: ReportFinding[];
  observations: Observation[];
  attempts: ReportAttempt[];
  /** How it was captured, if that was done for this report. */
  live?: ReportLive;
}

/** How a report came about that was captured for, and not read from files. */
export interface ReportLive {
  /** Null where a stream was read that somebody else captured; so are backend and filter. */
  interface: string | null;
  /** What captured: 'cap', 'dumpcap', 'tcpdump'. */
  backend: string | null;
  /** The capture filter as given. */
  filter: string | null;
  endedBy: LiveEnd;
  /** The command that was run meanwhile. */
  command?: ReportCommand;
}

/** Why a live capture ended: 'failure' is what ended it against everybody's will, as when its interface vanished. */
export type LiveEnd = 'command' | 'time' | 'packets' | 'interrupt' | 'terminate' | 'input' | 'failure';

/** A command that was run while its packets were captured. */
export interface ReportCommand {
  words: string[];
  /** Its exit status; null if a signal ended it. */
  status: number | null;
  signal: string | null;
}

/** One of the captures that were read. */
export interface ReportCapture {
  name: string;
  /** 'pcap', 'pcapng' …; with the compression in front when there was one: 'gzip, pcap'. */
  format: string;
  /** Names as tcpdump -L prints them (EN10MB, LINUX_SLL2), or the number as text when it is not a known one. */
  linkTypes: string[];
  packets: number;
  /** Of the capture after decompression. */
  bytes: number;
  /** RFC 3339 with nine decimals; null for a capture without packets. */
  firstPacketAt: string | null;
  lastPacketAt: string | null;
}

/** What limits how far the captures can be trusted. */
export interface Quality {
  /** Packets that could not be decoded, by reason. */
  undecodable: Record<string, number>;
  /** Packets seen more than once (any interface, mirror ports, bridges). */
  copies: number;
  /** What the kernel dropped while capturing; null when the capture does not tell. */
  droppedByKernel: number | null;
  /** Where reading broke off for good; null when every capture was read to its end. */
  truncatedAtByte: number | null;
  vantage: Vantage;
  warnings: Warning[];
}

/** Something about the captures that a reader of the report should know; the code is stable. */
export interface Warning {
  code: string;
  text: string;
}

/** How many attempts there are of each outcome. */
export type Summary = { attempts: number } & Record<Outcome, number>;

/** One end of an attempt. */
export interface ReportEndpoint {
  address: string;
  port: number;
  /** From the capture itself (name resolution blocks); never looked up. */
  name?: string;
}

/** The end that the SYN was sent to. */
export interface ReportServer extends ReportEndpoint {
  /** The IANA service name of the port. */
  service?: string;
}

/** Attempts that share server, port, outcome and cause. */
export interface ReportFinding {
  outcome: Outcome;
  cause: string;
  confidence: Confidence;
  title: string;
  server: ReportServer;
  /** How many different client addresses; an estimate beyond a few hundred that are not all listed. */
  clients: number;
  attempts: number;
  /** When the first and the last of its attempts began: RFC 3339, UTC, with nine decimals. */
  firstAt: string;
  lastAt: string;
  /** How many attempts from how many clients, and what shows it; a sentence or two. */
  text: string;
  /** What to do next, one sentence each; commands stand in backquotes. */
  nextSteps: string[];
  /** The `id` of each of its attempts that is listed. */
  attemptIds: number[];
  displayFilter: string;
  /** Of a scan or a flood over several targets, of which `server` is the first: how many hosts and ports in all. */
  targets?: { servers: number; ports: number };
}

/** Something seen in the captures that is not about one attempt. */
export interface Observation {
  code: string;
  text: string;
  frames: number[];
}

/** Something that is not in the packets: what the machine itself said when it was asked. */
export interface HostFact {
  /** A sentence without a full stop. */
  text: string;
  /** When it was so: RFC 3339, UTC, with nine decimals. */
  at: string;
}

/** One packet of an attempt. */
export interface ReportFrame {
  /** Wireshark's frame.number; over several captures, counted on in the order given. */
  frame: number;
  kind: EventKind;
  /** Milliseconds since the attempt's first frame. */
  atMs: number;
  /** What kind of error it was and who sent it; for the ICMP kinds only. */
  icmp?: IcmpError;
}

/** One client's try to open one connection. */
export interface ReportAttempt {
  id: number;
  client: ReportEndpoint;
  server: ReportServer;
  outcome: Outcome;
  /** Null only for established attempts. */
  cause: string | null;
  confidence: Confidence;
  /** What connect() ends with, if the program is patient enough; null when it sees no error. */
  applicationError: { linux: string; macos: string; windows: string } | null;
  /** When its first packet was captured: RFC 3339, UTC, with nine decimals. */
  startedAt: string;
  /** From its first packet to its last, in milliseconds. */
  durationMs: number;
  /** How many packets of each kind belong to it, without copies. */
  syns: number;
  synAcks: number;
  resets: number;
  icmpErrors: number;
  frames: ReportFrame[];
  /** Sentences that name frames. */
  evidence: { text: string; frames: number[] }[];
  /** Causes that the same packets also allow, and why each is less likely. */
  alternatives: { cause: string; text: string }[];
  /** What else is worth knowing about it, whatever its outcome; the code is stable. */
  notes: { code: string; text: string; frames: number[] }[];
  /** What the machine that captured knew of the server's sockets, where the server is that machine; live only. */
  hostFacts?: HostFact[];
  nextSteps: string[];
  displayFilter: string;
}
