import { describe, expect, test } from 'vitest';
import { Packet } from '../../../src/capture/format.js';
import { AnyCaptureReader } from '../../../src/capture/reader.js';
import { formatAddress, formatLinkAddress } from '../../../src/decode/address.js';
import { readDns } from '../../../src/decode/dns.js';
import { FRAME_DNS, FRAME_ICMP_ERROR, FRAME_TCP, Frame } from '../../../src/decode/frame.js';
import { decodePacket } from '../../../src/decode/packet.js';
import { readServerName } from '../../../src/decode/server-name.js';
import { createDisguise } from '../../../src/node/anonymize.js';
import { openCapture } from '../../../src/node/file.js';
import type { Disguise } from '../../../src/report/anonymize/disguise.js';
import { renderCsv } from '../../../src/report/csv.js';
import { renderHtml } from '../../../src/report/html.js';
import { jsonPieces } from '../../../src/report/json.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import type { Report } from '../../../src/report/model.js';
import { ndjsonPieces } from '../../../src/report/ndjson.js';
import { tablePieces } from '../../../src/report/table.js';
import { analyzeFile, capturesToTry, excerptOf } from '../excerpts.js';

const CAPTURES = capturesToTry();
const PATIENCE_MS = 240_000;
/** What hosts are called, and what stands in texts of ours. */
const OUR_WORDS: ReadonlySet<string> = new Set(['clients', 'wireshark']);
/** Fewer different bytes come about by chance. */
const TELLING_BYTES = 3;

/** What a capture holds and nothing made of it may: as text, and as bytes one character each. */
class Originals {
  readonly texts = new Set<string>();
  readonly bytes = new Set<string>();
  /** Both ports of a segment may read like an address. */
  readonly #ports = new Set<string>();
  readonly #disguise: Disguise;

  constructor(disguise: Disguise) {
    this.#disguise = disguise;
  }

  take(packet: Packet, frame: Frame): void {
    const end = packet.offset + packet.capturedBytes;
    if (frame.linkSourceHigh >= 0) this.#mac(frame.linkSourceHigh, frame.linkSourceLow);
    if (frame.linkDestinationHigh >= 0) this.#mac(frame.linkDestinationHigh, frame.linkDestinationLow);
    if (frame.kind < FRAME_TCP) return;
    this.#address(frame.source0, frame.source1, frame.source2, frame.source3);
    this.#address(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
    if (frame.kind === FRAME_ICMP_ERROR) {
      this.#address(frame.errorSource0, frame.errorSource1, frame.errorSource2, frame.errorSource3);
    } else if (frame.kind === FRAME_TCP) {
      this.#ports.add(String.fromCharCode(...bytesOf([frame.sourcePort * 0x10000 + frame.destinationPort])));
      this.name(
        readServerName(packet.view, frame.payloadOffset, Math.min(end, frame.payloadOffset + frame.payloadBytes)),
      );
    } else if (frame.kind === FRAME_DNS) {
      const message = readDns(
        packet.view,
        frame.payloadOffset,
        Math.min(end, frame.payloadOffset + frame.payloadBytes),
        true,
      );
      this.name(message?.question?.name);
      for (const { name, isAlias, value } of message?.records ?? []) {
        this.name(name);
        if (isAlias) this.name(value);
        else this.#text(value, this.#disguise.addresses.text(value));
      }
    }
  }

  /** The bytes that can be looked for. */
  get tellingBytes(): string[] {
    const isTelling = (text: string) => new Set(text).size >= TELLING_BYTES && !this.#ports.has(text);
    return [...this.bytes].filter((text) => isTelling(text.replaceAll('\0', '')));
  }

  /** Short ones come about by chance. */
  name(name: string | undefined): void {
    if (name === undefined || name.length < 7) return;
    this.#text(name.toLowerCase(), this.#disguise.names.name(name));
    const [host] = name.toLowerCase().split('.');
    if (host.length >= 7 && !OUR_WORDS.has(host)) this.#text(host, this.#disguise.names.label(host));
  }

  #text(original: string, replaced: string): void {
    if (original !== replaced) this.texts.add(original);
  }

  #mac(high: number, low: number): void {
    const replaced = String.fromCharCode(...this.#disguise.addresses.mac(high, low));
    const original = String.fromCharCode(high >>> 8, high & 0xff, ...bytesOf([low]));
    if (original === replaced) return;
    this.bytes.add(original);
    this.texts.add(formatLinkAddress(high, low));
  }

  #address(...words: readonly [number, number, number, number]): void {
    const replaced = [...this.#disguise.addresses.words(...words)];
    if (words.every((word, index) => word === replaced[index])) return;
    this.#text(formatAddress(...words), '');
    const isIpv4 = words[0] === 0 && words[1] === 0;
    this.bytes.add(String.fromCharCode(...bytesOf(isIpv4 ? [words[3]] : words)));
  }
}

function bytesOf(words: readonly number[]): number[] {
  return words.flatMap((word) => [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff]);
}

async function originalsOf(path: string, disguise: Disguise): Promise<Originals> {
  const originals = new Originals(disguise);
  const reader = new AnyCaptureReader({ epochNs: undefined });
  const source = await openCapture(path, { chunkBytes: 1 << 20 });
  const [packet, frame] = [new Packet(), new Frame()];
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    reader.push(chunk);
    while (reader.next(packet)) {
      decodePacket(packet, frame);
      originals.take(packet, frame);
    }
  }
  for (const { name } of reader.facts.names) originals.name(name);
  for (const { name } of reader.facts.interfaces) if (name !== undefined && name.length > 3) originals.texts.add(name);
  for (const { text } of reader.facts.comments) {
    // A word alone may be one of ours.
    if (text.includes(' ')) originals.texts.add(text.toLowerCase());
  }
  return originals;
}

/** As a word of its own: 10.0.0.1 is no part of 110.0.0.12. */
function isIn(output: string, text: string): boolean {
  for (let at = output.indexOf(text); at !== -1; at = output.indexOf(text, at + 1)) {
    const around = `${output[at - 1] ?? ' '}${output[at + text.length] ?? ' '}`;
    if (!/[a-z0-9.:]/.test(around)) return true;
  }
  return false;
}

function leaksIn({ texts, tellingBytes }: Originals, outputs: ReadonlyMap<string, string>): string[] {
  return [...outputs].flatMap(([format, output]) => {
    const lower = output.toLowerCase();
    return [
      ...[...texts].filter((text) => isIn(lower, text)).map((text) => `${text} in ${format}`),
      ...tellingBytes
        .filter((text) => output.includes(text))
        .map((text) => `${Buffer.from(text, 'latin1').toString('hex')} in ${format}`),
    ];
  });
}

function disguisedVerdicts({ attempts, observations }: Report, { addresses, names }: Disguise): string[] {
  return [
    ...attempts.map(({ client, server, startedAt, outcome, cause, confidence, notes, alternatives, frames }) => {
      const ends = [client, server].map(({ address, port, name }) => {
        return `${addresses.text(address)} ${port} ${name === undefined ? '' : names.name(name)}`;
      });
      const others = alternatives.map((one) => one.cause).join();
      const codes = notes.map(({ code }) => code).join();
      return `${startedAt} ${ends.join(' > ')} ${outcome} ${cause} ${confidence} ${others} ${codes} ${JSON.stringify(frames.map(({ frame, kind }) => [frame, kind]))}`;
    }),
    ...observations.map(({ code, frames }) => `${code} ${frames.join()}`),
  ];
}

const IDENTITY = {
  addresses: { text: (text: string) => text },
  names: { name: (text: string) => text },
} as unknown as Disguise;

describe('captures in disguise', () => {
  test('get the verdicts, notes, names and frames of the original ones', { timeout: PATIENCE_MS }, async () => {
    let captures = 0;
    const disguise = createDisguise('a key', true);
    for (const path of CAPTURES) {
      const original = await analyzeFile(path);
      const disguised = await analyzeFile(path, { disguise });
      if (original === undefined || disguised === undefined) continue;
      expect(disguisedVerdicts(disguised.report, IDENTITY), path).toEqual(disguisedVerdicts(original.report, disguise));
      captures++;
    }
    expect(captures).toBeGreaterThan(100);
  });

  test.each([true, false])(
    'leave nothing of the original in any output, vendors kept: %s',
    { timeout: PATIENCE_MS },
    async (keepsVendor) => {
      let looked = 0;
      let different = 0;
      const leaks: string[] = [];
      const disguise = createDisguise('a key', keepsVendor);
      for (const path of CAPTURES) {
        const excerpt = await excerptOf(path, { disguise });
        if (excerpt === undefined) continue;
        const originals = await originalsOf(path, disguise);
        const outputs = new Map([
          ['json', [...jsonPieces(excerpt.report)].join('')],
          ['table', [...tablePieces(excerpt.report, { verbose: true })].join('')],
          ['ndjson', [...ndjsonPieces(excerpt.report)].join('')],
          ['csv', renderCsv(excerpt.report)],
          ['markdown', renderMarkdown(excerpt.report)],
          ['html', renderHtml(excerpt.report).replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '')],
          ['excerpt', excerpt.bytes.toString('latin1')],
        ]);
        leaks.push(...leaksIn(originals, outputs).map((leak) => `${leak}: ${path}`));
        different += excerpt.different;
        looked += originals.texts.size;
      }
      expect(leaks).toEqual([]);
      expect(different).toBe(0);
      expect(looked).toBeGreaterThan(500);
    },
  );

  test('are the same in every run with one key, and others without', async () => {
    const path = CAPTURES.find((one) => one.includes('port-closed'))!;
    const clientIn = async (key: string | undefined) => {
      const analyzed = await analyzeFile(path, { disguise: createDisguise(key, true) });
      return analyzed?.report.attempts[0].client.address;
    };
    expect(await clientIn('one')).toBe(await clientIn('one'));
    expect(await clientIn('one')).not.toBe(await clientIn('two'));
    expect(await clientIn(undefined)).not.toBe(await clientIn(undefined));
  });
});
