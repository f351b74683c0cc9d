import type { BoardDocument, Plot } from '../document.js';
import { draw, openChart, type Chart } from './chart.js';
import { h } from './dom.js';
import { scaleOf } from './scale.js';

/** A picture that stays, and is drawn again when there is news, another size or another theme. */
class PlotView {
  readonly element: HTMLElement;
  private readonly title = h('span', { class: 'name' });
  private readonly limits = h('span', { class: 'bounds' });
  private readonly canvas = h('div', { class: 'canvas', role: 'img' });
  private readonly problem = h('p', { class: 'empty' });
  private chart: Chart | undefined;
  private latest: { plot: Plot; times: BoardDocument } | undefined;
  private drawn = '';

  constructor() {
    this.element = h(
      'figure',
      { class: 'plot' },
      h('figcaption', {}, this.title, this.limits),
      this.canvas,
      this.problem
    );
    new ResizeObserver(() => {
      this.chart?.resize();
      this.redraw();
    }).observe(this.canvas);
  }

  show(plot: Plot, times: BoardDocument): void {
    this.latest = { plot, times };
    this.title.textContent = plot.title;
    const { beyond } = scaleOf(plot);
    this.limits.textContent = beyond.map(({ name, text }) => `${name} ${text} (beyond this scale)`).join(' · ');
    this.canvas.setAttribute('aria-label', plot.label);
    this.canvas.hidden = plot.problem !== undefined;
    this.problem.hidden = plot.problem === undefined;
    this.problem.textContent = plot.problem ?? '';
    const drawn = JSON.stringify([plot, times.from, times.to, times.bands]);
    if (drawn !== this.drawn) this.redraw();
    this.drawn = drawn;
  }

  redraw(): void {
    if (!this.latest || this.canvas.hidden || this.canvas.clientWidth === 0) return;
    this.chart ??= openChart(this.canvas);
    draw(this.chart, this.canvas, this.latest.plot, this.latest.times);
  }

  end(): void {
    this.chart?.dispose();
    this.element.remove();
  }
}

/** The pictures of one block, by their titles. */
export class PlotsView {
  readonly element = h('div', { class: 'plots' });
  private readonly views = new Map<string, PlotView>();

  show(plots: readonly Plot[], times: BoardDocument): void {
    const titles = new Set(plots.map(({ title }) => title));
    for (const [title, view] of this.views) {
      if (titles.has(title)) continue;
      view.end();
      this.views.delete(title);
    }
    for (const plot of plots) {
      let view = this.views.get(plot.title);
      if (!view) {
        view = new PlotView();
        this.views.set(plot.title, view);
        this.element.append(view.element);
      }
      view.show(plot, times);
    }
  }

  redraw(): void {
    for (const view of this.views.values()) view.redraw();
  }
}
