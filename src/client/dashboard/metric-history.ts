import type { Reading } from '../../plan/judge-types.js';
import type { OpenSource } from '../../worker/metric-source.js';
import type { RangeId } from './document.js';
import { gridOf, instantsOf, type Grid } from './ranges.js';

/** The latest look at a metric, and the last time that it had a value. */
export interface Latest {
  reading: Reading;
  /** Epoch ms: the instant that was asked for. */
  at: number;
  value?: number;
  valueAt?: number;
}

export interface Point {
  at: number;
  /** Undefined where there was none. */
  value: number | undefined;
}

/** When a run was what. Epoch ms. */
export interface RunTimes {
  startedAt: number;
  /** Its first change, from which counters count. */
  changedAt?: number;
  endedAt?: number;
}

/** What a queries' own counting costs an instant query for each point, so those have fewer. */
const sparse = 4;

/** What is kept of what was seen: some hours of looks. */
const mostSeen = 5_000;

type Column = Map<number, number | undefined>;

/**
 * What a metrics source said of some metrics, for as long as plots look back. Each instant is asked for once: the next
 * look needs only the new ones. A source without a memory has what was seen here.
 */
export class MetricHistory {
  private readonly source: OpenSource;
  private readonly metrics: readonly string[];
  private readonly lagMs: number;
  private readonly ranges = new Map<RangeId, { grid: Grid; columns: Map<string, Column> }>();
  private readonly seen = new Map<string, Column>();
  private readonly last = new Map<string, Latest>();
  private changedAt: number | undefined;

  constructor(source: OpenSource, metrics: readonly string[], lagMs: number) {
    this.source = source;
    this.metrics = metrics;
    this.lagMs = lagMs;
  }

  /** Never rejects: what goes wrong with the source is a reading. */
  async refresh(now: number, times: RunTimes, ranges: readonly RangeId[]): Promise<void> {
    const end = Math.min(now - this.lagMs, times.endedAt ?? Number.POSITIVE_INFINITY);
    // What a counter counts from has changed.
    if (this.changedAt !== times.changedAt) this.ranges.clear();
    this.changedAt = times.changedAt;
    await this.look(end, times);
    for (const range of ranges) await this.fill(range, end, times);
  }

  latest(metric: string): Latest | undefined {
    return this.last.get(metric);
  }

  /** What plots of a range span; undefined until it was looked at. */
  gridOf(range: RangeId): Grid | undefined {
    return this.ranges.get(range)?.grid;
  }

  points(metric: string, range: RangeId): Point[] {
    const known = this.ranges.get(range);
    if (!known) return [];
    const remembered = [...(known.columns.get(metric) ?? [])];
    const hasOne = remembered.some(([, value]) => value !== undefined);
    const column = hasOne ? remembered : onGrid(this.seen.get(metric) ?? new Map(), known.grid);
    const points = column
      .filter(([at]) => at >= known.grid.from)
      .map(([at, value]) => ({ at, value }))
      .toSorted((a, b) => a.at - b.at);
    // The line ends at the number beside it, also between two instants of the grid.
    const { value, valueAt = 0 } = this.last.get(metric) ?? {};
    const isNewer = value !== undefined && valueAt > (points.at(-1)?.at ?? known.grid.from);
    return isNewer ? [...points, { at: valueAt, value }] : points;
  }

  /** Whether the source remembers nothing of what was before, or does not answer. */
  get forgetful(): boolean {
    const columns = [...this.ranges.values()].flatMap((range) => [...range.columns.values()]);
    return !columns.some((column) => [...column.values()].some((value) => value !== undefined));
  }

  /** Adds what others measured, such as a window: it is shown where the source itself remembers nothing. */
  add(metric: string, points: ReadonlyArray<Point & { value: number }>): void {
    const column = this.seen.get(metric) ?? new Map();
    for (const { at, value } of points) column.set(at, value);
    for (const at of [...column.keys()].slice(0, -mostSeen)) column.delete(at);
    this.seen.set(metric, column);
  }

  private async look(at: number, times: RunTimes): Promise<void> {
    // What was at the end of a run stays what it was.
    const open = this.metrics.filter((metric) => {
      const last = this.last.get(metric);
      return last?.at !== at || last.reading.kind !== 'value';
    });
    const groups = this.groups(open);
    const answers = await Promise.all(
      groups.map((metrics) => this.source.at(metrics, at, this.contextOf(metrics, times)))
    );
    for (const [metric, reading] of answers.flatMap((answer) => Object.entries(answer))) {
      const before = this.last.get(metric);
      const value = reading.kind === 'value' ? { value: reading.value, valueAt: at } : {};
      const kept = before?.value === undefined ? {} : { value: before.value, valueAt: before.valueAt ?? at };
      this.last.set(metric, { reading, at, ...kept, ...value });
      if (reading.kind === 'value') this.add(metric, [{ at, value: reading.value }]);
    }
  }

  private async fill(range: RangeId, end: number, times: RunTimes): Promise<void> {
    const grid = gridOf(range, times.startedAt, end);
    const known = this.ranges.get(range);
    const columns = known?.grid.step === grid.step ? known.columns : new Map<string, Column>();
    const all = instantsOf(grid);
    await Promise.all(
      this.groups(this.metrics).map(async (metrics) => {
        const counts = metrics.some((metric) => this.source.sinceChange.has(metric));
        const wanted = counts ? all.filter((at) => at % (grid.step * sparse) === 0) : all;
        const missing = wanted.filter((at) => metrics.some((metric) => columns.get(metric)?.has(at) !== true));
        // Nothing was counted before the first change.
        const asked = counts && times.changedAt !== undefined ? missing.filter((at) => at > times.changedAt!) : missing;
        if (asked.length === 0) return;
        const rows = await this.source.range(metrics, asked, this.contextOf(metrics, times));
        for (const metric of metrics) columns.set(metric, taken(columns.get(metric), metric, asked, rows, grid.from));
      })
    );
    this.ranges.set(range, { grid, columns });
  }

  /** Metrics that are read alike. */
  private groups(metrics: readonly string[]): string[][] {
    const counting = metrics.filter((metric) => this.source.sinceChange.has(metric));
    const others = metrics.filter((metric) => !this.source.sinceChange.has(metric));
    return [others, counting].filter((group) => group.length > 0);
  }

  /** A look at what is usual must reach behind the change; what counts since the change must not. */
  private contextOf(metrics: readonly string[], { startedAt, changedAt }: RunTimes): Parameters<OpenSource['at']>[2] {
    const counts = metrics.some((metric) => this.source.sinceChange.has(metric));
    return counts && changedAt !== undefined ? { changedAt } : { since: startedAt };
  }
}

/** As many points as a plot can show, the last of each stretch. */
function onGrid(column: Column, { step }: Grid): Array<[number, number | undefined]> {
  const sorted = [...column].toSorted(([a], [b]) => a - b);
  return [...new Map(sorted.map(([at, value]) => [Math.floor(at / step), [at, value] as [number, number | undefined]])).values()]; // prettier-ignore
}

/** An instant at which the source did not answer is asked for again; one at which it has nothing is not. */
function taken(
  before: Column = new Map(),
  metric: string,
  instants: readonly number[],
  rows: ReadonlyArray<Record<string, Reading>>,
  from: number
): Column {
  const kept: Column = new Map([...before].filter(([at]) => at >= from));
  for (const [index, at] of instants.entries()) {
    const reading = rows[index]?.[metric];
    if (reading && reading.kind !== 'error') kept.set(at, reading.kind === 'value' ? reading.value : undefined);
  }
  return kept;
}
