/**
 * Findings that one problem made: the same outcome and cause at many ports of one host, as a port scan leaves it, or at
 * one port of many hosts.
 */
import type { Confidence } from '../classify/outcome.js';
import { hostFilter, portFilter } from './display-filter.js';
import type { ReportFinding } from './model.js';

/** Findings that are told as one. */
export interface FindingGroup {
  /** The one with the most attempts stands for all; the others as they came. */
  findings: readonly [ReportFinding, ...ReportFinding[]];
  /** What all of them share beside outcome and cause. */
  shared: 'server' | 'address' | 'port';
  /** That of the least sure. */
  confidence: Confidence;
  attempts: number;
  firstAt: string;
  /** Shows how all of them were answered, in Wireshark. */
  displayFilter: string;
}

const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low'];

/** Fewer are told one by one. */
const LEAST_OF_A_GROUP = 4;

/** Every finding is in one group; the groups come in the order of their first findings. */
export function groupFindings(findings: readonly ReportFinding[]): FindingGroup[] {
  const byAddress = new Map<string, ReportFinding[]>();
  const byPort = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    // A scan or a flood is a group already.
    if (finding.targets !== undefined) continue;
    enter(byAddress, keyOf(finding, finding.server.address), finding);
    enter(byPort, keyOf(finding, finding.server.port), finding);
  }
  const grouped = new Set<ReportFinding>();
  const groups: FindingGroup[] = [];
  for (const finding of findings) {
    if (grouped.has(finding)) continue;
    const take = (found: Map<string, ReportFinding[]>, key: string) =>
      (found.get(key) ?? []).filter((one) => !grouped.has(one));
    const sameAddress = take(byAddress, keyOf(finding, finding.server.address));
    const samePort = take(byPort, keyOf(finding, finding.server.port));
    const shared =
      finding.targets !== undefined || Math.max(sameAddress.length, samePort.length) < LEAST_OF_A_GROUP
        ? 'server'
        : sameAddress.length >= samePort.length
          ? 'address'
          : 'port';
    const members = shared === 'server' ? [finding] : shared === 'address' ? sameAddress : samePort;
    for (const one of members) grouped.add(one);
    groups.push(groupOf(finding, members, shared));
  }
  return groups;
}

function groupOf(
  first: ReportFinding,
  members: readonly ReportFinding[],
  shared: FindingGroup['shared'],
): FindingGroup {
  return {
    findings: [first, ...members.filter((one) => one !== first)],
    shared,
    confidence: CONFIDENCES.findLast((level) => members.some(({ confidence }) => confidence === level)) ?? 'low',
    attempts: members.reduce((sum, { attempts }) => sum + attempts, 0),
    firstAt: members.reduce((earliest, { firstAt }) => (firstAt < earliest ? firstAt : earliest), first.firstAt),
    displayFilter:
      shared === 'server'
        ? first.displayFilter
        : shared === 'address'
          ? hostFilter(first.server.address)
          : portFilter(first.server.port),
  };
}

function enter(groups: Map<string, ReportFinding[]>, key: string, finding: ReportFinding): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [finding]);
  else group.push(finding);
}

function keyOf({ outcome, cause }: ReportFinding, shared: string | number): string {
  return `${outcome} ${cause} ${shared}`;
}
