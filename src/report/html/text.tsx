/** Small pieces that everything in the HTML report is made of. All texts are escaped for display already. */
import type { ComponentChildren } from 'preact';
import type { Outcome } from '../../classify/outcome.js';
import type { ReportEndpoint, ReportServer } from '../model.js';
import { formatSocket } from '../wording.js';

/** A button that copies what stands beside it; it is seen only where scripts run. */
function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <button type="button" class="copy" data-copy={text} aria-label={`Copy ${what}`} title="Copy">
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d="M4.5 3.5v-2h6v7h-2M1.5 3.5h6v7h-6z" />
      </svg>
    </button>
  );
}

/** A line to paste somewhere, with its button. */
export function Pasteable({ text, what }: { text: string; what: string }) {
  return (
    <span class="pasteable">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

/** A sentence; what stands in backquotes is a command. */
export function Prose({ text }: { text: string }) {
  // With a group, split gives what it captured in the odd places.
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 0 ? part : <Quoted key={part} text={part} />));
}

/** A single word, as an option, is no command to paste. */
function Quoted({ text }: { text: string }) {
  return text.includes(' ') ? <Pasteable text={text} what="the command" /> : <code class="unbroken">{text}</code>;
}

/** The sign of an outcome: a shape of its own as well as a colour. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  return (
    <svg class={`mark ${outcome}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={MARKS[outcome]} />
    </svg>
  );
}

/** Shapes of 12 by 12; the picture of all attempts draws the same. */
export const MARKS: Readonly<Record<Outcome, string>> = {
  refused: 'M2 3.4 3.4 2 6 4.6 8.6 2 10 3.4 7.4 6 10 8.6 8.6 10 6 7.4 3.4 10 2 8.6 4.6 6Z',
  filtered: 'M2 2h8v8H2Z',
  'timed-out': 'M6 1.2 11 10.4H1Z',
  established: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0 -9Z',
  aborted: 'M6 .8 11.2 6 6 11.2 .8 6Z',
  inconclusive: 'M1.5 4.6h9v2.8h-9Z',
};

/** All outcomes, what failed at the target first. */
export const OUTCOMES = Object.keys(MARKS) as Outcome[];

/** An outcome with its sign. */
export function OutcomeTag({ outcome }: { outcome: Outcome }) {
  return (
    <span class={`outcome ${outcome}`}>
      <OutcomeMark outcome={outcome} />
      {outcome}
    </span>
  );
}

/** An IPv4 address with its port is short enough for one line on a phone. */
const LONGEST_UNBROKEN = 21;

/** Address and port, and beside them what else is known of it. */
export function EndpointText({ end }: { end: ReportEndpoint | ReportServer }) {
  const socket = formatSocket(end);
  const known = [end.name, 'service' in end ? end.service : undefined].filter((text) => text !== undefined);
  return (
    <>
      <span class={socket.length > LONGEST_UNBROKEN ? 'address' : 'address unbroken'}>{socket}</span>
      {known.length > 0 && <span class="known"> {known.join(', ')}</span>}
    </>
  );
}

/** A heading and what it lists; nothing for an empty list. */
export function TitledList({ title, children }: { title: string; children: ComponentChildren[] }) {
  if (children.length === 0) return null;
  return (
    <>
      <p class="list-title">{title}</p>
      <ul>
        {children.map((child, index) => (
          <li key={index}>{child}</li>
        ))}
      </ul>
    </>
  );
}
