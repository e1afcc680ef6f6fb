/** The body of the HTML report as text, in pieces. */
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Report } from '../model.js';
import { Findings } from './findings.js';
import type { Lanes } from './lanes.js';
import { Attempts, Limits, Observations, PageFooter, PageHeader } from './page.js';

/** What the body is made of. All texts are escaped for display already. */
export interface Body {
  report: Report;
  lanes: Lanes;
  captureEndAt: string | null;
  /** The command that made the report, if it is known. */
  command: string | undefined;
  /** The licences of the libraries in the script. */
  notices: string;
}

/** Everything that is seen, and the places that the script fills. */
export function* bodyPieces({ report, lanes, captureEndAt, command, notices }: Body): Generator<string> {
  yield '<a class="skip" href="#main">Skip to the findings</a>\n<div class="page">\n<main id="main" tabindex="-1">\n';
  yield piece(<PageHeader report={report} />);
  yield piece(<Limits report={report} />);
  yield piece(<Findings report={report} captureEndAt={captureEndAt} />);
  yield piece(<Observations report={report} />);
  yield piece(<Attempts report={report} lanes={lanes} />);
  yield '</main>\n';
  yield piece(<PageFooter report={report} command={command} notices={notices} />);
  yield '</div>\n';
}

function piece(node: VNode): string {
  return `${renderToString(node)}\n`;
}
