/** Reports made by hand for the tests of the HTML report: very many attempts, and hostile texts in every place. */
import type { Report, ReportAttempt, ReportFinding } from '../../src/report/model.js';
import {
  emptyReport,
  establishedAttempt,
  filteredAttempt,
  findingOf,
  refusedAttempt,
  silentAttempt,
} from './sample-reports.js';

const KINDS = [refusedAttempt, silentAttempt, filteredAttempt, establishedAttempt];
const TITLES = ['Nothing listens on the port', 'No answer of any kind', 'A firewall forbids it'];
const FIRST_MS = Date.parse('2026-11-20T09:10:12Z');
/** Times that differ, and repeat themselves now and then. */
const STEP_MS = 37.25;

/** So many attempts of four kinds, by some hundred clients to a dozen targets, some of which have names. */
export function manyAttempts(count: number): Report {
  const attempts = Array.from({ length: count }, (_, index) => attemptOf(index));
  const summary = { ...emptyReport.summary, attempts: count };
  for (const { outcome } of attempts) summary[outcome]++;
  const groups = new Map<string, ReportFinding>();
  for (const attempt of attempts) addToGroup(groups, attempt);
  return { ...emptyReport, summary, attempts, findings: [...groups.values()] };
}

function attemptOf(index: number): ReportAttempt {
  const kind = KINDS[(index * 7 + (index >> 5)) % KINDS.length];
  const client = { address: `10.1.${index % 5}.${index % 97}`, port: 1024 + ((index * 31) % 60_000) };
  const server = { ...kind.server, port: kind.server.port + (index % 3) };
  const frame = 1 + index * 4;
  return {
    ...kind,
    id: index + 1,
    client: index % 11 === 0 ? { ...client, name: `host-${index % 7}.lan` } : client,
    server,
    startedAt: timeOf(FIRST_MS + index * STEP_MS),
    durationMs: kind.durationMs + (index % 13) / 8,
    frames: kind.frames.map((each, place) => ({ ...each, frame: frame + place })),
    evidence: kind.evidence.map(({ text }) => ({ text: text.replace(/frame \d+/, `frame ${frame}`), frames: [frame] })),
    displayFilter: `tcp.port == ${client.port} && tcp.port == ${server.port} && ip.addr == ${server.address}`,
  };
}

function timeOf(milliseconds: number): string {
  const fraction = String(Math.round((milliseconds % 1000) * 1e6)).padStart(9, '0');
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction}Z`;
}

function addToGroup(groups: Map<string, ReportFinding>, attempt: ReportAttempt): void {
  const kind = KINDS.findIndex(({ cause }) => cause === attempt.cause);
  if (TITLES[kind] === undefined) return;
  const key = `${attempt.cause} ${attempt.server.address} ${attempt.server.port}`;
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, findingOf(attempt, TITLES[kind]));
  } else {
    group.attempts++;
    group.attemptIds.push(attempt.id);
    group.lastAt = attempt.startedAt;
  }
}

/** What somebody may write into a host name, a comment or a file's name. */
export const HOSTILE_TEXTS = [
  '<script>globalThis.isTaken = true</script>',
  '</script><script>globalThis.isTaken = true</script>',
  '<!--<script>',
  '"><img src=x onerror="globalThis.isTaken = true">',
  "' onmouseover='globalThis.isTaken = true",
  '</style><style>*{display:none}</style>',
  '\u202eecafretni\u202c',
  '\u0000\u0001\u0002\u001b[2J\u2028\u2029\ud800',
  '`rm -rf ~`',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what is hostile about it.
  '&lt;b&gt; &amp; ${1 + 1} {{7 * 7}}',
  'javascript:globalThis.isTaken=true',
] as const;

/** A report in which each text that may come from a capture is this one. */
export function hostileReport(text: string): Report {
  const hostile = (attempt: ReportAttempt): ReportAttempt => ({
    ...attempt,
    client: { ...attempt.client, name: text },
    server: { ...attempt.server, name: text, service: text },
    evidence: [{ text: `${text} in frame 1`, frames: [1] }],
    alternatives: [{ cause: 'host-silent', text }],
    notes: [{ code: 'slow-handshake', text, frames: [1] }],
    nextSteps: [`On ${text}, \`ping ${text}\`: ${text}`],
    displayFilter: `dns.qry.name == "${text}"`,
  });
  const attempts = [refusedAttempt, silentAttempt, filteredAttempt].map(hostile);
  return {
    ...emptyReport,
    captures: [{ ...emptyReport.captures[0], name: text, format: text, linkTypes: [text] }],
    quality: { ...emptyReport.quality, undecodable: { [text]: 1 }, warnings: [{ code: 'truncated', text }] },
    summary: { ...emptyReport.summary, attempts: 3, refused: 1, filtered: 1, 'timed-out': 1 },
    findings: attempts.map((attempt) => findingOf(attempt, text)),
    observations: [{ code: 'name-not-found', text, frames: [1] }],
    attempts,
  };
}
