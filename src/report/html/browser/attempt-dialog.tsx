/** One attempt, opened by its link: `#attempt-17` says which, so that it can be sent to somebody and Back closes it. */
import { render } from 'preact';
import { escapeAllStrings } from '../../escape.js';
import { AttemptDetails } from '../attempt.js';
import type { AttemptReader, PackedAttempts } from '../packed.js';
import type { Rows } from '../rows.js';
import { announce } from './copying.js';

/** Opens and closes the dialog as the address says. */
export class AttemptDialog {
  readonly #packed: PackedAttempts;
  readonly #rows: Rows;
  readonly #reader: AttemptReader;
  /** The rows of the table in their order, for those before and after. */
  readonly #selected: () => Uint32Array;
  readonly #dialog = document.getElementById('attempt-dialog') as HTMLDialogElement;
  /** Whether there is a step of the history to go back to that is this page without the dialog. */
  #canGoBack = false;

  constructor(packed: PackedAttempts, rows: Rows, reader: AttemptReader, selected: () => Uint32Array) {
    this.#packed = packed;
    this.#rows = rows;
    this.#reader = reader;
    this.#selected = selected;
  }

  /** Follows the address from now on. */
  listen(): void {
    addEventListener('hashchange', () => {
      this.#canGoBack = !this.#dialog.open || this.#canGoBack;
      this.#follow();
    });
    this.#dialog.addEventListener('close', () => this.#leave());
    this.#dialog.addEventListener('click', ({ target }) => {
      // What is clicked on beside its content is the dialog itself.
      if (target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('keydown', (event) => this.#step(event));
    this.#follow();
  }

  #follow(): void {
    const id = attemptOf(location.hash);
    const row = id === undefined ? undefined : this.#rows.rowOf(id);
    if (row !== undefined) this.#show(row);
    else {
      if (id !== undefined) announce(`Attempt ${id} is not listed in this report`);
      if (this.#dialog.open) this.#dialog.close();
    }
  }

  #leave(): void {
    if (attemptOf(location.hash) === undefined) return;
    if (this.#canGoBack) history.back();
    else history.replaceState(null, '', location.pathname + location.search);
    this.#canGoBack = false;
  }

  #show(row: number): void {
    const attempt = escapeAllStrings(this.#reader.read(row));
    const { causes, captureEndAt, cause } = this.#packed;
    const title = causes[cause[row]]?.[1];
    const selected = this.#selected();
    const place = selected.indexOf(row);
    render(
      <div class="dialog-content">
        <div class="dialog-bar">
          <h2 id="attempt-title" tabIndex={-1}>
            Attempt {attempt.id}
          </h2>
          <StepButton text="‹ Previous" row={place > 0 ? selected[place - 1] : undefined} onStep={this.#goTo} />
          <StepButton text="Next ›" row={place === -1 ? undefined : selected[place + 1]} onStep={this.#goTo} />
          <button type="button" onClick={() => this.#dialog.close()}>
            Close
          </button>
        </div>
        <AttemptDetails attempt={attempt} title={title && escapeAllStrings(title)} captureEndAt={captureEndAt} />
      </div>,
      this.#dialog,
    );
    if (this.#dialog.open) announce(`Attempt ${attempt.id}`);
    else {
      this.#dialog.showModal();
      // Else the first button would have it, and a reader would begin with that.
      document.getElementById('attempt-title')?.focus();
    }
    this.#dialog.scrollTop = 0;
  }

  /** Without a step in the history for each: Back leads out, however many were looked at. */
  #goTo = (row: number): void => {
    location.replace(`#attempt-${this.#packed.id[row]}`);
  };

  #step({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): void {
    if (altKey || ctrlKey || metaKey || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return;
    const id = attemptOf(location.hash);
    const row = id === undefined ? undefined : this.#rows.rowOf(id);
    const selected = this.#selected();
    const place = row === undefined ? -1 : selected.indexOf(row);
    const next = place === -1 ? undefined : selected[place + (key === 'ArrowLeft' ? -1 : 1)];
    if (next !== undefined) this.#goTo(next);
  }
}

function attemptOf(hash: string): number | undefined {
  const id = /^#attempt-(\d+)$/.exec(hash)?.[1];
  return id === undefined ? undefined : Number(id);
}

function StepButton(props: { text: string; row: number | undefined; onStep: (row: number) => void }) {
  const { text, row, onStep } = props;
  return (
    <button type="button" disabled={row === undefined} onClick={() => row !== undefined && onStep(row)}>
      {text}
    </button>
  );
}
