import { setTimeout as delay } from 'node:timers/promises';
import { span } from '../test/support/stage/plans.js';
import { now } from './support/clock.js';
import type { Benchmark, BenchOptions, Fact, Findings, Series } from './support/findings.js';
import { marked, onlyWindow } from './support/plans.js';
import { startRig, type Rig } from './support/rig.js';
import { startMany } from './support/start-many.js';
import { usageText, watchUsage } from './support/usage.js';

export const windows: Benchmark = { name: 'windows', title: 'many windows on one worker', run };

const every = 15_000;
const lateMs = 250;

async function run({ windows: counts, metrics, minutes, say }: BenchOptions): Promise<Findings> {
  const series: Series[] = [];
  const facts: Fact[] = [];
  for (const count of counts) {
    for (const each of metrics) {
      const found = await load(count, each, minutes, say);
      series.push(...found.series);
      facts.push(...found.facts);
    }
  }
  return {
    series,
    facts,
    notes: [
      `A run (two workflows) for each window; a sample every ${every / 1000} s, one query for each metric of it; watched for ${minutes} minutes, from a minute after all had begun. STUB Prometheus. One worker process for workflows, activities and windows, with the settings of docs/worker.md.`,
      `A query is late when it comes more than ${lateMs} ms after its instant (the source's lag is 0 here); a sample is missed when nobody asked for its instant in time for the next one.`,
    ],
  };
}

async function load(count: number, metrics: number, minutes: number, say: (line: string) => void): Promise<Findings> {
  const rig = await startRig(say);
  try {
    const worker = await rig.startWorker();
    const beginning = watchUsage({ worker: worker.pid });
    await begin(rig, count, metrics);
    const begun = beginning.stop();
    const from = now();
    say(`${count} windows with ${metrics} metric(s) each: watching for ${minutes} minutes`);
    const usage = watchUsage({ worker: worker.pid, server: rig.temporal.pid });
    await delay(minutes * 60_000);
    const used = usage.stop();
    const taken = rig.prometheus.asked.filter((one) => one.at >= from && one.instants.length === 1);
    const lateness = taken.map((one) => one.at - (one.instants[0] ?? 0));
    const late = lateness.filter((ms) => ms > lateMs).length;
    const { due, missed } = instantsOf(rig, from, now());
    const name = `${count} windows, ${metrics === 1 ? '1 metric' : `${metrics} metrics`}`;
    const strict = count <= 200 && metrics === 1;
    return {
      series: [{ what: `${name}: instant → query`, unit: 'ms', samples: lateness }],
      facts: [
        {
          what: `${name}: queries due / made / late / missed`,
          value: `${due} / ${due - missed} / ${late} / ${missed}`,
          aim: '0 late, 0 missed',
          met: late + missed === 0,
        },
        {
          what: `${name}: worker`,
          value: usageText(used.worker),
          ...(strict
            ? { aim: '< 10 %, < 300 MB', met: used.worker.cpuPercent < 10 && used.worker.rssMaxMb < 300 }
            : {}),
        },
        { what: `${name}: Temporal server`, value: usageText(used.server) },
        { what: `${name}: worker, while they began`, value: `at most ${begun.worker.rssMaxMb.toFixed(0)} MB` },
      ],
      notes: [],
    };
  } finally {
    await rig.close();
  }
}

/** Starts the runs and waits until each window has been asked for its first sample. */
async function begin(rig: Rig, count: number, metrics: number): Promise<void> {
  const window = { length: span(3_600_000), every: span(every), deadline: span(7_200_000) };
  const ids = Array.from({ length: count }, (_, index) => `window-${index}`);
  await startMany(rig, ids, (id) => rig.start(onlyWindow(id, window, metrics), marked(rig.environment, id, metrics)));
}

/** How many instants of all queries' grids fell due between the two times, and how many of them nobody asked for in time. */
function instantsOf(rig: Rig, from: number, to: number): { due: number; missed: number } {
  const grids = new Map<string, Set<number>>();
  for (const { query, instants } of rig.prometheus.asked) {
    const grid = grids.get(query) ?? new Set();
    if (instants.length === 1) for (const instant of instants) grid.add(instant);
    grids.set(query, grid);
  }
  let due = 0;
  let missed = 0;
  for (const grid of grids.values()) {
    const first = Math.min(...grid);
    const next = first + Math.max(0, Math.ceil((from - first) / every)) * every;
    // What fell due in the last moment may still be on its way.
    for (let instant = next; instant < to - 2000; instant += every) {
      due += 1;
      if (!grid.has(instant)) missed += 1;
    }
  }
  return { due, missed };
}
