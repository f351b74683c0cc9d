import type { Page } from 'playwright-core';
import { until } from '../until.js';

/** What a page drew last on the canvas of one plot, in pixels of the canvas. */
export interface Drawn {
  texts: Array<{ text: string; colour: string; x: number; y: number }>;
  lines: Array<{ colour: string; dashed: boolean; from: [number, number]; to: [number, number] }>;
  areas: Array<{ colour: string; left: number; right: number }>;
}

/** Notes what is drawn on any canvas, from the last time that it was cleared. To be run before the page's scripts. */
const notes = `{
  const pens = CanvasRenderingContext2D.prototype;
  const drawn = (window.drawnOn = new Map());
  const of = (canvas) => drawn.get(canvas) ?? drawn.set(canvas, { texts: [], lines: [], areas: [] }).get(canvas);
  const path = new WeakMap();
  const before = (name, note) => {
    const own = pens[name];
    pens[name] = function (...args) {
      note.call(this, ...args);
      return own.apply(this, args);
    };
  };
  const at = (pen, x, y) => {
    const point = pen.getTransform().transformPoint({ x, y });
    return [point.x, point.y];
  };
  const add = (pen, ...points) => path.get(pen)?.push(...points.map(([x, y]) => at(pen, x, y)));
  before('clearRect', function () { drawn.delete(this.canvas); });
  before('beginPath', function () { path.set(this, []); });
  before('moveTo', function (x, y) { add(this, [x, y]); });
  before('lineTo', function (x, y) { add(this, [x, y]); });
  before('rect', function (x, y, width, height) { add(this, [x, y], [x + width, y + height]); });
  before('fillText', function (text, x, y) {
    const [left, top] = at(this, x, y);
    of(this.canvas).texts.push({ text, colour: this.fillStyle, x: left, y: top });
  });
  before('stroke', function () {
    const points = path.get(this) ?? [];
    if (points.length !== 2) return;
    const [from, to] = points;
    of(this.canvas).lines.push({ colour: this.strokeStyle, dashed: this.getLineDash().length > 0, from, to });
  });
  before('fill', function () {
    const across = (path.get(this) ?? []).map(([x]) => x);
    of(this.canvas).areas.push({ colour: this.fillStyle, left: Math.min(...across), right: Math.max(...across) });
  });
}`;

export async function noteDrawing(page: Page): Promise<void> {
  await page.addInitScript(notes);
}

/** What stands on the plot whose description begins so; a plot is drawn a moment after its page is there. */
export function drawnOn(page: Page, label: string): Promise<Drawn> {
  return until('the drawing', () =>
    page.evaluate<Drawn | undefined>(
      `[...window.drawnOn].find(([canvas]) => canvas.closest('[role=img]')?.ariaLabel.startsWith(${JSON.stringify(label)}))?.[1]`
    )
  );
}

/** A colour of the page as a canvas gives it back. */
export function ink(page: Page, name: string): Promise<string> {
  return page.evaluate<string>(`(() => {
    const pen = document.createElement('canvas').getContext('2d');
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--${name}').trim();
    return pen.fillStyle;
  })()`);
}
