import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/model.js';
import { guardWorkflowId } from '../../../src/plan/names.js';
import type { GuardStatus } from '../../../src/plan/watch-status.js';
import type { GuardCourse } from '../../support/fire/model/account.js';
import { lookComplaints } from '../../support/fire/model/looks.js';
import { goLive, type Live } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { guardedMetrics } from '../../support/stage/guarded.js';
import { phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';

/** A flag is on, and people are asked, for as long as it takes. */
function waiting(): Plan {
  const { success } = guardedMetrics;
  return plan([phase('1a', { steps: [step.flag('core'), step.attest('real-user')] })], {
    metrics: { success: success! },
    guard: { every: span(1000), inARow: 2, recoveredInARow: 3, missingInARow: 5, metrics: ['success'] },
    rollback: {
      metrics: ['success'],
      window: windowSpec({ length: span(3000), every: span(1000), deadline: span(60_000) }),
      checks: [],
    },
  });
}

function watched(live: Live): Promise<unknown> {
  return live.until('the first looks of the guard', async () => (await live.guardAt()) >= 4);
}

/** What the model says of the looks of the guard; when what it moved was moved, nobody recorded here. */
function complaintsOf(live: Live, until?: string): string[] {
  const query = live.environment.metrics.bindings['success']?.promql ?? '';
  const guard: GuardCourse = { ...(until === undefined ? {} : { until }), inARow: 2, criticalBelow: { [query]: 0.8 } };
  return lookComplaints({ guard }, { ...live.measured(), states: {} });
}

describe('a run under guard, over a real Prometheus', () => {
  it('is rolled back for a breach that came and went while no worker ran', { timeout: 150_000 }, async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_CORE']);
    const before = live.flag('FLAG_CORE');
    const first = await live.startWorker();
    const run = await live.start(waiting());
    await watched(live);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    live.target.set(0.5);
    const badSince = Date.now();
    await live.until('six bad seconds', () => Date.now() - badSince > 6000);
    live.target.set(1);
    const goodSince = Date.now();
    await live.until('six good seconds', () => Date.now() - goodSince > 6000);
    expect(live.flag('FLAG_CORE')).not.toEqual(before);
    await live.startWorker();
    await expect(run.result()).rejects.toMatchObject({
      cause: {
        type: 'rolled-back-verified',
        message: expect.stringContaining('success is beyond its critical threshold (< 80%): 50% at'),
      },
    });
    expect(live.flag('FLAG_CORE')).toEqual(before);
    const guard = (await live.client.workflow.getHandle(guardWorkflowId(run.workflowId)).result()) as GuardStatus;
    expect(guard.state).toBe('ended');
    expect(guard.news?.[0]).toMatchObject({ metric: 'success', to: 'critical', value: 0.5 });
    expect(guard.evidence).toHaveLength(1);
    const kept = await live.evidence.get(guard.evidence?.[0]?.digest ?? '');
    expect(JSON.parse(kept)).toMatchObject({ kind: 'guard', document: { news: guard.news } });
    expect(complaintsOf(live, 'rollback/metrics')).toEqual([]);
  });

  it('goes on when its worker is killed and nothing was wrong', { timeout: 120_000 }, async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_CORE']);
    const first = await live.startWorker();
    const run = await live.start(waiting());
    await watched(live);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const seen = await live.guardAt();
    await live.startWorker();
    await live.until('the next looks of the guard', async () => (await live.guardAt()) > seen);
    await live.until('the attestation', async () => (await live.phase('1a')).gates.length > 0);
    await live.client.workflow
      .getHandle(`${run.workflowId}/phase/1a`)
      .signal('attest', { by: 'erin', item: 'real-user', answer: 'done' });
    expect((await run.result()).outcome?.kind).toBe('completed');
    const guard = (await live.client.workflow.getHandle(guardWorkflowId(run.workflowId)).result()) as GuardStatus;
    expect(guard.metrics).toMatchObject([{ metric: 'success', state: 'ok', value: 1 }]);
    expect(complaintsOf(live)).toEqual([]);
  });
});
