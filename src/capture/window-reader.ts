/** What the readers that can be entered in the middle of their capture share: the window that they read through. */
import type { ByteWindow } from './byte-window.js';

/** A reader over a window. */
export abstract class WindowReader {
  protected readonly window: ByteWindow;

  constructor(window: ByteWindow) {
    this.window = window;
  }

  push(bytes: Uint8Array): void {
    this.window.push(bytes);
  }

  end(): void {
    this.window.end();
  }

  get offset(): number {
    return this.window.offset;
  }

  get bytesOffset(): number {
    return this.window.offset - this.window.position;
  }

  get view(): DataView {
    return this.window.view;
  }

  lieOver(bytes: Uint8Array, view: DataView, offset: number): void {
    this.window.enter(bytes, view, offset);
  }

  leave(offset: number): void {
    this.window.leave(offset);
  }

  /** Whether records seem to begin at the window's position; undefined: more bytes are needed to say. */
  protected abstract recordsSeemToFollow(): boolean | undefined;

  findEntry(): boolean {
    const { window } = this;
    for (; window.has(1); window.position += 1) {
      const found = this.recordsSeemToFollow();
      if (found !== false) return found === true;
    }
    return false;
  }
}
