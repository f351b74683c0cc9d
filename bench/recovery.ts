import { span } from '../test/support/stage/plans.js';
import { migrationId, phaseWorkflowId } from '../src/plan/names.js';
import { now } from './support/clock.js';
import { until } from '../test/support/until.js';
import type { Benchmark, BenchOptions, Findings } from './support/findings.js';
import { marked, onlyWindow, runOf } from './support/plans.js';
import { startRig, type Rig } from './support/rig.js';

export const recovery: Benchmark = { name: 'recovery', title: 'from SIGKILL of a worker to the next sample', run };

const every = 1000;
const windowsAtOnce = 10;
/** As in the workflows' `windows` options. */
const heartbeatTimeoutMs = 12_000;

async function run({ trials = 5, say }: BenchOptions): Promise<Findings> {
  const rig = await startRig(say);
  try {
    const ids = Array.from({ length: windowsAtOnce }, (_, index) => `recovery-${index}`);
    const window = { length: span(3_600_000), every: span(every), deadline: span(7_200_000) };
    const workers = new Map<number, Awaited<ReturnType<Rig['startWorker']>>>();
    const hire = async (): Promise<void> => {
      const worker = await rig.startWorker();
      workers.set(worker.pid, worker);
    };
    await hire();
    for (const id of ids) await rig.start(onlyWindow(id, window), marked(rig.environment, id));
    await until('every window', () => ids.every((id) => asked(rig, id) >= 2));
    const waits: number[] = [];
    for (let trial = 1; trial <= trials; trial += 1) {
      await hire();
      const owners = await Promise.all(ids.map((id) => ownerOf(rig, id)));
      const victim = owners.find((pid) => workers.has(pid));
      const worker = victim === undefined ? undefined : workers.get(victim);
      if (!worker) throw new Error(`no worker of ours has a window: ${owners.join(', ')}`);
      const orphans = ids.filter((_, index) => owners[index] === worker.pid);
      const killedAt = now();
      process.kill(worker.pid, 'SIGKILL');
      await worker.exited;
      workers.delete(worker.pid);
      for (const id of orphans)
        waits.push((await until(`${id} to go on`, () => firstAfter(rig, id, killedAt + 100))) - killedAt);
      say(`worker ${trial} of ${trials} killed: ${orphans.length} windows went on`);
    }
    const missed = ids.map((id) => missing(rig, id));
    return {
      series: [
        {
          what: 'worker killed → its window asks for the next sample elsewhere',
          unit: 's',
          samples: waits.map((ms) => ms / 1000),
          aim: { max: (heartbeatTimeoutMs + 2000) / 1000 },
        },
      ],
      facts: [
        {
          what: 'samples lost',
          value: String(missed.reduce((sum, count) => sum + count, 0)),
          aim: '0',
          met: missed.every((count) => count === 0),
        },
      ],
      notes: [
        `${windowsAtOnce} windows, a sample every ${every / 1000} s, ${trials} kills; another worker is polling. Heartbeat timeout ${heartbeatTimeoutMs / 1000} s. STUB Prometheus.`,
        'A sample is lost when its instant was never asked for, alone or in a range.',
      ],
    };
  } finally {
    await rig.close();
  }
}

function asked(rig: Rig, id: string): number {
  return rig.prometheus.asked.filter((one) => runOf(one.query) === id).length;
}

function firstAfter(rig: Rig, id: string, at: number): number | undefined {
  return rig.prometheus.asked.find((one) => one.at > at && runOf(one.query) === id)?.at;
}

/** Instants of the grid, between the first and the last that were asked for, that nobody asked for. */
function missing(rig: Rig, id: string): number {
  const instants = new Set(
    rig.prometheus.asked.filter((one) => runOf(one.query) === id).flatMap((one) => one.instants)
  );
  const first = Math.min(...instants);
  return Math.round((Math.max(...instants) - first) / every) + 1 - instants.size;
}

/** Process id of the worker that runs the window; the SDK's default identity begins with it. */
async function ownerOf(rig: Rig, id: string): Promise<number> {
  const handle = rig.client.workflow.getHandle(phaseWorkflowId(migrationId(rig.environment.id, id), '1a'));
  const { raw } = await handle.describe();
  const window = raw.pendingActivities?.find((one) => one.activityType?.name === 'watchWindow');
  return Number.parseInt(window?.lastWorkerIdentity ?? '', 10);
}
