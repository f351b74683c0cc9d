import { LineChart, type LineSeriesOption } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { formatValue } from '../../../plan/judge/format.js';
import type { BoardDocument, Plot, ShownBound, Tone } from '../document.js';
import { placed, scaleOf, type Scale } from './scale.js';

echarts.use([LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type Chart = ReturnType<typeof echarts.init>;
type Option = Parameters<Chart['setOption']>[0];
type Times = Pick<BoardDocument, 'from' | 'to' | 'bands'>;

/** The page's colours and type as they are now: they follow its theme and its size. */
function inkOf(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

const boundTones: Record<ShownBound['name'], Tone> = {
  target: 'good',
  criterion: 'good',
  warning: 'warn',
  critical: 'bad',
};

export function openChart(element: HTMLElement): Chart {
  return echarts.init(element, null, { renderer: 'canvas' });
}

/** Draws a metric against its bounds, over the phases of the run. */
export function draw(chart: Chart, element: HTMLElement, plot: Plot, times: Times): void {
  const ink = inkOf(element);
  const fontSize = Number.parseFloat(getComputedStyle(element).fontSize) * 0.75;
  const scale = scaleOf(plot);
  const show = (value: number): string => valueText(plot.unit, value);
  const option: Option = {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: 'system-ui, sans-serif', fontSize, color: ink('dim') },
    grid: {
      left: fontSize * 4.6,
      right: fontSize * (1.4 + 0.56 * longest(scale)),
      top: fontSize * 2,
      bottom: fontSize * 2.1,
    },
    tooltip: {
      trigger: 'axis',
      // As text on the canvas: a tooltip of elements would need styles that the page's policy forbids.
      renderMode: 'richText',
      confine: true,
      transitionDuration: 0,
      backgroundColor: ink('page'),
      borderColor: ink('rule'),
      textStyle: { color: ink('text'), fontSize },
      formatter: (found: unknown) => tooltipText(found, show),
    },
    xAxis: {
      type: 'time',
      min: times.from,
      max: times.to,
      splitNumber: 4,
      axisLabel: { color: ink('dim'), fontSize, hideOverlap: true, formatter: clockOf(times) },
      axisLine: { lineStyle: { color: ink('rule') } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: scale.min,
      max: scale.max,
      splitNumber: 3,
      ...(plot.unit === 'count' ? { minInterval: 1 } : {}),
      axisLabel: { color: ink('dim'), fontSize, formatter: show, showMinLabel: false, showMaxLabel: false },
      splitLine: { lineStyle: { color: ink('rule') } },
    },
    series: [
      {
        type: 'line',
        data: plot.points.map(([seconds, value]) => [times.from + seconds * 1000, value ?? '-']),
        showSymbol: plot.points.filter(([, value]) => value !== null).length < 3,
        symbolSize: 5,
        lineStyle: { color: ink('line'), width: Math.max(1.8, fontSize / 6) },
        itemStyle: { color: ink('line') },
        markLine: { symbol: 'none', silent: true, data: boundLines(scale, ink, fontSize, chart.getHeight()) },
        markArea: { silent: true, data: bandAreas(times, ink, fontSize, chart.getWidth()) },
      },
    ],
  };
  chart.setOption(option, { notMerge: true });
}

function longest({ shown }: Scale): number {
  return Math.max(0, ...shown.map(({ name, text }) => name.length + 1 + text.length));
}

function valueText(unit: Plot['unit'], value: number): string {
  if (unit === 'per second') return `${Number(value.toPrecision(3))}/s`;
  return formatValue(unit, value, 3);
}

function tooltipText(found: unknown, show: (value: number) => string): string {
  const [point] = Array.isArray(found) ? (found as Array<{ value?: unknown }>) : [];
  const [at, value] = Array.isArray(point?.value) ? (point.value as unknown[]) : [];
  if (typeof at !== 'number') return '';
  const text = typeof value === 'number' ? show(value) : 'no value';
  return `${text}\n${new Date(at).toISOString().slice(5, 19).replace('T', ' ')} UTC`;
}

/** As exact as the span asks for; UTC as everywhere. */
function clockOf({ from, to }: Times): (at: number) => string {
  const span = to - from;
  return (at) => {
    const iso = new Date(at).toISOString();
    if (span < 900_000) return iso.slice(11, 19);
    return span < 86_400_000 ? iso.slice(11, 16) : iso.slice(5, 16).replace('T', ' ');
  };
}

type MarkLines = NonNullable<NonNullable<LineSeriesOption['markLine']>['data']>;

function boundLines(scale: Scale, ink: (name: string) => string, fontSize: number, height: number): MarkLines {
  const plotHeight = Math.max(1, height - fontSize * 4.1);
  const yOf = (value: number): number => ((scale.max - value) / (scale.max - scale.min)) * plotHeight;
  const bounds = scale.shown.toSorted((a, b) => b.value - a.value);
  // Half a line above its end: a label there would lie over that of the time.
  const heights = placed(
    bounds.map(({ value }) => yOf(value)),
    fontSize * 1.25,
    plotHeight - fontSize * 0.6
  );
  return bounds.map(({ name, value, text }, index) => {
    const color = ink(boundTones[name]);
    return {
      yAxis: value,
      lineStyle: { color, type: name === 'critical' ? ('solid' as const) : ('dashed' as const), width: 1.4 },
      label: {
        formatter: `${name} ${text}`,
        color,
        fontSize: fontSize * 0.94,
        offset: [0, (heights[index] ?? 0) - yOf(value)],
      },
    };
  });
}

type MarkAreas = NonNullable<NonNullable<LineSeriesOption['markArea']>['data']>;

function bandAreas(
  { from, to, bands }: Times,
  ink: (name: string) => string,
  fontSize: number,
  width: number
): MarkAreas {
  const perPixel = (to - from) / Math.max(1, width - fontSize * 13);
  return bands.map((band, index): MarkAreas[number] => {
    const [begin, end] = [Math.max(band.from, from), Math.min(band.to, to)];
    const fits = (end - begin) / perPixel > band.label.length * fontSize * 0.62;
    const tone = band.tone === 'info' ? (index % 2 === 0 ? 'band' : 'band-other') : `${band.tone}-soft`;
    return [
      {
        xAxis: begin,
        name: band.label,
        itemStyle: { color: ink(tone) },
        label: { show: fits, position: 'top' as const, distance: 3, color: ink('dim'), fontSize: fontSize * 0.92 },
      },
      { xAxis: end },
    ];
  });
}
