import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Path, PATHS } from './components.js';
import { SlidingWindow } from './sliding-window.js';

/** How far back the gauges look that bear the names of the plan's metrics, in seconds. */
export const GAUGE_SPAN = 5;

/** Seconds on a clock that never goes back. */
export function monotonicSeconds(): number {
  return performance.now() / 1000;
}

/** Exports a gauge whose value is read at scrape time; while `read` has nothing to say the sample is absent. */
export function exportGauge(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    },
  });
}

export interface OutcomeSpec {
  counter: string;
  help: string;
  /** The label of the counter that tells good from bad, and its two values. */
  label: string;
  good: string;
  bad: string;
  /** A gauge with the share of the good (or the bad) ones in the last seconds, 0 to 1. */
  gauge?: { name: string; help: string; of: 'good' | 'bad' };
}

/** Something that goes well or not: a raw counter by outcome and path, and a ratio gauge. */
export class OutcomeMetric {
  readonly #counter: Counter;
  readonly #spec: OutcomeSpec;
  readonly #window = new SlidingWindow(GAUGE_SPAN, monotonicSeconds);

  constructor(registry: Registry, spec: OutcomeSpec) {
    this.#spec = spec;
    const { counter: name, help, label, gauge } = spec;
    this.#counter = new Counter({ name, help, labelNames: [label, 'path'], registers: [registry] });
    // A series that first appears with its first failure has no rate: all start at 0.
    for (const outcome of [spec.good, spec.bad])
      for (const path of PATHS) this.#counter.inc({ [label]: outcome, path }, 0);
    if (gauge === undefined) return;
    exportGauge(registry, gauge.name, gauge.help, () => this.#window.mean());
  }

  record(good: boolean, path: Path): void {
    const { label, gauge } = this.#spec;
    this.#counter.inc({ [label]: good ? this.#spec.good : this.#spec.bad, path });
    this.#window.add(good === (gauge?.of !== 'bad') ? 1 : 0);
  }
}

export interface DurationSpec {
  histogram: string;
  help: string;
  buckets: number[];
  gauge: { name: string; help: string; of: 'mean' | 'p95' };
}

/** A duration in seconds: a raw histogram by path, and a gauge over the last seconds. */
export class DurationMetric {
  readonly #histogram: Histogram;
  readonly #window = new SlidingWindow(GAUGE_SPAN, monotonicSeconds);

  constructor(registry: Registry, spec: DurationSpec) {
    const { histogram: name, help, buckets } = spec;
    this.#histogram = new Histogram({ name, help, buckets, labelNames: ['path'], registers: [registry] });
    for (const path of PATHS) this.#histogram.zero({ path });
    exportGauge(registry, spec.gauge.name, spec.gauge.help, () =>
      spec.gauge.of === 'mean' ? this.#window.mean() : this.#window.quantile(0.95)
    );
  }

  record(seconds: number, path: Path): void {
    this.#histogram.observe({ path }, seconds);
    this.#window.add(seconds);
  }
}

/** A count since the start under two names: the platform's own and the plan's. Exported as 0 from the first scrape. */
export class TwinCounter {
  readonly #counters: Counter[];

  constructor(registry: Registry, names: readonly string[], help: string) {
    this.#counters = names.map((name) => new Counter({ name, help, registers: [registry] }));
  }

  increment(): void {
    for (const counter of this.#counters) counter.inc();
  }
}
