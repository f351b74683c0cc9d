import { spanText, instantText } from '../../../plan/text/spans.js';
import type { Report } from '../build-report.js';
import { html, type Html } from './markup.js';
import { ink, plot, timeAxis } from './plot.js';
import { timelineRows, type Block, type BlockEnd, type BlockKind, type MarkKind, type Row } from './timeline-rows.js';

const width = 1000;
const rowHeight = 40;
const grid = { left: 250, right: 16, top: 8, bottom: 26 };
const mostLetters = 32;

const kindInks: Record<BlockKind, string> = {
  check: ink.dim,
  change: ink.info,
  window: ink.good,
  person: ink.person,
  rollback: ink.undo,
};
const endInks: Partial<Record<BlockEnd, string>> = { failed: ink.bad, 'on hold': ink.warn, waived: ink.warn };

const marks: Record<MarkKind, { symbol: string; path: string; color: string; words: string }> = {
  approved: shape('M2,6L5,9L11,2L12.5,3.5L5,12L.5,7.5Z', ink.person, 'approved'),
  rejected: shape('M0,1L1,0L6,5L11,0L12,1L7,6L12,11L11,12L6,7L1,12L0,11L5,6Z', ink.person, 'rejected'),
  waived: shape('M6,0L12,12L0,12Z', ink.warn, 'waived'),
  'on hold': shape('M0,0L12,0L12,12L0,12Z', ink.warn, 'on hold'),
  failed: shape('M0,1L1,0L6,5L11,0L12,1L7,6L12,11L11,12L6,7L1,12L0,11L5,6Z', ink.bad, 'failed'),
  'rolled back': shape('M0,6L6,0L6,4L12,4L12,8L6,8L6,12Z', ink.bad, 'rolled back'),
};

function shape(path: string, color: string, words: string): (typeof marks)[MarkKind] {
  return { symbol: `path://${path}`, path, color, words };
}

/** The run on a time axis: a row for each phase and rollback, with its steps, windows, approvals and holds. */
export function timelineChart(report: Report): Html {
  const rows = timelineRows(report);
  if (rows.length === 0) return html`<p>No phase has started yet.</p>`;
  const from = Math.min(report.run.startedAt, ...rows.map((row) => row.from));
  const to = Math.max(report.run.endedAt ?? report.madeAt, ...rows.map((row) => row.to));
  const height = rows.length * rowHeight + grid.top + grid.bottom;
  const picture = plot(
    {
      grid,
      xAxis: { ...timeAxis(from, to, 6), splitLine: { show: true, lineStyle: { color: ink.rule } } },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map(({ label }) => label),
        axisLabel: {
          color: ink.text,
          fontSize: 12,
          interval: 0,
          lineHeight: 15,
          formatter: (_label: string, index: number) => labelOf(rows[index]),
        },
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: [
        bars(
          rows.map((row, index) => ({
            from: row.from,
            to: row.to,
            index,
            height: 26,
            fill: ink.surface,
            stroke: ink.rule,
          }))
        ),
        bars(rows.flatMap((row, index) => row.blocks.map((block) => barOf(block, index)))),
        ...(Object.keys(marks) as MarkKind[]).map((kind) => ({
          type: 'scatter' as const,
          symbol: marks[kind].symbol,
          symbolSize: 11,
          symbolOffset: [0, -13],
          itemStyle: { color: marks[kind].color, borderColor: ink.surface, borderWidth: 0.5 },
          data: rows.flatMap((row, index) =>
            row.marks.filter((mark) => mark.kind === kind).map(({ at }) => [at, index])
          ),
        })),
      ],
    },
    { width, height },
    `Timeline from ${instantText(from)} to ${instantText(to)}: ${rows.map(inWords).join('; ')}`
  );
  return html`<figure class="timeline">
    ${picture}
    <figcaption>${legend(rows)}</figcaption>
  </figure>`;
}

interface Bar {
  from: number;
  to: number;
  index: number;
  height: number;
  fill: string;
  stroke?: string;
  /** Under way: not over yet. */
  opacity?: number;
}

function barOf({ from, to, kind, end }: Block, index: number): Bar {
  const fill = endInks[end] ?? kindInks[kind];
  return { from, to, index, height: 14, fill, ...(end === 'under way' ? { opacity: 0.5 } : {}) };
}

/** Bars between two instants, which no ready-made kind of chart has. */
function bars(all: readonly Bar[]): object {
  return {
    type: 'custom',
    data: all.map(({ from, index }) => [from, index]),
    renderItem: (
      { dataIndex }: { dataIndex: number },
      { coord }: { coord: (at: readonly [number, number]) => [number, number] }
    ) => {
      const bar = all[dataIndex];
      if (!bar) return undefined;
      const [x, y] = coord([bar.from, bar.index]);
      const [end] = coord([bar.to, bar.index]);
      return {
        type: 'rect',
        shape: { x, y: y - bar.height / 2 + 3, width: Math.max(2, end - x), height: bar.height, r: 2 },
        style: { fill: bar.fill, stroke: bar.stroke ?? ink.surface, lineWidth: 0.8, opacity: bar.opacity ?? 1 },
      };
    },
  };
}

function labelOf(row: Row | undefined): string {
  if (!row) return '';
  const { label, state, from, to } = row;
  const short = label.length > mostLetters ? `${label.slice(0, mostLetters - 1)}…` : label;
  return `${short}\n${state}, ${spanText(to - from)}`;
}

function inWords({ label, state, from, to, marks: at }: Row): string {
  const special = [...new Set(at.map(({ kind }) => kind))].join(', ');
  return `${label} ${state} after ${spanText(to - from)}${special === '' ? '' : ` (${special})`}`;
}

/** Only what occurs, so that nobody looks for what is not there. */
function legend(rows: readonly Row[]): Html {
  const blocks = rows.flatMap((row) => row.blocks);
  const seen = new Set(rows.flatMap((row) => row.marks.map(({ kind }) => kind)));
  const kindWords: Record<BlockKind, string> = {
    check: 'check',
    change: 'change to production',
    window: 'metric window',
    person: 'people asked',
    rollback: 'undo',
  };
  const swatch = (color: string, words: string): Html =>
    html`<span class="key"><i style="background:${color}"></i>${words}</span> `;
  const sign = (kind: MarkKind): Html =>
    html`<span class="key"
      ><svg viewBox="0 0 12 12" aria-hidden="true"><path d="${marks[kind].path}" fill="${marks[kind].color}" /></svg
      >${marks[kind].words}</span
    > `;
  return html`${(Object.keys(kindInks) as BlockKind[])
      .filter((kind) => blocks.some((block) => block.kind === kind && endInks[block.end] === undefined))
      .map((kind) => swatch(kindInks[kind], kindWords[kind]))}${
      blocks.some(({ end }) => end === 'failed') ? swatch(ink.bad, 'failed') : undefined
    }${blocks.some(({ end }) => end === 'on hold' || end === 'waived') ? swatch(ink.warn, 'on hold or waived') : undefined}${(
      Object.keys(marks) as MarkKind[]
    )
      .filter((kind) => seen.has(kind))
      .map(sign)}<span class="key">all times UTC</span>`;
}
