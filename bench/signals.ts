import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import fc from 'fast-check';
import { phaseWorkflowId } from '../src/plan/names.js';
import type { PhaseStatus } from '../src/plan/run-status.js';
import { badSignals } from '../test/full/signals/bad-signals.js';
import { sendAll } from '../test/full/signals/send.js';
import { approval, phase, plan, span, step } from '../test/support/stage/plans.js';
import { until } from '../test/support/until.js';
import type { Benchmark, BenchOptions, Fact, Findings } from './support/findings.js';
import { flagKey, startRig } from './support/rig.js';
import { watchUsage } from './support/usage.js';

export const signals: Benchmark = { name: 'signals', title: 'bad signals to one run', run };

const rounds = [0, 1000, 4000, 5000];
/** In which a worker that has nothing to do may tidy up. */
const restMs = 10_000;

async function run({ say }: BenchOptions): Promise<Findings> {
  const rig = await startRig(say);
  try {
    const worker = await rig.startWorker();
    const patient = approval({ expires: span(3_600_000), remindEvery: span(3_600_000) });
    const handle = await rig.start(
      plan([phase('1a', { steps: [step.flag('core', { key: flagKey })], approval: patient })], { id: 'signals' })
    );
    const phaseHandle = rig.client.workflow.getHandle(phaseWorkflowId(handle.workflowId, '1a'));
    const status = (): Promise<PhaseStatus> => phaseHandle.query<PhaseStatus>('status');
    await until('the gate', async () => (await status().catch(() => undefined))?.gates.length === 1);
    const facts: Fact[] = [];
    let sent = 0;
    for (const more of rounds) {
      sent += more;
      const bad = badSignals({ endedPhase: '0a', digest: 'sha256:0' });
      const all = more === 0 ? [] : fc.sample(bad, { numRuns: more, seed: sent });
      const usage = watchUsage({ worker: worker.pid });
      await sendAll(rig.client, handle.workflowId, all, 20);
      // Messages are taken in their order: the refusal of this one comes behind all of them.
      for (const one of [phaseHandle, handle]) await until('an answer', () => isRefused(one), { withinMs: 300_000 });
      const under = usage.stop().worker;
      const resting = watchUsage({ worker: worker.pid });
      await delay(restMs);
      const { rssMb } = resting.stop().worker;
      facts.push({
        what: `worker after ${sent} signals`,
        value: `${rssMb.toFixed(0)} MB, at most ${under.rssMaxMb.toFixed(0)} MB while they came`,
      });
    }
    for (const [what, one] of [['the run', handle] as const, ['its phase', phaseHandle] as const]) {
      const { historyLength, raw } = await one.describe();
      const kb = Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0) / 1024;
      facts.push({ what: `history of ${what}`, value: `${historyLength} events, ${kb.toFixed(0)} KB` });
    }
    const { gates, decisions } = await status();
    facts.push({
      what: 'gates open, decisions counted',
      value: `${gates.length}, ${decisions.length}`,
      aim: '1, 0',
      met: gates.length === 1 && decisions.length === 0,
    });
    return {
      series: [],
      facts,
      notes: [
        `Malformed, stale, early, late and misaddressed, 20 at a time, two thirds of them to the phase; then ${restMs / 1000} s of rest. About 7 % are for a phase that has ended, which this plan does not have: the server refuses them, and the worker sees about 9,300 of 10,000.`,
      ],
    };
  } finally {
    await rig.close();
  }
}

/** Throws while the server hands nothing on, since it has too much to hand on. */
async function isRefused(handle: WorkflowHandle): Promise<true> {
  const wrong = { by: 'erin', gate: '1b/approval#1' };
  try {
    await handle.executeUpdate<unknown, [object]>('approve', { args: [wrong] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  }
  return true;
}
