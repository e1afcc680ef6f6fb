/** What a reader of the report has to know about the captures themselves: what they can't show. */
import type { BuildCapture, BuildInput } from './build.js';
import type { JudgedAttempts } from './judged-attempts.js';
import type { Quality, Warning } from './model.js';
import { formatCount, formatNumberOf } from './wording.js';

/** Damages of one capture that are told one by one. */
const TOLD_DAMAGES = 5;

/** The quality section of a report. */
export function buildQuality(input: BuildInput, judged: JudgedAttempts): Quality {
  const { captures, undecodable, counts } = input;
  return {
    undecodable,
    copies: counts.copies,
    droppedByKernel: sumDropped(captures),
    truncatedAtByte:
      captures.map(({ facts }) => facts.damages.find(isFinal)?.atByte).find((at) => at !== undefined) ?? null,
    vantage: judged.vantage,
    warnings: [...captures.flatMap(describeDamages), ...describeDrops(captures), ...describeLimits(input, judged)],
  };
}

function isFinal({ skippedBytes }: { skippedBytes: number | null }): boolean {
  return skippedBytes === null;
}

/** Null when no interface of any capture tells. */
function sumDropped(captures: readonly BuildCapture[]): number | null {
  const told = captures.flatMap(({ facts }) => facts.interfaces).flatMap(({ dropped }) => dropped ?? []);
  return told.length === 0 ? null : told.reduce((sum, dropped) => sum + dropped, 0);
}

function describeDamages({ name, facts, damage }: BuildCapture): Warning[] {
  const warnings = facts.damages.slice(0, TOLD_DAMAGES).map(({ atByte, skippedBytes, reason }) =>
    skippedBytes === null
      ? { code: 'truncated', text: `${name} breaks off at byte ${atByte}: ${reason}.` }
      : {
          code: 'damaged',
          text: `${name} is damaged at byte ${atByte}: ${reason}; ${formatNumberOf(skippedBytes, 'byte')} ${wereOf(skippedBytes)} passed over.`,
        },
  );
  const more = facts.damages.length + facts.furtherDamages - warnings.length;
  if (more > 0) warnings.push({ code: 'damaged', text: `${name} has ${formatNumberOf(more, 'more damaged place')}.` });
  if (damage !== undefined)
    warnings.push({ code: 'truncated', text: `${name} could not be read to its end: ${damage}.` });
  return warnings;
}

function describeDrops(captures: readonly BuildCapture[]): Warning[] {
  const dropped = sumDropped(captures) ?? 0;
  if (dropped === 0) return [];
  return [
    {
      code: 'dropped',
      text: `${formatNumberOf(dropped, 'packet')} ${wereOf(dropped)} dropped while capturing: an answer that is not in the capture may have come all the same.`,
    },
  ];
}

/** Where options asked for certain attempts and met none: the captures may hold others. */
function describeSelection(
  { selection, unlisted, unlistedEstablished }: BuildInput,
  judged: JudgedAttempts,
): Warning[] {
  const isBounded = Object.values(selection).some((criterion) => criterion !== undefined);
  if (!isBounded || count(judged, () => true) + unlisted.count + unlistedEstablished > 0) return [];
  return [{ code: 'none-selected', text: 'No handshake is as it was asked for; there may be others.' }];
}

function describeLimits(input: BuildInput, judged: JudgedAttempts): Warning[] {
  const { counts, unlisted, attempts, teller, limits } = input;
  const warnings = [...describeSelection(input, judged)];
  if (counts.clockJumps > 0) {
    warnings.push({
      code: 'clock-jump',
      text: `The clock jumps ${counts.clockJumps === 1 ? 'once' : `${counts.clockJumps} times`}: how long a silence across that lasted is not known, and does not count.`,
    });
  }
  if (counts.evicted > 0) {
    warnings.push({
      code: 'too-many-pending',
      text: `${formatNumberOf(counts.evicted, 'attempt')} ${wereOf(counts.evicted)} judged early, because more than ${formatCount(limits.pending)} were pending at once (--max-pending).`,
    });
  }
  if (unlisted.count > 0) {
    warnings.push({
      code: 'attempts-not-listed',
      text: `Beyond the ${teller === undefined ? 'first' : 'last'} ${formatNumberOf(attempts.length, 'attempt')}, ${formatCount(unlisted.count)} more ${unlisted.count === 1 ? 'is counted but not listed; it was judged by what was known when it ended' : 'are counted but not listed; they were judged by what was known when they ended'}.`,
    });
  }
  if (unlisted.groups.merged > 0) {
    warnings.push({
      code: 'findings-merged',
      text: `More than ${formatNumberOf(limits.findings, 'finding')} would have to be made: ${formatNumberOf(unlisted.groups.merged, 'attempt')} ${wereOf(unlisted.groups.merged)} brought together by client, by server or by port.`,
    });
  }
  // A connection whose completion is not in the capture.
  const presumed = count(
    judged,
    (index) => judged.outcome(index) === 'established' && judged.confidence(index) !== 'high',
  );
  if (counts.plainSegments === 0 && presumed > 0) {
    warnings.push({
      code: 'handshakes-only',
      text: `The capture holds no segments but SYN, FIN and RST, as after a capture filter: ${presumed === 1 ? 'one handshake whose SYN-ACK was neither repeated nor reset is' : `${presumed} handshakes whose SYN-ACK was neither repeated nor reset are`} taken as established.`,
    });
  }
  const oneWay = count(judged, (index) => judged.cause(index) === 'one-way-capture');
  if (oneWay > 0) {
    warnings.push({
      code: 'one-way',
      text: `${oneWay === 1 ? 'One conversation is' : `${oneWay} conversations are`} in the capture in one direction only.`,
    });
  }
  return warnings;
}

function wereOf(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** How many attempts that the report is about are so. */
function count(judged: JudgedAttempts, isSo: (index: number) => boolean): number {
  let found = 0;
  for (let index = 0; index < judged.length; index++) if (judged.isMeant(index) && isSo(index)) found++;
  return found;
}
