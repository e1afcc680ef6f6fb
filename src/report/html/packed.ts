/**
 * How the HTML file holds its attempts: columns for what the table and the picture need of all of them, and for the
 * rest shapes, texts of JSON with gaps. The attempts of one capture say the same again and again, with other numbers;
 * written out, 100,000 of them would be 200 MB.
 */
import type { Confidence, Outcome } from '../../classify/outcome.js';
import type { ReportAttempt, ReportEndpoint, ReportServer } from '../model.js';

/** What fills a gap: a number if that prints as the same digits, else the digits. */
export type Value = number | string;

/** Attempts whose rest is the same text but for numbers and their own addresses. */
export interface Shape {
  /** JSON of an `AttemptRest`, with gaps. */
  text: string;
  /** One entry a numbered gap: one value for all attempts of this shape, or one for each in their order. */
  values: (Value | Value[])[];
}

/** Everything of an attempt that is in no column. */
export type AttemptRest = Omit<
  ReportAttempt,
  'id' | 'client' | 'server' | 'outcome' | 'cause' | 'confidence' | 'startedAt' | 'durationMs' | 'syns'
>;

/** The attempts as the file holds them. All columns are equally long. */
export interface PackedAttempts {
  /** Address and, if there is one, name of every host. */
  hosts: [address: string, name?: string][];
  services: string[];
  outcomes: Outcome[];
  confidences: Confidence[];
  /** Id and title of every cause that occurs. */
  causes: [id: string, title: string][];
  /** When the last capture ends; null if there is none with packets. */
  captureEndAt: string | null;
  id: number[];
  /** Indexes into the lists above; -1 stands for none. */
  outcome: number[];
  cause: number[];
  confidence: number[];
  client: number[];
  server: number[];
  service: number[];
  clientPort: number[];
  serverPort: number[];
  /** When it began: whole seconds since 1970, and nanoseconds. */
  second: number[];
  nanosecond: number[];
  durationMs: number[];
  syns: number[];
  shape: number[];
  shapes: Shape[];
}

/**
 * Gaps in the text of a shape. JSON.stringify escapes controls, so that they stand nowhere else; a numbered gap takes
 * the next value.
 */
export const GAP = {
  number: '\u0001',
  clientAddress: '\u0002',
  serverAddress: '\u0003',
  clientPort: '\u0004',
  serverPort: '\u0005',
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these five stand for gaps, and for nothing else.
const GAPS = /[\u0001-\u0005]/g;

/** Gives single attempts back as they were. */
export class AttemptReader {
  readonly #packed: PackedAttempts;
  /** The place of each attempt among those of its shape. */
  readonly #places: Uint32Array;

  constructor(packed: PackedAttempts) {
    this.#packed = packed;
    const counts = new Uint32Array(packed.shapes.length);
    this.#places = Uint32Array.from(packed.shape, (shape) => counts[shape]++);
  }

  /** The attempt in this row, whole. */
  read(row: number): ReportAttempt {
    const packed = this.#packed;
    const client = endpointOf(packed, packed.client[row], packed.clientPort[row]);
    const server: ReportServer = endpointOf(packed, packed.server[row], packed.serverPort[row]);
    const service = packed.services[packed.service[row]];
    return {
      id: packed.id[row],
      client,
      server: service === undefined ? server : { ...server, service },
      outcome: packed.outcomes[packed.outcome[row]],
      cause: packed.causes[packed.cause[row]]?.[0] ?? null,
      confidence: packed.confidences[packed.confidence[row]],
      startedAt: startOf(packed, row),
      durationMs: packed.durationMs[row],
      syns: packed.syns[row],
      ...this.#restOf(row, client, server),
    };
  }

  #restOf(row: number, client: ReportEndpoint, server: ReportEndpoint): AttemptRest {
    const { text, values } = this.#packed.shapes[this.#packed.shape[row]];
    const place = this.#places[row];
    const own: Record<string, string> = {
      [GAP.clientAddress]: inJson(client.address),
      [GAP.serverAddress]: inJson(server.address),
      [GAP.clientPort]: String(client.port),
      [GAP.serverPort]: String(server.port),
    };
    let gap = 0;
    const json = text.replace(GAPS, (character) => {
      if (character !== GAP.number) return own[character];
      const value = values[gap++];
      return String(Array.isArray(value) ? value[place] : value);
    });
    return JSON.parse(json) as AttemptRest;
  }
}

/** A text as it stands within a string of JSON. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** RFC 3339 with nine decimals, as the report has it. */
export function startOf({ second, nanosecond }: PackedAttempts, row: number): string {
  const time = new Date(second[row] * 1000).toISOString();
  return `${time.slice(0, -4)}${String(nanosecond[row]).padStart(9, '0')}Z`;
}

function endpointOf({ hosts }: PackedAttempts, host: number, port: number): ReportEndpoint {
  const [address, name] = hosts[host];
  return name === undefined ? { address, port } : { address, port, name };
}
