/** The public API: from the bytes of a capture to a report, and from a report to text. */
export {
  type AnalyzeLimits,
  type AnalyzeOptions,
  Analyzer,
  type PacketDisguise,
  type Pending,
} from './analyze.js';
export { CaptureError, type CaptureErrorCode } from './capture/errors.js';
export type { CaptureInput } from './capture/input.js';
export { CATALOGUE, type CauseDescription, type CauseId, findCause, type NextStep } from './classify/catalogue.js';
export { findNote, NOTES, type NoteCode, type NoteDescription } from './classify/descriptions/notes.js';
export type { System, SystemError } from './classify/descriptions/system-errors.js';
export { type ErrorText, findSystemError, readErrorText } from './classify/error-messages.js';
export { fillNextSteps, type NextStepTarget } from './classify/next-steps.js';
export type { Confidence, Outcome } from './classify/outcome.js';
export { causesOf } from './classify/system-errors.js';
export type { Vantage } from './classify/vantage.js';
export { type HostPattern, parseHostPattern } from './report/address-pattern.js';
export { csvPieces, renderCsv } from './report/csv.js';
export { type HtmlOptions, htmlPieces, renderHtml } from './report/html.js';
export { jsonPieces, renderJson } from './report/json.js';
export { type MarkdownOptions, renderMarkdown } from './report/markdown.js';
export type {
  HostFact,
  LiveEnd,
  Observation,
  Quality,
  Report,
  ReportAttempt,
  ReportCapture,
  ReportCommand,
  ReportEndpoint,
  ReportFinding,
  ReportFrame,
  ReportLive,
  ReportServer,
  Summary,
  Warning,
} from './report/model.js';
export { ndjsonAttempt, ndjsonPieces, ndjsonSummary } from './report/ndjson.js';
export { type AttemptSelection, type Moment, parseMoment } from './report/select.js';
export { serviceName } from './report/service-names.js';
export { renderTable, type TableOptions, tablePieces } from './report/table.js';
export type { EventKind, IcmpError } from './track/attempt.js';
export type { TrackerLimits } from './track/tracker.js';
