import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { migrationId, phaseWorkflowId, rollbackWorkflowId } from '../src/plan/names.js';
import { span } from '../test/support/stage/plans.js';
import { badValue } from './support/bad-value.js';
import { until } from '../test/support/until.js';
import type { Benchmark, BenchOptions, Findings } from './support/findings.js';
import { eventsOf, firstAt } from './support/histories.js';
import { watchedFlag } from './support/plans.js';
import { startRig, type Rig } from './support/rig.js';

export const breach: Benchmark = { name: 'breach', title: 'from a bad sample to the flag put back', run };

const every = 1000;

/** One trial: epoch ms of what happened, from the bad answer to the changed file. */
interface Trial {
  answered: number;
  judged: number;
  rollbackAsked: number;
  rollbackStarted: number;
  rollbackTask: number;
  undoScheduled: number;
  undoStarted: number;
  putBack: number;
}

async function run({ trials = 40, say }: BenchOptions): Promise<Findings> {
  const rig = await startRig(say);
  try {
    await rig.startWorker();
    const seen: Trial[] = [];
    for (let index = 0; index <= trials; index += 1) seen.push(await trial(rig, `breach-${index}`));
    // The first one warms caches up that every longer run has warm.
    const all = seen.slice(1);
    const between = (from: keyof Trial, to: keyof Trial): number[] => all.map((one) => one[to] - one[from]);
    return {
      series: [
        {
          what: 'bad sample answered → undo of the flag called',
          unit: 'ms',
          samples: between('answered', 'undoStarted'),
          aim: { p50: 60, p95: 150 },
        },
        { what: 'bad sample answered → flag file changed', unit: 'ms', samples: between('answered', 'putBack') },
        { what: 'of it: → window judged, its evidence stored', unit: 'ms', samples: between('answered', 'judged') },
        { what: 'of it: → phase asks for the rollback', unit: 'ms', samples: between('judged', 'rollbackAsked') },
        { what: 'of it: → rollback workflow there', unit: 'ms', samples: between('rollbackAsked', 'rollbackStarted') },
        {
          what: 'of it: → a worker has its first task',
          unit: 'ms',
          samples: between('rollbackStarted', 'rollbackTask'),
        },
        { what: 'of it: → undo scheduled', unit: 'ms', samples: between('rollbackTask', 'undoScheduled') },
        { what: 'of it: → undo called', unit: 'ms', samples: between('undoScheduled', 'undoStarted') },
        { what: 'of it: → file changed', unit: 'ms', samples: between('undoStarted', 'putBack') },
      ],
      facts: [],
      notes: [
        `A real Temporal server, a worker process, a flagd file; STUB Prometheus, which stamps the answer. Samples every ${every / 1000} s; the wait for the next sample is not in the figures.`,
        'One warm-up run, not counted. The parts are event times of the server, on the same clock.',
      ],
    };
  } finally {
    await rig.close();
  }
}

async function trial(rig: Rig, id: string): Promise<Trial> {
  const { prometheus, client, flagsFile } = rig;
  const bad = badValue(rig);
  try {
    const handle = await rig.start(
      watchedFlag(id, { length: span(60_000), every: span(every), deadline: span(90_000) })
    );
    await until(
      'three samples after the change',
      () => prometheus.asked.length >= 3 && readFileSync(flagsFile, 'utf8') !== bad.before
    );
    await delay(Math.random() * every);
    bad.turnBad();
    await until('the flag put back', () => bad.putBack !== undefined);
    await handle.result().catch(() => undefined);
    const migration = migrationId(rig.environment.id, id);
    const phase = await eventsOf(client, phaseWorkflowId(migration, '1a'));
    const rollback = await eventsOf(client, rollbackWorkflowId(migration, '1a'));
    return {
      answered: bad.answered ?? Number.NaN,
      judged: firstAt(phase, 'ACTIVITY_TASK_COMPLETED', 'watchWindow') ?? Number.NaN,
      rollbackAsked: firstAt(phase, 'START_CHILD_WORKFLOW_EXECUTION_INITIATED') ?? Number.NaN,
      rollbackStarted: firstAt(rollback, 'WORKFLOW_EXECUTION_STARTED') ?? Number.NaN,
      rollbackTask: firstAt(rollback, 'WORKFLOW_TASK_STARTED') ?? Number.NaN,
      undoScheduled: firstAt(rollback, 'ACTIVITY_TASK_SCHEDULED', 'undoChange') ?? Number.NaN,
      undoStarted: firstAt(rollback, 'ACTIVITY_TASK_STARTED', 'undoChange') ?? Number.NaN,
      putBack: bad.putBack ?? Number.NaN,
    };
  } finally {
    bad.stop();
  }
}
