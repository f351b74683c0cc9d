import type { Reading } from '../../plan/judge-types.js';
import { PhasegateError } from '../../plan/errors.js';
import { reasonOf } from '../connection/failures.js';
import { noWatch, type WatchParts } from '../read/watch-parts.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { openMetricSource, type OpenSource } from '../../worker/metric-source.js';
import type { ProbePlace } from '../../worker/probe.js';
import type { RangeId } from './document.js';
import { MetricHistory, type Point } from './metric-history.js';
import { timesOf, type Seen } from './seen.js';

/** What a dashboard reads of one run. */
export interface RunReader {
  read(): Promise<RunSnapshot>;
  watch(): Promise<WatchParts>;
  /** The samples of the run's windows, from the evidence: what is drawn where the source itself remembers nothing. */
  windows(): Promise<Array<{ metric: string; points: Array<Point & { value: number }> }>>;
}

export interface LookOptions {
  reader: RunReader;
  place: ProbePlace;
  now: () => number;
  /** Injected by tests. */
  open?: (source: RunSnapshot['frozen']['environment']['metrics'], place: ProbePlace) => OpenSource;
}

/** Looks at a run and its metrics; what cannot be read now is what was seen last, marked as old. */
export class Look {
  private readonly options: LookOptions;
  private snapshot: RunSnapshot | undefined;
  private watch: WatchParts = noWatch;
  private metrics: MetricHistory | undefined;
  private refreshing: Promise<void> | undefined;
  private windowsRead = -1;

  constructor(options: LookOptions) {
    this.options = options;
  }

  /**
   * @param ranges how far back somebody's plots look
   * @throws whatever the first reading throws
   */
  async look(ranges: readonly RangeId[]): Promise<Seen> {
    const snapshot = await this.read();
    this.snapshot = snapshot;
    this.metrics ??= this.open(snapshot);
    await this.refresh(snapshot, this.metrics, ranges);
    return { snapshot, watch: this.watch, metrics: this.metrics, now: this.options.now() };
  }

  private async read(): Promise<RunSnapshot> {
    const { reader } = this.options;
    try {
      const snapshot = await reader.read();
      // Where no worker answers, each that is asked costs a second and says nothing.
      if (snapshot.noWorker === undefined) this.watch = await this.watchParts();
      return snapshot;
    } catch (error) {
      if (this.snapshot && error instanceof PhasegateError && error.retryable)
        return { ...this.snapshot, away: error.message };
      throw error;
    }
  }

  /** What is known of the run is shown also where its guard cannot be read. */
  private async watchParts(): Promise<WatchParts> {
    try {
      return await this.options.reader.watch();
    } catch (error) {
      return { ...this.watch, silent: [`guard, alerts and incidents (${reasonOf(error)})`] };
    }
  }

  private open({ frozen }: RunSnapshot): MetricHistory {
    const { metrics: source } = frozen.environment;
    const metrics = Object.keys(frozen.plan.metrics).filter((name) => Object.hasOwn(source.bindings, name));
    const opened = (this.options.open ?? openMetricSource)(source, this.options.place);
    return new MetricHistory(opened, metrics, source.lag.ms);
  }

  /** A source that is slow must not hold up what is known of the run. */
  private async refresh(snapshot: RunSnapshot, metrics: MetricHistory, ranges: readonly RangeId[]): Promise<void> {
    for (const { metric, points } of liveSamples(snapshot)) metrics.add(metric, points);
    this.refreshing ??= this.ask(snapshot, metrics, ranges).finally(() => (this.refreshing = undefined));
    await Promise.race([this.refreshing, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
  }

  private async ask(snapshot: RunSnapshot, metrics: MetricHistory, ranges: readonly RangeId[]): Promise<void> {
    await metrics.refresh(this.options.now(), timesOf(snapshot), ranges);
    const ended = endedWindows(snapshot);
    if (!metrics.forgetful || ended === this.windowsRead || snapshot.noWorker !== undefined) return;
    this.windowsRead = ended;
    for (const { metric, points } of await this.options.reader.windows().catch(() => [])) metrics.add(metric, points);
  }
}

const patienceMs = 1_000;

function endedWindows({ phases, rollbacks }: RunSnapshot): number {
  const steps = [...phases.flatMap((phase) => phase.steps), ...rollbacks.flatMap(({ checks }) => checks)];
  return steps.filter(({ window, endedAt }) => window !== undefined && endedAt !== undefined).length;
}

/** What windows under way have measured and not stored yet. */
function liveSamples({ windows }: RunSnapshot): Array<{ metric: string; points: Array<Point & { value: number }> }> {
  return windows.flatMap(({ heartbeat }) =>
    heartbeat.pending.flatMap(({ at, readings }) =>
      Object.entries(readings).flatMap(([metric, reading]) => valued(metric, at, reading))
    )
  );
}

function valued(
  metric: string,
  at: number,
  reading: Reading
): Array<{ metric: string; points: Array<Point & { value: number }> }> {
  return reading.kind === 'value' ? [{ metric, points: [{ at, value: reading.value }] }] : [];
}
