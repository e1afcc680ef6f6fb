/**
 * The packets of one attempt as a Mermaid sequence diagram, which GitHub and GitLab draw. Nothing hostile gets in: of
 * names only those that look like names of hosts.
 */
import { ARROWS, describeWait, isUnanswered, labelOf } from '../ladder.js';
import type { ReportAttempt, ReportEndpoint, ReportFrame, ReportServer } from '../model.js';
import { formatDuration, formatNumberOf, formatSocket } from '../wording.js';

/** More packets than this are drawn as the first and the last ones. */
const MOST_PACKETS = 14;
/** More senders of ICMP errors than this share a line. */
const MOST_REPORTERS = 3;

/** Mermaid reads the rest of the line as the name, but for `#` and `;`; these have neither. */
const PLAIN_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

/** What ICMP errors say, by version and type/code: RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3. */
const ICMP_WORDS: Readonly<Record<string, string>> = {
  '4 3/0': 'network unreachable',
  '4 3/1': 'host unreachable',
  '4 3/2': 'protocol unreachable',
  '4 3/3': 'port unreachable',
  '4 3/9': 'network prohibited',
  '4 3/10': 'host prohibited',
  '4 3/13': 'communication prohibited',
  '4 11/0': 'time to live exceeded',
  '6 1/0': 'no route',
  '6 1/1': 'communication prohibited',
  '6 1/3': 'address unreachable',
  '6 1/4': 'port unreachable',
  '6 1/5': 'source address failed policy',
  '6 1/6': 'reject route',
  '6 3/0': 'hop limit exceeded',
};

const CLIENT = 'c';
const SERVER = 's';

/** The diagram, in lines. */
export function drawSequence(attempt: ReportAttempt): string[] {
  const { client, server, frames } = attempt;
  const lanes = laneOf(attempt);
  const reporters = [...new Map([...lanes.values()].map((lane) => [lane.id, lane.name]))].filter(
    ([id]) => id !== CLIENT && id !== SERVER,
  );
  const messages = frames.map((frame, index) => drawMessage(frame, frames.slice(0, index), attempt, lanes));
  const left = messages.length - MOST_PACKETS;
  if (left > 1) {
    messages.splice(MOST_PACKETS / 2, left, `Note over c,s: ${formatNumberOf(left, 'more packet')}`);
  }
  return [
    'sequenceDiagram',
    ...[
      `participant c as ${label(client)}`,
      ...reporters.map(([id, name]) => `participant ${id} as ${name}`),
      `participant s as ${label(server)}`,
      ...messages,
      ...(isUnanswered(attempt) ? ['Note over c,s: silence, no answer came'] : []),
    ].map((line) => `    ${line}`),
  ];
}

interface Lane {
  id: string;
  name: string;
}

/** Where each sender of an ICMP error stands, by its address. */
function laneOf({ client, server, frames }: ReportAttempt): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const { icmp } of frames) {
    if (icmp === undefined || lanes.has(icmp.from)) continue;
    if (icmp.from === client.address) lanes.set(icmp.from, { id: CLIENT, name: '' });
    else if (icmp.from === server.address) lanes.set(icmp.from, { id: SERVER, name: '' });
    else {
      const number = lanes.size + 1;
      const isOneOfMany = number > MOST_REPORTERS;
      lanes.set(icmp.from, isOneOfMany ? { id: 'r', name: 'other senders' } : { id: `r${number}`, name: icmp.from });
    }
  }
  return lanes;
}

function label(end: ReportEndpoint | ReportServer): string {
  const known = [end.name, 'service' in end ? end.service : undefined];
  return [formatSocket(end), ...known.filter((text) => text !== undefined && PLAIN_NAME.test(text))].join('<br/>');
}

function drawMessage(
  packet: ReportFrame,
  earlier: readonly ReportFrame[],
  attempt: ReportAttempt,
  lanes: ReadonlyMap<string, Lane>,
): string {
  const { to } = ARROWS[packet.kind];
  const receiver = to === 'server' ? SERVER : CLIENT;
  const sender = lanes.get(packet.icmp?.from ?? '')?.id ?? (to === 'server' ? CLIENT : SERVER);
  const arrow = packet.icmp !== undefined ? '-->>' : isLost(packet, attempt) ? '-x' : '->>';
  return `${sender}${arrow}${receiver}: ${describe(packet, earlier, attempt)}`;
}

/** Nobody saw a SYN arrive that the server itself never answers. */
function isLost({ kind }: ReportFrame, { frames, server }: ReportAttempt): boolean {
  const isOfServer = (frame: ReportFrame) =>
    frame.icmp === undefined ? ARROWS[frame.kind].to === 'client' : frame.icmp.from === server.address;
  return kind === 'syn' && !frames.some(isOfServer);
}

function describe(packet: ReportFrame, earlier: readonly ReportFrame[], { cause, server }: ReportAttempt): string {
  const wait = describeWait(packet, earlier);
  const before = earlier.at(-1);
  const when = wait.length > 0 || before === undefined ? wait : [`after ${formatDuration(packet.atMs - before.atMs)}`];
  // Who made it is the question; whose address it bears is what can be drawn.
  const whose = packet.kind === 'rst' && cause === 'middlebox-reset' ? ` in the name of ${server.address}` : '';
  return `${labelOf(packet)}${wordsOf(packet)}${whose} (${[`frame ${packet.frame}`, ...when].join(', ')})`;
}

function wordsOf({ icmp }: ReportFrame): string {
  const words = icmp && ICMP_WORDS[`${icmp.version} ${icmp.type}/${icmp.code}`];
  return words === undefined ? '' : ` ${words}`;
}
