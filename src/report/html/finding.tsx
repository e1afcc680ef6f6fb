/** One finding in full: what it is, what shows it in a typical attempt, and what to check next. */
import type { ReportAttempt, ReportFinding } from '../model.js';
import { formatCount, formatTarget, formatTimeOfDay } from '../wording.js';
import { FilterLine, LadderFigure, NextSteps, Reasons } from './attempt.js';
import { EndpointText, OutcomeTag } from './text.js';

/** What a finding is told with. All texts are escaped for display already. */
interface FindingCardProps {
  finding: ReportFinding;
  /** Its place among the findings, from 1. */
  number: number;
  /** One of its attempts, whose packets stand for all of them. */
  typical: ReportAttempt | undefined;
  /** The number of a finding told before with the same cause: what to check is the same. */
  sameStepsAs: number | undefined;
  captureEndAt: string | null;
}

/** One finding in full. */
export function FindingCard({ finding, number, typical, sameStepsAs, captureEndAt }: FindingCardProps) {
  const { outcome, title, server, cause, confidence, text, displayFilter } = finding;
  return (
    <article class={`finding ${outcome}`} id={`finding-${number}`} aria-labelledby={`finding-title-${number}`}>
      <h3 id={`finding-title-${number}`}>
        <span class="finding-server">
          {finding.targets === undefined ? <EndpointText end={server} /> : formatTarget(finding)}
        </span>{' '}
        <span class="finding-title">{title}</span>
      </h3>
      <p class="verdict">
        <OutcomeTag outcome={outcome} />
        <span class="confidence">
          <code>{cause}</code>, {confidence} confidence
        </span>
      </p>
      <div class="columns">
        <div>
          <p>
            {text}
            {describeSpread(finding)}
          </p>
          {typical !== undefined && <Reasons attempt={typical} told={text} />}
        </div>
        {typical !== undefined && <LadderFigure attempt={typical} captureEndAt={captureEndAt} isInFinding />}
      </div>
      {sameStepsAs === undefined ? (
        <NextSteps steps={finding.nextSteps} />
      ) : (
        <p>
          What to check next: as for <a href={`#finding-${sameStepsAs}`}>finding {sameStepsAs}</a>.
        </p>
      )}
      <FilterLine filter={displayFilter} />
      {finding.attemptIds.length > 1 && (
        <button type="button" class="only-these" data-like={finding.attemptIds[0]}>
          Show its {formatCount(finding.attemptIds.length)} attempts in the table
        </button>
      )}
    </article>
  );
}

/** Over what time its attempts spread. */
function describeSpread({ text, firstAt, lastAt }: ReportFinding): string {
  const first = formatTimeOfDay(firstAt);
  const last = formatTimeOfDay(lastAt);
  const isTold = first === last || (text.includes(first) && text.includes(last));
  return isTold ? '' : ` The first is at ${first}, the last at ${last}.`;
}
