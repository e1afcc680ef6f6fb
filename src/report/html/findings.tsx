/** The findings: a table of them, and those that are told in full. */
import { findAttempts } from '../attempt-list.js';
import { byConcern } from '../findings-table.js';
import type { Report, ReportFinding } from '../model.js';
import { formatCount, formatNumberOf, formatTarget, formatTimeOfDay } from '../wording.js';
import { FindingCard } from './finding.js';
import { EndpointText, OutcomeTag } from './text.js';

/** A scan of many ports has thousands of findings: rows that are seen, those that unfold, and findings told in full. */
const OPEN_ROWS = 15;
const MOST_ROWS = 300;
const MOST_TOLD = 10;

/** A finding with its number, and whether it is told in full. */
interface NumberedFinding {
  finding: ReportFinding;
  number: number;
  isTold: boolean;
  /** The number of the first finding with the same cause, if that is not this one. */
  sameStepsAs: number | undefined;
}

/** The findings as a table, then in full: the first ones, and the first of each cause. */
export function Findings({ report, captureEndAt }: { report: Report; captureEndAt: string | null }) {
  const findings = numberFindings([...report.findings].sort(byConcern));
  if (findings.length === 0) return null;
  const told = findings.filter(({ isTold }) => isTold);
  const ids = new Set(told.map(({ finding }) => finding.attemptIds[0]));
  const typical = findAttempts(report.attempts, ids);
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      {findings.length > 1 && <FindingsTables findings={findings} />}
      {told.map(({ finding, number, sameStepsAs }) => (
        <FindingCard
          key={number}
          finding={finding}
          number={number}
          typical={typical.get(finding.attemptIds[0])}
          sameStepsAs={sameStepsAs}
          captureEndAt={captureEndAt}
        />
      ))}
    </section>
  );
}

function numberFindings(findings: readonly ReportFinding[]): NumberedFinding[] {
  const firstOfCause = new Map<string, number>();
  return findings.map((finding, index) => {
    const number = index + 1;
    const sameStepsAs = firstOfCause.get(finding.cause);
    if (sameStepsAs === undefined) firstOfCause.set(finding.cause, number);
    return { finding, number, isTold: index < MOST_TOLD || sameStepsAs === undefined, sameStepsAs };
  });
}

function FindingsTables({ findings }: { findings: readonly NumberedFinding[] }) {
  const folded = findings.slice(OPEN_ROWS, MOST_ROWS);
  const left = findings.length - MOST_ROWS;
  return (
    <>
      <FindingsTable findings={findings.slice(0, OPEN_ROWS)} />
      {folded.length > 0 && (
        <details>
          <summary>{formatNumberOf(folded.length, 'more finding')}</summary>
          <FindingsTable findings={folded} />
          {left > 0 && (
            <p class="rest">
              and {formatNumberOf(left, 'more finding')}: their attempts are in the table at the end, all of them in
              JSON (synwhy --format json).
            </p>
          )}
        </details>
      )}
    </>
  );
}

function FindingsTable({ findings }: { findings: readonly NumberedFinding[] }) {
  return (
    <table class="findings-table">
      <thead>
        <tr>
          <th scope="col">Outcome</th>
          <th scope="col">Server</th>
          <th scope="col">Why</th>
          <th scope="col" class="number minor">
            Attempts
          </th>
          <th scope="col" class="number minor">
            Clients
          </th>
          <th scope="col" class="number minor">
            First (UTC)
          </th>
        </tr>
      </thead>
      <tbody>
        {findings.map(({ finding, number, isTold }) => (
          <tr key={number}>
            <td>
              <OutcomeTag outcome={finding.outcome} />
            </td>
            <td>{finding.targets === undefined ? <EndpointText end={finding.server} /> : formatTarget(finding)}</td>
            <td>
              <FindingLink finding={finding} number={number} isTold={isTold} />
            </td>
            <td class="number minor">{formatCount(finding.attempts)}</td>
            <td class="number minor">{formatCount(finding.clients)}</td>
            <td class="number minor">{formatTimeOfDay(finding.firstAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** To where it is told in full, or to its first attempt. */
function FindingLink({ finding, number, isTold }: Pick<NumberedFinding, 'finding' | 'number' | 'isTold'>) {
  const target = isTold ? `finding-${number}` : finding.attemptIds[0] && `attempt-${finding.attemptIds[0]}`;
  return target ? <a href={`#${target}`}>{finding.title}</a> : finding.title;
}
