/**
 * What the HTML report says without a script: the verdict, the findings, what the captures cannot show, and how it was
 * made. All texts are escaped for display already; preact escapes them for HTML.
 */
import { describeLive, describeTogether, describeUndecodable, MOST_CAPTURES } from '../capture-text.js';
import { OUTCOMES_BY_CONCERN } from '../findings-table.js';
import type { Report, ReportCapture, Summary } from '../model.js';
import { formatCount, formatDay, formatNumberOf, formatTimeOfDay } from '../wording.js';
import type { Lanes } from './lanes.js';
import { OutcomeMark, Pasteable, Prose } from './text.js';

/** More observations unfold. */
const OPEN_OBSERVATIONS = 15;
/** Of more captures, as of a ring of thousands, the first ones have a row. */
const CAPTURE_ROWS = 100;

/** The verdict in a line, what was read, and how many attempts there are of each outcome. */
export function PageHeader({ report }: { report: Report }) {
  const { captures, summary } = report;
  return (
    <header class="page-header">
      <p class="maker">synwhy</p>
      <h1>{headline(summary)}</h1>
      {(captures.length > MOST_CAPTURES ? [describeTogether(captures)] : captures.map(describeCapture)).map((line) => (
        <p key={line} class="capture-line">
          {line}
        </p>
      ))}
      {summary.attempts > 0 && <OutcomeBar summary={summary} />}
    </header>
  );
}

/** What the report says first, and what a browser shows as its title. */
export function headline(summary: Summary): string {
  const { attempts, established } = summary;
  const failed = summary.refused + summary.filtered + summary['timed-out'];
  if (attempts === 0) return 'No TCP handshake';
  const handshakes = formatNumberOf(attempts, 'TCP handshake');
  if (failed > 0) return `${formatCount(failed)} of ${handshakes} failed`;
  if (established === attempts) return `${handshakes}, ${attempts === 1 ? 'established' : 'all established'}`;
  return `${handshakes}, none failed`;
}

function describeCapture({ name, format, packets, firstPacketAt, lastPacketAt }: ReportCapture): string {
  const what = `${name === '-' ? 'standard input' : name}: ${format}, ${formatNumberOf(packets, 'packet')}`;
  if (firstPacketAt === null || lastPacketAt === null) return what;
  const day = formatDay(firstPacketAt);
  const until = formatDay(lastPacketAt) === day ? '' : `${formatDay(lastPacketAt)} `;
  return `${what}, ${day} ${formatTimeOfDay(firstPacketAt)} to ${until}${formatTimeOfDay(lastPacketAt)} UTC`;
}

/** Narrower shares could not be seen. */
const SMALLEST_SHARE = 0.6;

function OutcomeBar({ summary }: { summary: Summary }) {
  const present = OUTCOMES_BY_CONCERN.filter((outcome) => summary[outcome] > 0);
  const shares = present.map((outcome) => Math.max(SMALLEST_SHARE, (100 * summary[outcome]) / summary.attempts));
  const whole = shares.reduce((total, share) => total + share, 0);
  let x = 0;
  return (
    <div class="outcome-bar">
      <svg viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
        {present.map((outcome, index) => {
          const width = (100 * shares[index]) / whole;
          x += width;
          return <rect key={outcome} class={`fill ${outcome}`} x={x - width} y="0" width={width} height="2" />;
        })}
      </svg>
      <ul>
        {present.map((outcome) => (
          <li key={outcome}>
            <OutcomeMark outcome={outcome} />
            <strong>{formatCount(summary[outcome])}</strong> {outcome}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Things seen in the captures that are about no single attempt. */
export function Observations({ report: { observations } }: { report: Report }) {
  if (observations.length === 0) return null;
  const texts = observations.map(({ text }) => text);
  const [told, folded] = [texts.slice(0, OPEN_OBSERVATIONS), texts.slice(OPEN_OBSERVATIONS)];
  return (
    <section aria-labelledby="observations">
      <h2 id="observations">Also seen</h2>
      <TextList texts={told} />
      {folded.length > 0 && (
        <details>
          <summary>{formatCount(folded.length)} more</summary>
          <TextList texts={folded} />
        </details>
      )}
    </section>
  );
}

/** What the captures cannot show. */
export function Limits({ report: { quality } }: { report: Report }) {
  const texts = [...describeUndecodable(quality), ...quality.warnings.map(({ text }) => text)];
  if (texts.length === 0) return null;
  return (
    <section class="limits" aria-labelledby="limits">
      <h2 id="limits">What this capture can't show</h2>
      <TextList texts={texts} />
    </section>
  );
}

function TextList({ texts }: { texts: readonly string[] }) {
  return (
    <ul>
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** Where the picture and the table of all attempts go, and what stands there without a script. */
export function Attempts({ report, lanes }: { report: Report; lanes: Lanes }) {
  const { attempts, summary } = report;
  if (attempts.length === 0) return <Unlisted summary={summary} />;
  return (
    <>
      <section aria-labelledby="timeline">
        <h2 id="timeline">Attempts over time</h2>
        <div id="timeline-app" />
        <details>
          <summary>The same as numbers</summary>
          <LanesTable lanes={lanes} />
        </details>
      </section>
      <section aria-labelledby="attempts">
        <h2 id="attempts">All listed attempts</h2>
        {attempts.length < summary.attempts && (
          <p class="rest">
            {formatCount(attempts.length)} of {formatNumberOf(summary.attempts, 'attempt')}:{' '}
            {summary.attempts - attempts.length === summary.established
              ? 'the established ones are listed with --all.'
              : 'those that did not fail are listed with --all.'}
          </p>
        )}
        <div id="attempts-app" />
        <noscript>
          <p class="rest">The table of all attempts and their picture need JavaScript, which is turned off.</p>
        </noscript>
      </section>
      <dialog id="attempt-dialog" aria-labelledby="attempt-title" />
    </>
  );
}

function Unlisted({ summary: { attempts } }: { summary: Summary }) {
  if (attempts === 0) return null;
  return <p class="rest">Attempts that did not fail are listed with --all.</p>;
}

function LanesTable({ lanes: { lanes } }: { lanes: Lanes }) {
  const outcomes = OUTCOMES_BY_CONCERN.filter((outcome) => lanes.some(({ counts }) => counts.has(outcome)));
  return (
    <table class="lanes-table">
      <thead>
        <tr>
          <th scope="col">Target</th>
          {outcomes.map((outcome) => (
            <th key={outcome} scope="col" class="number">
              {outcome}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lanes.map(({ name, counts }) => (
          <tr key={name}>
            <th scope="row" class="address">
              {name}
            </th>
            {outcomes.map((outcome) => (
              <td key={outcome} class="number">
                {formatCount(counts.get(outcome) ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How the report was made, and by what. */
export function PageFooter({
  report,
  command,
  notices,
}: {
  report: Report;
  command: string | undefined;
  notices: string;
}) {
  const { captures, generator, quality } = report;
  return (
    <footer>
      <h2>How this was made</h2>
      <p>
        By {generator.name} {generator.version}, which read the captures below and nothing else: it sent no packet and
        looked nothing up. Times are UTC; frame numbers are those of Wireshark. {VANTAGES[quality.vantage]}
      </p>
      {describeLive(report).map((sentence) => (
        <p key={sentence}>
          <Prose text={`${sentence}.`} />
        </p>
      ))}
      {command !== undefined && (
        <p>
          <Pasteable text={command} what="the command" />
        </p>
      )}
      <table class="captures-table">
        <thead>
          <tr>
            <th scope="col">Capture</th>
            <th scope="col">Format</th>
            <th scope="col" class="minor">
              Link types
            </th>
            <th scope="col" class="number">
              Packets
            </th>
            <th scope="col" class="number">
              Bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {captures.slice(0, CAPTURE_ROWS).map(({ name, format, linkTypes, packets, bytes }) => (
            <tr key={name}>
              <td class="address">{name === '-' ? 'standard input' : name}</td>
              <td>{format}</td>
              <td class="minor">{linkTypes.join(', ')}</td>
              <td class="number">{formatCount(packets)}</td>
              <td class="number">{formatCount(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {captures.length > CAPTURE_ROWS && <p>And {formatNumberOf(captures.length - CAPTURE_ROWS, 'more capture')}.</p>}
      <details class="notices">
        <summary>Libraries that went into this file, and their licences</summary>
        <pre>{notices}</pre>
      </details>
    </footer>
  );
}

const VANTAGES: Readonly<Record<Report['quality']['vantage'], string>> = {
  client: 'The capture was taken at the client.',
  server: 'The capture was taken at the server.',
  between: 'The capture was taken between client and server.',
  mixed: 'The capture was taken at several places, or at a place that is client to some and server to others.',
  unknown: 'Where the capture was taken does not show.',
};
