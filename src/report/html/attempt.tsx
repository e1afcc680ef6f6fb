/** What is told of one attempt: in a finding, of which it is typical, and where it is opened. */
import type { ComponentChildren } from 'preact';
import { asClause, describeError, describeHostFacts } from '../finding-text.js';
import type { ReportAttempt } from '../model.js';
import { formatDay, formatDuration, formatNumberOf, formatTimeOfDay } from '../wording.js';
import { Ladder } from './ladder.js';
import { EndpointText, OutcomeTag, Pasteable, Prose, TitledList } from './text.js';

/** How long the capture goes on after an attempt's last packet, in milliseconds; 0 if that is not known. */
export function watchedAfter({ startedAt, durationMs }: ReportAttempt, captureEndAt: string | null): number {
  return captureEndAt === null ? 0 : Math.max(0, millisecondsBetween(startedAt, captureEndAt) - durationMs);
}

/** From one RFC 3339 time with nine decimals to another. */
function millisecondsBetween(from: string, to: string): number {
  const wholeSecond = (time: string) => Date.parse(`${time.slice(0, 19)}Z`);
  return wholeSecond(to) - wholeSecond(from) + (Number(to.slice(20, 29)) - Number(from.slice(20, 29))) / 1e6;
}

/** The diagram, with what its signs mean; in a finding, the attempt that it shows is told and linked. */
export function LadderFigure(props: { attempt: ReportAttempt; captureEndAt: string | null; isInFinding?: boolean }) {
  const { attempt, captureEndAt, isInFinding = false } = props;
  return (
    <figure class="ladder-figure">
      <Ladder attempt={attempt} watchedMs={watchedAfter(attempt, captureEndAt)} />
      <figcaption>
        {isInFinding && <a href={`#attempt-${attempt.id}`}>Attempt {attempt.id}</a>}
        {isInFinding ? ', to scale in time' : 'To scale in time'}; shaded where packets follow each other too closely
        for that
      </figcaption>
    </figure>
  );
}

/** Evidence, other causes and remarks. `told` is text that stands above already. */
export function Reasons({ attempt, told = '' }: { attempt: ReportAttempt; told?: string }) {
  const { evidence, alternatives, notes } = attempt;
  const untold = evidence.filter(({ text }) => !told.includes(text));
  return (
    <>
      <TitledList title={told === '' ? 'What shows it' : 'What else shows it'}>
        {untold.map(({ text }) => `${asClause(text)}.`)}
      </TitledList>
      {[...describeHostFacts(attempt), ...describeError(attempt)].map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <TitledList title="The same packets also allow">
        {alternatives.map(({ cause, text }) => (
          <>
            <code>{cause}</code>: {asClause(text)}.
          </>
        ))}
      </TitledList>
      <TitledList title="Worth knowing">{notes.map(({ text }) => `${asClause(text)}.`)}</TitledList>
    </>
  );
}

/** What to do next, with commands to copy. */
export function NextSteps({ steps }: { steps: readonly string[] }) {
  return (
    <TitledList title="What to check next">
      {steps.map((step) => (
        <Prose key={step} text={step} />
      ))}
    </TitledList>
  );
}

/** A display filter to paste into Wireshark. */
export function FilterLine({ filter }: { filter: string }) {
  return (
    <p class="filter">
      <span class="filter-label">Wireshark filter</span> <Pasteable text={filter} what="the Wireshark filter" />
    </p>
  );
}

/** One attempt, whole. */
export function AttemptDetails(props: {
  attempt: ReportAttempt;
  title: string | undefined;
  captureEndAt: string | null;
}) {
  const { attempt, title, captureEndAt } = props;
  const { outcome, cause, confidence, client, server, startedAt, durationMs, frames } = attempt;
  return (
    <>
      <p class="verdict">
        <OutcomeTag outcome={outcome} /> {title}
        {cause !== null && (
          <span class="confidence">
            <code>{cause}</code>, {confidence} confidence
          </span>
        )}
      </p>
      <div class="columns">
        <div>
          <dl class="facts">
            <Fact name="Client">
              <EndpointText end={client} />
            </Fact>
            <Fact name="Server">
              <EndpointText end={server} />
            </Fact>
            <Fact name="Began">
              {formatDay(startedAt)} {formatTimeOfDay(startedAt, 6)} UTC
            </Fact>
            <Fact name="Took">
              {formatDuration(durationMs)}, {formatNumberOf(frames.length, 'packet')}
            </Fact>
          </dl>
          <Reasons attempt={attempt} />
        </div>
        <LadderFigure attempt={attempt} captureEndAt={captureEndAt} />
      </div>
      <NextSteps steps={attempt.nextSteps} />
      <FilterLine filter={attempt.displayFilter} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
