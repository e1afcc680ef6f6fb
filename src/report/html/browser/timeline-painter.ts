/** Draws the picture of all attempts. */
import { scaleLinear, scaleUtc } from 'd3-scale';
import type { ZoomTransform } from 'd3-zoom';
import { formatCount } from '../../wording.js';
import type { Lanes } from '../lanes.js';
import type { PackedAttempts } from '../packed.js';
import { MARKS, OUTCOMES } from '../text.js';

const AXIS_HEIGHT = 26;
/** Left and right of the first and the last attempt. */
export const MARGIN = 14;

/** Few lanes get more room, as far as the picture does not fill the screen. */
const PICTURE_HEIGHT = 300;
const SMALLEST_LANE = 46;
const LARGEST_LANE = 110;
const NAME_HEIGHT = 17;
const MARK = 12;
/** More signs than this on the picture are drawn smaller, and still more as squares: nobody could tell shapes apart. */
const MANY = 500;
const CROWD = 3000;
const SMALL = 0.6;
/** Attempts of one moment are spread over their part of the lane, by a share that is never the same twice. */
const GOLDEN_SHARE = 0.618_033_988_75;
const DAY_SECONDS = 86_400;
/** Time stamps of the axis need fractions of a second below this. */
const FINE_MS = 4000;
const FONT = '12px system-ui, sans-serif';
/** The canvas and where things are on it. */
export class TimelinePainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #packed: PackedAttempts;
  readonly #startsMs: Float64Array;
  readonly #lanes: Lanes;
  readonly #spanMs: number;
  readonly #firstMs: number;
  /** Where each lane begins; the last number is where the last one ends. */
  readonly #tops: number[] = [AXIS_HEIGHT];
  /** Of each lane, which share of its height each outcome has: crowds of two must not hide each other. */
  readonly #bands: { from: number; height: number }[][];
  readonly #paths: Path2D[];
  /** Indexes of outcomes, the most frequent first, so that they don't hide the others. */
  readonly #drawingOrder: number[];
  #width = 0;

  constructor(canvas: HTMLCanvasElement, packed: PackedAttempts, startsMs: Float64Array, lanes: Lanes) {
    this.#canvas = canvas;
    this.#packed = packed;
    this.#startsMs = startsMs;
    this.#lanes = lanes;
    const ordinary = Math.min(LARGEST_LANE, Math.max(SMALLEST_LANE, PICTURE_HEIGHT / lanes.lanes.length));
    for (const { isRest = false } of lanes.lanes) this.#tops.push(this.height + (isRest ? LARGEST_LANE : ordinary));
    this.#bands = lanes.lanes.map(({ counts }) => {
      const present = OUTCOMES.filter((outcome) => counts.has(outcome));
      const height = 1 / Math.max(1, present.length);
      return packed.outcomes.map((outcome) => ({ from: present.indexOf(outcome) * height, height }));
    });
    this.#paths = packed.outcomes.map((outcome) => new Path2D(MARKS[outcome]));
    const counts = packed.outcomes.map((_outcome, index) => packed.outcome.filter((each) => each === index).length);
    this.#drawingOrder = [...counts.keys()].sort((one, other) => counts[other] - counts[one]);
    this.#firstMs = startsMs.reduce((least, start) => Math.min(least, start), Infinity);
    const lastMs = startsMs.reduce((most, start, row) => Math.max(most, start + packed.durationMs[row]), -Infinity);
    this.#spanMs = Math.max(1, lastMs - this.#firstMs);
  }

  get height(): number {
    return this.#tops[this.#tops.length - 1];
  }

  resize(width: number): void {
    const { height } = this;
    this.#width = width;
    const density = devicePixelRatio;
    this.#canvas.width = Math.round(width * density);
    this.#canvas.height = Math.round(height * density);
  }

  xOf(transform: ZoomTransform, row: number): number {
    return transform.applyX(this.#x(this.#startsMs[row]));
  }

  yOf(row: number): number {
    const lane = this.#lanes.laneOf[row];
    const outcome = this.#packed.outcome[row];
    const room = this.#tops[lane + 1] - this.#tops[lane] - NAME_HEIGHT - MARK;
    const { from, height } = this.#bands[lane][outcome];
    const share = from + ((row * GOLDEN_SHARE) % 1) * height;
    return this.#tops[lane] + NAME_HEIGHT + MARK / 2 + share * room;
  }

  draw(transform: ZoomTransform, shown: Uint8Array, current: number | undefined): void {
    const context = this.#canvas.getContext('2d');
    if (context === null || this.#width === 0) return;
    const density = this.#canvas.width / this.#width;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, this.#width, this.height);
    const color = colorsOf(this.#canvas);
    this.#drawLanes(context, color);
    this.#drawAxis(context, color, transform);
    this.#drawAttempts(context, color, transform, shown);
    this.#drawNames(context, color);
    if (current !== undefined) this.#drawRing(context, color, transform, current);
  }

  #x(startMs: number): number {
    return MARGIN + ((startMs - this.#firstMs) / this.#spanMs) * (this.#width - 2 * MARGIN);
  }

  #drawLanes(context: CanvasRenderingContext2D, color: (name: string) => string): void {
    context.fillStyle = color('--lane');
    for (let lane = 0; lane < this.#lanes.lanes.length; lane += 2) {
      context.fillRect(0, this.#tops[lane], this.#width, this.#tops[lane + 1] - this.#tops[lane]);
    }
  }

  #drawNames(context: CanvasRenderingContext2D, color: (name: string) => string): void {
    context.font = FONT;
    context.textAlign = 'left';
    for (const [index, { name, attempts }] of this.#lanes.lanes.entries()) {
      const text = `${name}  ·  ${formatCount(attempts)}`;
      const y = this.#tops[index];
      context.globalAlpha = 0.85;
      context.fillStyle = color(index % 2 === 0 ? '--lane' : '--surface');
      context.fillRect(0, y + 1, context.measureText(text).width + 14, NAME_HEIGHT - 2);
      context.globalAlpha = 1;
      context.fillStyle = color('--text');
      context.fillText(text, 8, y + 13);
    }
  }

  #drawAxis(context: CanvasRenderingContext2D, color: (name: string) => string, transform: ZoomTransform): void {
    const fromMs = this.#firstMs + (transform.invertX(MARGIN) - MARGIN) * this.#msPerUnit();
    const toMs = this.#firstMs + (transform.invertX(this.#width - MARGIN) - MARGIN) * this.#msPerUnit();
    const ticks = this.#ticks(fromMs, toMs);
    context.font = FONT;
    context.textAlign = 'center';
    for (const { ms, text } of ticks) {
      const x = transform.applyX(this.#x(ms));
      context.fillStyle = color('--line');
      context.fillRect(Math.round(x), AXIS_HEIGHT - 6, 1, this.height);
      context.fillStyle = color('--faint');
      const half = context.measureText(text).width / 2;
      context.fillText(text, Math.min(Math.max(x, half + 2), this.#width - half - 2), 14);
    }
  }

  #msPerUnit(): number {
    return this.#spanMs / Math.max(1, this.#width - 2 * MARGIN);
  }

  /** Where the axis is marked; times are UTC. Dates are whole milliseconds: too coarse for short spans. */
  #ticks(fromMs: number, toMs: number): { ms: number; text: string }[] {
    const count = Math.max(2, Math.floor(this.#width / 110));
    const originMs = this.#packed.second[0] * 1000;
    if (toMs - fromMs > FINE_MS) {
      const scale = scaleUtc().domain([originMs + fromMs, originMs + toMs]);
      const format = scale.tickFormat(count, toMs - fromMs > DAY_SECONDS * 1000 ? '%m-%d %H:%M' : '%H:%M:%S');
      return scale.ticks(count).map((date) => ({ ms: date.getTime() - originMs, text: format(date) }));
    }
    const secondOfDay = this.#packed.second[0] % DAY_SECONDS;
    const scale = scaleLinear().domain([secondOfDay + fromMs / 1000, secondOfDay + toMs / 1000]);
    const ticks = scale.ticks(count);
    const decimals = Math.max(0, Math.ceil(-Math.log10(tickStep(ticks) * 1.001)));
    return ticks.map((second) => ({ ms: (second - secondOfDay) * 1000, text: formatSecondOfDay(second, decimals) }));
  }

  #drawAttempts(
    context: CanvasRenderingContext2D,
    color: (name: string) => string,
    transform: ZoomTransform,
    shown: Uint8Array,
  ): void {
    const rows = this.#visibleRows(transform);
    const isCrowd = rows.length > CROWD;
    for (const index of this.#drawingOrder) {
      context.fillStyle = color(`--${this.#packed.outcomes[index]}`);
      const path = this.#paths[index];
      const scale = rows.length > MANY ? SMALL : 1;
      for (const row of rows) {
        if (this.#packed.outcome[row] !== index) continue;
        context.globalAlpha = shown[row] === 1 ? (isCrowd ? 0.7 : 1) : 0.08;
        const x = this.xOf(transform, row);
        const y = this.yOf(row);
        if (isCrowd) context.fillRect(x - 1.5, y - 1.5, 3, 3);
        else this.#drawMark(context, path, x, y, scale, transform.k * this.#unitsOf(row));
      }
    }
    context.globalAlpha = 1;
  }

  #unitsOf(row: number): number {
    return this.#packed.durationMs[row] / this.#msPerUnit();
  }

  /** A sign where the attempt began, and a line for as long as it went on. */
  #drawMark(
    context: CanvasRenderingContext2D,
    path: Path2D,
    x: number,
    y: number,
    scale: number,
    length: number,
  ): void {
    const alpha = context.globalAlpha;
    context.globalAlpha = alpha * 0.4;
    context.fillRect(x, y - 1, Math.min(length, this.#width * 2), 2);
    context.globalAlpha = alpha;
    context.save();
    context.translate(x, y);
    context.scale(scale, scale);
    context.translate(-MARK / 2, -MARK / 2);
    context.fill(path);
    context.restore();
  }

  #drawRing(
    context: CanvasRenderingContext2D,
    color: (name: string) => string,
    transform: ZoomTransform,
    row: number,
  ): void {
    context.strokeStyle = color('--text');
    context.lineWidth = 2;
    context.beginPath();
    context.arc(this.xOf(transform, row), this.yOf(row), MARK * 0.8, 0, 2 * Math.PI);
    context.stroke();
  }

  #visibleRows(transform: ZoomTransform): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.#startsMs.length; row++) {
      const x = this.xOf(transform, row);
      if (x <= this.#width + MARK && x + transform.k * this.#unitsOf(row) >= -MARK) rows.push(row);
    }
    return rows;
  }
}

/** What lies between two marks of an axis; 1 where there is but one. */
function tickStep([first, second]: readonly number[]): number {
  return first === undefined || second === undefined ? 1 : second - first;
}

function formatSecondOfDay(second: number, decimals: number): string {
  const whole = Math.floor(Number(second.toFixed(decimals)));
  const time = new Date((((whole % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) * 1000).toISOString().slice(11, 19);
  return time + second.toFixed(decimals).replace(/^-?\d+/, '');
}

/** The colours of the style sheet, as they are now. */
function colorsOf(element: Element): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name);
}
