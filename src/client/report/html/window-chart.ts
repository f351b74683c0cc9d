import { formatValue } from '../../../plan/judge/format.js';
import { instantText, counted } from '../../../plan/text/spans.js';
import type { CoursePoint } from '../../../plan/judge/course.js';
import type { ReportedBound, ReportedCriterion } from '../windows.js';
import type { Html } from './markup.js';
import { ink, plot, timeAxis, type PlotOption } from './plot.js';

const size = { width: 470, height: 172 };
const grid = { left: 52, right: 96, top: 14, bottom: 24 };
const plotHeight = size.height - grid.top - grid.bottom;
/** More samples than this are drawn as a line without dots. */
const mostDots = 150;
/** More than this are thinned out to what the eye can tell apart; extremes and breaches stay. */
const mostDrawn = 1_500;
const labelHeight = 12;

const inks: Record<ReportedBound['name'], string> = {
  critical: ink.bad,
  warning: ink.warn,
  criterion: ink.good,
  target: ink.good,
  baseline: ink.dim,
};

/** A threshold line, with the words at its end. */
interface Line {
  value: number;
  color: string;
  text: string;
}

export interface WindowChart {
  picture: Html;
  /** Thresholds that lie so far away that they would flatten the picture. */
  beyond: string[];
}

/** The samples of one criterion against its bounds. Undefined when not one of them has a value. */
export function windowChart(criterion: ReportedCriterion): WindowChart | undefined {
  const { unit, points, bounds } = criterion;
  const valued = points.filter(hasValue);
  if (valued.length === 0) return undefined;
  const range = rangeOf(valued, bounds);
  const lines = linesOf(bounds.filter(({ value }) => value >= range.min && value <= range.max));
  const dots = points.length <= mostDots ? valued : valued.filter((point) => isLone(points, point));
  const option: PlotOption = {
    grid,
    xAxis: timeAxis(points[0]?.at ?? 0, points.at(-1)?.at ?? 0, 4),
    yAxis: {
      type: 'value',
      ...range,
      splitNumber: 3,
      ...(isWhole(criterion) ? { minInterval: 1 } : {}),
      axisLabel: {
        color: ink.dim,
        fontSize: 10,
        formatter: (value: number) => formatValue(unit, value, 3),
        showMinLabel: false,
        showMaxLabel: false,
      },
      splitLine: { lineStyle: { color: ink.rule } },
    },
    series: [
      {
        type: 'line',
        data: points.map((point) => [point.at, hasValue(point) ? point.value : null]),
        showSymbol: false,
        ...(points.length > mostDrawn ? { sampling: 'minmax' as const } : {}),
        lineStyle: { color: ink.info, width: 1.6 },
        markLine: {
          symbol: 'none',
          data: lines.map(({ value, color, text }, index) => ({
            yAxis: value,
            lineStyle: { color, type: 'dashed' as const, width: 1 },
            label: {
              formatter: () => text,
              color,
              fontSize: 10,
              offset: [0, offsets(lines, range)[index] ?? 0],
            },
          })),
        },
        markArea: {
          itemStyle: { color: ink.blind },
          data: blindStretches(points).map(([from, to]) => [{ xAxis: from }, { xAxis: to }]),
        },
      },
      {
        type: 'scatter',
        symbolSize: 4,
        itemStyle: { color: ink.info },
        data: dots.filter((point) => point.class !== 'breach').map(({ at, value }) => [at, value]),
      },
      {
        type: 'scatter',
        symbol: 'path://M0,1L1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5Z',
        symbolSize: 8,
        itemStyle: { color: ink.bad },
        data: valued.filter((point) => point.class === 'breach').map(({ at, value }) => [at, value]),
      },
    ],
  };
  return {
    picture: plot(option, size, inWords(criterion)),
    beyond: bounds
      .filter(({ value }) => value < range.min || value > range.max)
      .map(({ name, text }) => `${name} ${text}`),
  };
}

/** What the picture shows: also its caption. */
export function inWords({ text, metric, unit, points }: ReportedCriterion): string {
  const of = (wanted: (point: CoursePoint) => boolean): number => points.filter(wanted).length;
  const values = points.filter(hasValue).map(({ value }) => value);
  const show = (value: number): string => formatValue(unit, value, 4);
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const spread = low === high ? show(low) : `${show(low)} to ${show(high)}`;
  const span =
    points.length === 0 ? '' : `, ${instantText(points[0]?.at ?? 0)} to ${instantText(points.at(-1)?.at ?? 0)}`;
  const breaches = of((point) => point.class === 'breach');
  const notValid = of((point) => point.class !== 'breach' && point.class !== 'ok');
  return [
    `${text}: ${counted(points.length, 'sample')} of ${metric}${span}`,
    values.length > 0 ? spread : 'not one value',
    `${of((point) => point.class === 'ok')} ok, ${breaches} breached, ${notValid} not valid`,
  ].join('; ');
}

type Valued = CoursePoint & { value: number };

function hasValue(point: CoursePoint): point is Valued {
  return point.value !== undefined && (point.class === 'ok' || point.class === 'breach');
}

function isWhole({ unit, points, bounds }: ReportedCriterion): boolean {
  return unit === 'count' && [...points.filter(hasValue), ...bounds].every(({ value }) => Number.isInteger(value));
}

/** A value between two samples without one belongs to no line. */
function isLone(points: readonly CoursePoint[], point: CoursePoint): boolean {
  const index = points.indexOf(point);
  return [points[index - 1], points[index + 1]].every((beside) => !beside || !hasValue(beside));
}

/** From and to of each stretch without a valid sample, with half an interval on either side. */
function blindStretches(points: readonly CoursePoint[]): Array<[number, number]> {
  const half = ((points[1]?.at ?? 0) - (points[0]?.at ?? 0)) / 2;
  const stretches: Array<[number, number]> = [];
  for (const { at, class: judged } of points) {
    if (judged === 'ok' || judged === 'breach') continue;
    const last = stretches.at(-1);
    if (last && at - half <= last[1]) last[1] = at + half;
    else stretches.push([at - half, at + half]);
  }
  return stretches;
}

/** All values and what they are judged by; warning and critical as long as they leave the values room. */
function rangeOf(valued: readonly Valued[], bounds: readonly ReportedBound[]): { min: number; max: number } {
  const own = bounds.filter(({ name }) => name === 'criterion' || name === 'baseline').map(({ value }) => value);
  let min = valued.reduce((low, { value }) => Math.min(low, value), Math.min(...own));
  let max = valued.reduce((high, { value }) => Math.max(high, value), Math.max(...own));
  const reach = (max - min || Math.abs(max) || 1) * 2;
  const near = bounds.map(({ value }) => value).filter((value) => value >= min - reach && value <= max + reach);
  min = Math.min(min, ...near);
  max = Math.max(max, ...near);
  const pad = (max - min || Math.abs(max) || 1) * 0.08;
  // No room is made for values that cannot be.
  return { min: min >= 0 && min - pad < 0 ? (min === 0 ? -pad / 4 : 0) : min - pad, max: max + pad };
}

/** Bounds at the same value are one line. */
function linesOf(bounds: readonly ReportedBound[]): Line[] {
  const lines = new Map<number, ReportedBound[]>();
  for (const bound of bounds) lines.set(bound.value, [...(lines.get(bound.value) ?? []), bound]);
  return [...lines].map(([value, same]) => {
    const [first] = same;
    const name = same.find((bound) => bound.name !== 'criterion')?.name ?? 'criterion';
    return {
      value,
      color: inks[name],
      text: name === 'baseline' || name === 'criterion' ? (first?.text ?? name) : `${name} ${first?.text ?? ''}`,
    };
  });
}

/** How far each label is moved so that none lies on another, in pixels. */
function offsets(lines: readonly Line[], { min, max }: { min: number; max: number }): number[] {
  const y = (value: number): number => ((max - value) / (max - min)) * plotHeight;
  const sorted = lines.map(({ value }, index) => ({ index, at: y(value) })).toSorted((a, b) => a.at - b.at);
  const moved = lines.map(() => 0);
  let free = Number.NEGATIVE_INFINITY;
  for (const { index, at } of sorted) {
    const place = Math.max(at, free);
    moved[index] = place - at;
    free = place + labelHeight;
  }
  return moved;
}
