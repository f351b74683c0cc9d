import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment, Metric, Plan } from '../src/plan/model.js';
import { guardWorkflowId, incidentWorkflowId, migrationId } from '../src/plan/names.js';
import { approval, phase, plan, span, step } from '../test/support/stage/plans.js';
import { until } from '../test/support/until.js';
import { badValue } from './support/bad-value.js';
import type { Benchmark, BenchOptions, Fact, Findings } from './support/findings.js';
import { eventsOf, firstAt } from './support/histories.js';
import { startPager, type Pager } from './support/pager.js';
import { writeFlags } from './support/flags.js';
import { marked, metricNames, quickRollback } from './support/plans.js';
import { startRig, type Rig } from './support/rig.js';
import { startMany } from './support/start-many.js';
import { usageText, watchUsage } from './support/usage.js';

export const watch: Benchmark = {
  name: 'watch',
  title: 'from a critical sample to the people, and what watching costs',
  run,
};

const every = 1000;
const guardedEvery = 15_000;
/** As many as the shipped plan has. */
const phaseFlags = ['FLAG_CORE', 'FLAG_AGENTS', 'FLAG_ROUTING', 'FLAG_LEARNING'];

async function run(options: BenchOptions): Promise<Findings> {
  const reaction = await reactions(options);
  const facts: Fact[] = [];
  for (const count of options.windows.filter((windows) => windows <= 200)) {
    for (const metrics of options.metrics) facts.push(...(await guards(count, metrics, options)));
  }
  return { ...reaction, facts };
}

/** Epoch ms of what happened to one run whose metric went critical. */
interface Trial {
  answered: number;
  opened: number;
  putBack: number;
  paged: number;
}

async function reactions({ trials = 20, say }: BenchOptions): Promise<Findings> {
  const rig = await startRig(say);
  const pager = await startPager();
  const where = {
    ...rig.environment,
    flags: { provider: 'flagd', file: writeFlags(rig.flagsFile, phaseFlags) } as const,
  };
  try {
    await rig.startWorker();
    const seen: Trial[] = [];
    for (let index = 0; index <= trials; index += 1) seen.push(await trial(rig, pager, `watch-${index}`, where));
    // The first one warms caches up that every longer run has warm.
    const all = seen.slice(1);
    const since = (what: keyof Trial): number[] => all.map((one) => one[what] - one.answered);
    return {
      series: [
        { what: 'critical sample answered → incident opened', unit: 'ms', samples: since('opened') },
        {
          what: `critical sample answered → all ${phaseFlags.length} flags back`,
          unit: 'ms',
          samples: since('putBack'),
        },
        { what: 'critical sample answered → first page taken', unit: 'ms', samples: since('paged') },
      ],
      facts: [],
      notes: [
        `A run that waits for an approval behind the flags of ${phaseFlags.length} phases, one each; a guard that looks every ${every / 1000} s, for which one critical sample counts. A real Temporal server, a worker process, a flagd file; STUB Prometheus, which stamps the answer, and a STUB of PagerDuty's Events API. The wait for the next sample is not in the figures.`,
        `The guards of many runs: each looks every ${guardedEvery / 1000} s at its metrics while its run waits for an approval; measured from a minute after all had begun.`,
      ],
    };
  } finally {
    await pager.close();
    await rig.close();
  }
}

async function trial(rig: Rig, pager: Pager, id: string, where: Environment): Promise<Trial> {
  const { prometheus, client, flagsFile } = rig;
  const bad = badValue(rig);
  pager.pages.length = 0;
  try {
    const handle = await rig.start(guarded(id, every, 1, phaseFlags), paged(where, pager));
    await until('all flags moved', () => allMoved(flagsFile));
    prometheus.asked.length = 0;
    await until('three looks of the guard', () => prometheus.asked.length >= 3);
    await delay(Math.random() * every);
    bad.turnBad();
    await until('all flags put back', () => bad.putBack !== undefined);
    await until('a page', () => pager.pages.length > 0);
    await handle.result().catch(() => undefined);
    const incident = await eventsOf(client, incidentWorkflowId(migrationId(rig.environment.id, id), 1));
    return {
      answered: bad.answered ?? Number.NaN,
      opened: firstAt(incident, 'WORKFLOW_EXECUTION_STARTED') ?? Number.NaN,
      putBack: bad.putBack ?? Number.NaN,
      paged: pager.pages[0] ?? Number.NaN,
    };
  } finally {
    bad.stop();
  }
}

async function guards(count: number, metrics: number, { minutes, say }: BenchOptions): Promise<Fact[]> {
  const rig = await startRig(say);
  try {
    const worker = await rig.startWorker();
    // Each run moves a flag of its own: two runs never hold the same one.
    const keys = Array.from({ length: count }, (_, index) => `FLAG_${index}`);
    const flags = { provider: 'flagd', file: writeFlags(join(dirname(rig.flagsFile), 'many.json'), keys) } as const;
    const ids = keys.map((_, index) => `guarded-${index}`);
    await startMany(rig, ids, (id, index) =>
      rig.start(guarded(id, guardedEvery, metrics, keys.slice(index, index + 1)), {
        ...marked(rig.environment, id, metrics),
        flags,
      })
    );
    say(`${count} guards with ${metrics} metric(s) each: watching for ${minutes} minutes`);
    const usage = watchUsage({ worker: worker.pid, server: rig.temporal.pid });
    await delay(minutes * 60_000);
    const used = usage.stop();
    const name = `guards of ${count} runs, ${metrics === 1 ? '1 metric' : `${metrics} metrics`} each`;
    const { historyLength } = await rig.client.workflow
      .getHandle(guardWorkflowId(migrationId(rig.environment.id, 'guarded-0')))
      .describe();
    return [
      { what: `${name}: worker`, value: usageText(used.worker) },
      { what: `${name}: Temporal server`, value: usageText(used.server) },
      { what: `${name}: events of a guard by then`, value: String(historyLength) },
    ];
  } finally {
    await rig.close();
  }
}

function allMoved(file: string): boolean {
  const { flags } = JSON.parse(readFileSync(file, 'utf8')) as { flags: Record<string, { targeting?: unknown }> };
  return Object.values(flags).every(({ targeting }) => targeting !== undefined);
}

/**
 * A run that waits behind its flags, of a phase each, with a guard over so many metrics whose critical threshold is
 * 80 %.
 */
function guarded(id: string, everyMs: number, metrics: number, keys: readonly string[]): Plan {
  const names = metricNames(metrics);
  const watched = names.map((name): Metric => ({
    name,
    description: 'share of good answers',
    unit: 'ratio',
    priority: 'red',
    gates: true,
    target: { op: '>', value: 0.95, text: '> 95%' },
    critical: { op: '<', value: 0.8, text: '< 80%' },
  }));
  const asks = approval({ roles: { lead: 1 }, expires: span(3_600_000), remindEvery: span(3_600_000) });
  const route = {
    channels: ['pager'],
    to: ['lead'],
    escalate: { after: span(300_000), to: ['cto'] },
    remindEvery: span(3_600_000),
  };
  const severity = { respondWithin: span(300_000), escalateTo: ['cto'], escalateAfter: span(300_000), causes: [] };
  const phases = keys.map((key, index) =>
    phase(`p${index + 1}`, {
      steps: [step.flag('core', { key })],
      ...(index === keys.length - 1 ? { approval: asks } : {}),
    })
  );
  return plan(phases, {
    id,
    rollback: quickRollback,
    metrics: Object.fromEntries(watched.map((metric) => [metric.name, metric])),
    guard: { every: span(everyMs), inARow: 1, recoveredInARow: 2, missingInARow: 3, metrics: names },
    alerts: { routes: { critical: route, warning: route }, templates: [] },
    incidents: {
      severities: [{ ...severity, severity: 1, title: 'Critical', reach: 'all', action: 'Roll everything back' }],
      multipleWithin: span(86_400_000),
      postMortem: { within: span(172_800_000), by: 'lead', remindEvery: span(86_400_000) },
    },
  });
}

function paged(environment: Environment, { url }: Pager): Environment {
  return { ...environment, channels: [{ kind: 'pagerduty', name: 'pager', url, routingKey: 'bench' }] };
}
