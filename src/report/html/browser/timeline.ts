/**
 * The picture of all attempts: time to the right, a lane for each target, a sign for each outcome. Drawn on a canvas,
 * since there may be 100,000; the arrow keys go from attempt to attempt, and what stands at one is said.
 */
import { select } from 'd3-selection';
import { type D3ZoomEvent, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import { escapeForTerminal } from '../../escape.js';
import { formatDuration, formatSocket, formatTimeOfDay } from '../../wording.js';
import { assignLanes, type Lanes } from '../lanes.js';
import { type PackedAttempts, startOf } from '../packed.js';
import type { Rows } from '../rows.js';
import { announce } from './copying.js';
import { MARGIN, TimelinePainter } from './timeline-painter.js';

/** One step of the buttons and keys. */
const ZOOM_STEP = 2;
const MOST_ZOOM = 1e7;
/** How near the pointer has to come to an attempt. */
const REACH = 14;

/** The picture and what one can do with it. */
export class Timeline {
  readonly #packed: PackedAttempts;
  readonly #rows: Rows;
  readonly #startsMs: Float64Array;
  readonly #lanes: Lanes;
  readonly #canvas = document.createElement('canvas');
  readonly #tip = document.createElement('div');
  readonly #painter: TimelinePainter;
  readonly #zoom: ZoomBehavior<HTMLCanvasElement, unknown>;
  #transform: ZoomTransform = zoomIdentity;
  /** 1 for each row that the table's filter lets through. */
  #shown: Uint8Array;
  /** Rows in the order of time. */
  readonly #order: Uint32Array;
  /** The place in that order of the attempt that the keys are at. */
  #place = -1;
  #isDrawing = false;

  constructor(parent: HTMLElement, packed: PackedAttempts, rows: Rows) {
    this.#packed = packed;
    this.#rows = rows;
    this.#startsMs = rows.startsMs();
    this.#shown = new Uint8Array(rows.count).fill(1);
    this.#order = rows.select(
      { text: '', outcomes: new Set(), cause: undefined, like: undefined },
      { column: 'began', isDescending: false },
    );
    this.#lanes = assignLanes(packed.id.map((_id, row) => this.#laneKeys(row)));
    this.#painter = new TimelinePainter(this.#canvas, packed, this.#startsMs, this.#lanes);
    this.#zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([1, MOST_ZOOM])
      .filter(isForZooming)
      .on('zoom', ({ transform }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.#transform = transform;
        this.#hideTip();
        this.#draw();
      });
    this.#build(parent);
  }

  /** Draws the others faintly. */
  show(selected: Uint32Array): void {
    this.#shown = new Uint8Array(this.#rows.count);
    for (const row of selected) this.#shown[row] = 1;
    this.#draw();
  }

  #laneKeys(row: number) {
    const { hosts, server, serverPort, outcomes, outcome } = this.#packed;
    const address = escapeForTerminal(hosts[server[row]][0]);
    return { outcome: outcomes[outcome[row]], target: formatSocket({ address, port: serverPort[row] }), host: address };
  }

  #build(parent: HTMLElement): void {
    const frame = document.createElement('div');
    frame.className = 'timeline';
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute('role', 'application');
    this.#canvas.setAttribute('aria-roledescription', 'timeline');
    this.#canvas.setAttribute(
      'aria-label',
      `${this.#rows.count} attempts over time. Arrow keys go from one to the next, Enter opens it, plus and minus zoom, 0 shows all.`,
    );
    this.#tip.className = 'tip';
    this.#tip.hidden = true;
    frame.append(this.#canvas, this.#tip);
    const hint = document.createElement('p');
    hint.className = 'rest';
    hint.textContent = 'Ctrl and the wheel or two fingers zoom, dragging moves, a click opens an attempt.';
    parent.append(this.#toolbar(), frame, hint);
    select(this.#canvas).call(this.#zoom).on('dblclick.zoom', null);
    this.#canvas.addEventListener('pointermove', (event) => this.#hover(event));
    this.#canvas.addEventListener('pointerleave', () => this.#hideTip());
    this.#canvas.addEventListener('click', (event) => this.#open(this.#nearest(event)));
    this.#canvas.addEventListener('keydown', (event) => this.#press(event));
    this.#canvas.addEventListener('blur', () => this.#hideTip());
    new ResizeObserver(() => this.#resize()).observe(frame);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    // At once: a browser that prints shows no further frame before.
    const root = document.documentElement;
    addEventListener('beforeprint', () => {
      root.toggleAttribute('data-printing', true);
      this.#paint();
    });
    addEventListener('afterprint', () => {
      root.toggleAttribute('data-printing', false);
      this.#paint();
    });
  }

  #toolbar(): HTMLElement {
    const bar = document.createElement('div');
    bar.className = 'toolbar';
    const add = (text: string, label: string, act: () => void) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = text;
      button.setAttribute('aria-label', label);
      button.addEventListener('click', act);
      bar.append(button);
    };
    add('+', 'Zoom in', () => this.#zoomBy(ZOOM_STEP));
    add('−', 'Zoom out', () => this.#zoomBy(1 / ZOOM_STEP));
    add('Whole time', 'Whole time', () => this.#zoomOut());
    return bar;
  }

  #zoomBy(factor: number): void {
    this.#zoom.scaleBy(select(this.#canvas), factor);
  }

  #zoomOut(): void {
    this.#zoom.transform(select(this.#canvas), zoomIdentity);
  }

  #resize(): void {
    const { clientWidth } = this.#canvas.parentElement!;
    this.#painter.resize(clientWidth);
    const extent: [[number, number], [number, number]] = [
      [MARGIN, 0],
      [clientWidth - MARGIN, this.#painter.height],
    ];
    this.#zoom.extent(extent).translateExtent(extent);
    // At once: a canvas of another size is empty.
    this.#paint();
  }

  /** Before the browser shows its next frame, and once for all that happens until then. */
  #draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#paint();
    });
  }

  #paint(): void {
    const row = this.#place === -1 ? undefined : this.#order[this.#place];
    this.#painter.draw(this.#transform, this.#shown, row);
  }

  /** The shown attempt that is nearest to the pointer, if one is near. */
  #nearest({ offsetX, offsetY }: MouseEvent): number | undefined {
    let best: number | undefined;
    let bestDistance = REACH * REACH;
    for (let row = 0; row < this.#rows.count; row++) {
      if (this.#shown[row] === 0) continue;
      const dx = this.#painter.xOf(this.#transform, row) - offsetX;
      if (Math.abs(dx) > REACH) continue;
      const dy = this.#painter.yOf(row) - offsetY;
      const distance = dx * dx + dy * dy;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = row;
      }
    }
    return best;
  }

  #hover(event: PointerEvent): void {
    const row = event.buttons === 0 ? this.#nearest(event) : undefined;
    this.#canvas.classList.toggle('on-attempt', row !== undefined);
    if (row === undefined) this.#hideTip();
    else this.#showTip(row);
  }

  #showTip(row: number): void {
    const text = this.#describe(row);
    this.#tip.textContent = text;
    this.#tip.hidden = false;
    const { clientWidth } = this.#canvas;
    const x = this.#painter.xOf(this.#transform, row);
    const left = Math.min(Math.max(4, x + 10), Math.max(4, clientWidth - this.#tip.offsetWidth - 4));
    this.#tip.style.left = `${left}px`;
    this.#tip.style.top = `${this.#painter.yOf(row) + 10}px`;
  }

  #hideTip(): void {
    this.#tip.hidden = true;
  }

  #describe(row: number): string {
    const { id, causes, cause, hosts, client, clientPort, durationMs } = this.#packed;
    const { outcome, target } = this.#laneKeys(row);
    const why = causes[cause[row]]?.[1];
    const from = formatSocket({ address: escapeForTerminal(hosts[client[row]][0]), port: clientPort[row] });
    const verdict = why === undefined ? outcome : `${outcome}: ${escapeForTerminal(why)}`;
    const time = formatTimeOfDay(startOf(this.#packed, row), 3);
    return `Attempt ${id[row]}, ${verdict}. ${from} to ${target}, ${time}, ${formatDuration(durationMs[row])}`;
  }

  #open(row: number | undefined): void {
    if (row !== undefined) location.hash = `attempt-${this.#packed.id[row]}`;
  }

  #press(event: KeyboardEvent): void {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey) return;
    const keys: Record<string, () => void> = {
      ArrowRight: () => this.#go(this.#place + 1, 1),
      ArrowLeft: () => this.#go(this.#place - 1, -1),
      Home: () => this.#go(0, 1),
      End: () => this.#go(this.#order.length - 1, -1),
      Enter: () => this.#open(this.#order[this.#place]),
      '+': () => this.#zoomBy(ZOOM_STEP),
      '-': () => this.#zoomBy(1 / ZOOM_STEP),
      '0': () => this.#zoomOut(),
    };
    if (!Object.hasOwn(keys, key)) return;
    event.preventDefault();
    keys[key]();
  }

  /** To the next attempt in this direction that the filter lets through. */
  #go(from: number, step: 1 | -1): void {
    let place = from;
    while (this.#order[place] !== undefined && this.#shown[this.#order[place]] === 0) place += step;
    if (this.#order[place] === undefined) return;
    this.#place = place;
    const row = this.#order[place];
    const x = this.#painter.xOf(this.#transform, row);
    if (x < MARGIN || x > this.#canvas.clientWidth - MARGIN) {
      const [toX, toY] = [this.#painter.xOf(zoomIdentity, row), 0];
      this.#zoom.translateTo(select(this.#canvas), toX, toY);
    }
    this.#draw();
    this.#showTip(row);
    announce(this.#describe(row));
  }
}

/** The wheel alone scrolls the page, and so does one finger. */
function isForZooming(event: Event): boolean {
  if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
  if (event.type.startsWith('touch')) return (event as TouchEvent).touches.length > 1;
  return !(event as MouseEvent).ctrlKey && (event as MouseEvent).button === 0;
}
