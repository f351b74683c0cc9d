import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { clean } from '../../render/clean.js';
import { trusted, html, type Html } from './markup.js';

echarts.use([CustomChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer]);

export type PlotOption = Parameters<ReturnType<typeof echarts.init>['setOption']>[0];

/** The page's own colours, so that one picture is right on light, on dark and on paper. */
export const ink = {
  text: 'var(--text)',
  dim: 'var(--dim)',
  rule: 'var(--rule)',
  surface: 'var(--surface)',
  good: 'var(--good)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  info: 'var(--info)',
  person: 'var(--person)',
  blind: 'var(--blind)',
  undo: 'var(--undo)',
} as const;

// A family that must be quoted, or `inherit`, would make the whole font of a label invalid.
const font = { fontFamily: 'system-ui, sans-serif', fontSize: 11 } as const;

/** A time axis in UTC, as exact as the span between two instants asks for. */
export function timeAxis(from: number, to: number, splitNumber: number): object {
  const span = to - from;
  const iso = (at: number): string => new Date(at).toISOString().replace('T', ' ');
  const text = (at: number): string =>
    span < 900_000 ? iso(at).slice(11, 19) : span < 86_400_000 ? iso(at).slice(11, 16) : iso(at).slice(5, 16);
  return {
    type: 'time',
    ...(span > 0 ? { min: from, max: to } : {}),
    splitNumber,
    axisLabel: { color: ink.dim, fontSize: 10, hideOverlap: true, formatter: text },
    axisLine: { lineStyle: { color: ink.rule } },
    axisTick: { lineStyle: { color: ink.rule } },
  };
}

/**
 * Draws a picture as inline SVG: no script, no network, no canvas.
 *
 * @param label what it shows, for those who do not see it
 */
export function plot(option: PlotOption, size: { width: number; height: number }, label: string): Html {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, useUTC: true, textStyle: font, ...option });
    return html`<div class="plot" role="img" aria-label="${label}">${trusted(tidy(chart.renderToSVGString()))}</div>`;
  } finally {
    chart.dispose();
  }
}

let pictures = 0;

/**
 * Takes out what only serves a script or a pointer. Texts in it are escaped, so what looks like markup is markup; ids
 * must be the picture's own, and the same whenever the page is made again.
 */
function tidy(svg: string): string {
  pictures += 1;
  return clean(svg)
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_[a-z_]+|pointer-events|xml:space|baseProfile|xmlns(?::[a-z]+)?|version)="[^"]*"/g, '')
    .replace(/<rect width="\d+" height="\d+" x="0" y="0" fill="none"><\/rect>\s*/, '')
    .replace(/^<svg /, '<svg aria-hidden="true" focusable="false" ')
    .replace(/\n/g, '')
    .replace(/zr\d+-/g, `p${pictures}-`);
}

/** Begins the numbering of pictures again, for a page of its own. */
export function newPage(): void {
  pictures = 0;
}
