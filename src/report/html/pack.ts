/** Writes the attempts of a report as packed.ts describes them. */
import { findCause } from '../../classify/catalogue.js';
import { escapeJsonForTerminal } from '../escape.js';
import type { Report, ReportAttempt, ReportEndpoint } from '../model.js';
import { type AttemptRest, GAP, inJson, type PackedAttempts, type Shape, type Value } from './packed.js';

/** Values in the order in which they first came, each once. */
class Dictionary<Entry> {
  readonly entries: Entry[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(entry: Entry): number {
    const key = JSON.stringify(entry);
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.entries.push(entry) - 1;
      this.#indexes.set(key, index);
    }
    return index;
  }
}

/** All attempts of a report. */
export function packAttempts({ attempts, captures }: Report): PackedAttempts {
  const hosts = new Dictionary<PackedAttempts['hosts'][number]>();
  const services = new Dictionary<string>();
  const outcomes = new Dictionary<PackedAttempts['outcomes'][number]>();
  const confidences = new Dictionary<PackedAttempts['confidences'][number]>();
  const causes = new Dictionary<PackedAttempts['causes'][number]>();
  const hostOf = ({ address, name }: ReportEndpoint) => hosts.indexOf(name === undefined ? [address] : [address, name]);
  const column = <Entry>(of: (attempt: ReportAttempt) => Entry) => attempts.map(of);
  const times = captures.flatMap(({ lastPacketAt }) => lastPacketAt ?? []).sort();
  return {
    id: column(({ id }) => id),
    outcome: column(({ outcome }) => outcomes.indexOf(outcome)),
    cause: column(({ cause }) => (cause === null ? -1 : causes.indexOf([cause, findCause(cause)?.title ?? cause]))),
    confidence: column(({ confidence }) => confidences.indexOf(confidence)),
    client: column(({ client }) => hostOf(client)),
    server: column(({ server }) => hostOf(server)),
    service: column(({ server }) => (server.service === undefined ? -1 : services.indexOf(server.service))),
    clientPort: column(({ client }) => client.port),
    serverPort: column(({ server }) => server.port),
    second: column(({ startedAt }) => Date.parse(`${startedAt.slice(0, 19)}Z`) / 1000),
    nanosecond: column(({ startedAt }) => Number(startedAt.slice(20, 29))),
    durationMs: column(({ durationMs }) => durationMs),
    syns: column(({ syns }) => syns),
    ...packShapes(attempts),
    hosts: hosts.entries,
    services: services.entries,
    outcomes: outcomes.entries,
    confidences: confidences.entries,
    causes: causes.entries,
    captureEndAt: times.at(-1) ?? null,
  };
}

/** Its JSON, safe within a script element: nothing in it can end one, open a comment, or be taken for a line break. */
export function* packedPieces(packed: PackedAttempts): Generator<string> {
  let opening = '{';
  for (const [key, value] of Object.entries(packed)) {
    if (key === 'shapes') {
      yield `${opening}"shapes":[`;
      for (const [index, shape] of packed.shapes.entries()) yield (index === 0 ? '' : ',') + stringify(shape);
      yield ']';
    } else {
      yield `${opening}${stringify(key)}:${stringify(value)}`;
    }
    opening = ',\n';
  }
  yield '}';
}

const ANGLES = /[<>&]/g;

function stringify(value: unknown): string {
  return escapeJsonForTerminal(JSON.stringify(value)).replace(
    ANGLES,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

function packShapes(attempts: readonly ReportAttempt[]): { shape: number[]; shapes: Shape[] } {
  const indexes = new Map<string, number>();
  const shapes: { text: string; rows: Value[][] }[] = [];
  const shape = attempts.map((attempt) => {
    const { text, values } = takeOutNumbers(attempt);
    let index = indexes.get(text);
    if (index === undefined) {
      index = shapes.push({ text, rows: [] }) - 1;
      indexes.set(text, index);
    }
    shapes[index].rows.push(values);
    return index;
  });
  return { shape, shapes: shapes.map(({ text, rows }) => ({ text, values: transpose(rows) })) };
}

function transpose(rows: readonly Value[][]): Shape['values'] {
  const [first] = rows;
  return first.map((value, gap) => (rows.every((row) => row[gap] === value) ? value : rows.map((row) => row[gap])));
}

function takeOutNumbers(attempt: ReportAttempt): { text: string; values: Value[] } {
  const { address: client, port: clientPort } = attempt.client;
  const { address: server, port: serverPort } = attempt.server;
  const addresses = [client, server].map(inJson);
  const pattern = new RegExp(`(?<![\\w.:])(?:${addresses.map(literally).join('|')})(?![\\w:]|\\.\\d)|\\d+`, 'g');
  const values: Value[] = [];
  const text = JSON.stringify(restOf(attempt)).replace(pattern, (found) => {
    if (found === addresses[1]) return GAP.serverAddress;
    if (found === addresses[0]) return GAP.clientAddress;
    if (found === String(serverPort)) return GAP.serverPort;
    if (found === String(clientPort)) return GAP.clientPort;
    const number = Number(found);
    values.push(String(number) === found ? number : found);
    return GAP.number;
  });
  return { text, values };
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function restOf(attempt: ReportAttempt): AttemptRest {
  const { id: _id, client: _client, server: _server, outcome: _outcome, cause: _cause, ...rest } = attempt;
  const { confidence: _confidence, startedAt: _startedAt, durationMs: _durationMs, syns: _syns, ...untold } = rest;
  return untold;
}
