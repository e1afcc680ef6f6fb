/** The excerpts that `-o evidence.pcapng` asks for: what they need of the captures while these are read, and after. */
import { stat } from 'node:fs/promises';
import type { PacketDisguise } from '../analyze.js';
import { type ExcerptCapture, writeExcerpt } from '../node/excerpt.js';
import { Spool } from '../node/excerpt-spool.js';
import { openCapture } from '../node/file.js';
import type { Report } from '../report/model.js';
import { formatNumberOf } from '../report/wording.js';
import type { AnalyzeCommand } from './analyze-arguments.js';
import type { AskedCapture } from './captures.js';
import { complain } from './terminal.js';

/** Reads the captures again for excerpts. What came through a pipe is kept in a temporary file meanwhile. */
export class Excerpts {
  readonly #command: AnalyzeCommand;
  readonly #disguise: PacketDisguise | undefined;
  readonly #spool = new Spool();
  readonly #captures: ExcerptCapture[] = [];
  readonly #paths: string[] = [];

  constructor(command: AnalyzeCommand, disguise: PacketDisguise | undefined) {
    this.#command = command;
    this.#disguise = disguise;
  }

  /** Keeps what can't be read again. Throws as the file system does. */
  async keep(capture: AskedCapture, chunk: Uint8Array): Promise<void> {
    if (capture.sizeBytes === undefined) await this.#spool.add(capture, chunk);
  }

  /** Notes what was read; `strangers` turned out to be no captures. */
  noteCaptures(
    captures: readonly AskedCapture[],
    frameCounts: readonly number[],
    strangers: ReadonlySet<AskedCapture>,
  ): void {
    for (const [index, capture] of captures.entries()) {
      if (strangers.has(capture)) continue;
      const path = this.#spool.pathOf(capture) ?? capture.name;
      const { beginsAtNs } = capture;
      this.#captures.push({ frames: frameCounts[index], beginsAtNs, open: () => openCapture(path) });
      this.#paths.push(path);
    }
  }

  /** Writes an excerpt. Throws as the file system does. */
  async write(path: string, report: Report): Promise<void> {
    await this.#refuseCaptures(path);
    const { limitPayload: limit, selection } = this.#command;
    const { different } = await writeExcerpt(path, {
      report,
      captures: this.#captures,
      limit,
      isWhole: selection === undefined,
      disguise: this.#disguise,
    });
    if (different > 0) {
      complain(`${path}: ${formatNumberOf(different, 'verdict')} would differ if the excerpt were all there is`);
    }
  }

  /** Removes what was kept. */
  async end(): Promise<void> {
    await this.#spool.remove();
  }

  async #refuseCaptures(path: string): Promise<void> {
    const file = await stat(path).catch(() => undefined);
    if (file === undefined) return;
    for (const capture of this.#paths) {
      const { dev, ino } = await stat(capture);
      if (dev === file.dev && ino === file.ino) throw new Error('it is the capture itself');
    }
  }
}
