import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/model.js';
import { alertHandle, guardedPlan, guardHandle, guardStatus, keepsBackTheGuard } from '../../support/stage/guarded.js';
import { approval, cleanup, incidents, phase, plan, span, step, task, windowSpec } from '../../support/stage/plans.js';
import { resetBefore, scheduled } from '../../support/stage/reset.js';
import { openStage, type Run, type Stage } from '../../support/stage/stage.js';
import { door } from '../../support/stage/world.js';
import { historyOf } from '../../replay/histories.js';
import { playAndReplay, replayed, type Scenario } from './play.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const two = (change: Partial<Plan> = {}): Plan =>
  plan(
    [
      phase('1a', {
        before: [step.check('backups'), step.attest('team')],
        steps: [step.flag('core'), step.deployTo('core'), step.watch('window'), step.traffic('ramp', 'FLAG_CORE')],
        success: windowSpec(),
        approval: approval(),
      }),
      phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deployTo('tools'), step.watch('window')] }),
    ],
    change
  );

async function gate(phaseId: string, kind: string): Promise<void> {
  await stage.until(kind, async () => (await stage.phase(phaseId)).gates.find((one) => one.kind === kind));
}

async function throughTheGates(): Promise<void> {
  await gate('1a', 'attestation');
  await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
  await gate('1a', 'approval');
  await stage.tell('1a', 'approve', { by: 'erin' });
}

/** The window of 1b finds this; all others pass. */
function second(found: 'FAIL' | 'HOLD' | 'never'): void {
  const never = (): Promise<never> => new Promise(() => undefined);
  stage.world.onWindow = (input) => {
    if (input.untilRecovered) return never();
    if (input.origin.address !== '1b/window#1') return 'PASS';
    return found === 'never' ? never() : found;
  };
}

async function inSecondWindow(): Promise<void> {
  second('never');
  await throughTheGates();
  await stage.until('the window', async () => (await stage.phase('1b')).steps.some((one) => one.id === 'window'));
}

const scenarios: Record<string, Omit<Scenario, 'plan'> & Partial<Scenario>> = {
  completed: { workflows: ['', '/phase/1a', '/phase/1b', 'locks'], play: () => throughTheGates() },
  failed: {
    workflows: ['', '/phase/1a'],
    async play() {
      await gate('1a', 'attestation');
      await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'failed', reason: 'ill' });
    },
  },
  rejected: {
    workflows: ['', '/phase/1a', '/rollback/1a'],
    async play(run) {
      await gate('1a', 'attestation');
      await run.signal('attest', { by: 'erin', item: '1a/team', answer: 'done' });
      await gate('1a', 'approval');
      await stage.phaseHandle('1a').signal('approve', { nonsense: true });
      await stage.phaseHandle('1a').signal('reject', { by: 'erin', reason: 'no' });
    },
  },
  'rolled-back': {
    workflows: ['', '/phase/1b', '/rollback/1b'],
    async play() {
      let broken = true;
      stage.world.onUndo = (entry) => {
        if (broken && entry.change.type === 'deploy') throw ApplicationFailure.nonRetryable('exit 1', 'PG317');
      };
      second('FAIL');
      await throughTheGates();
      await stage.until('the failing undo', async () => (await stage.rollback('1b')).gates[0]);
      broken = false;
      await stage.tell(stage.rollbackHandle('1b'), 'retry', 'dana');
    },
  },
  'goes-on': {
    workflows: ['', '/guard', '/alert/latency', '/incident/2'],
    plan: () =>
      guardedPlan([phase('1a', { steps: [step.flag('core')], approval: approval() })], { incidents: incidents() }),
    async before() {
      stage.world.series = { success: () => 0.99, latency: () => 4 };
    },
    async play(run) {
      await stage.gate('1a');
      await stage.until('the alert', () => stage.world.told.length > 0);
      await alertHandle(stage, 'latency').terminate('by mistake');
      await stage.tell(run, 'declare', { by: 'erin', severity: 2, reason: 'agents fail' });
      await stage.tell(stage.incidentHandle(1), 'acknowledge', 'erin');
      await stage.incidentHandle(1).terminate('by mistake');
      const incident = stage.incidentHandle(2);
      await stage.until('the other', async () => (await stage.incident(2)).acknowledged);
      await stage.tell(incident, 'resolve', { by: 'erin', reason: 'mended' });
      await stage.until('its draft', async () => (await stage.incident(2)).postMortem.draft);
      await stage.tell('1a', 'approve', 'erin');
      await run.result();
      await guardHandle(stage).result();
      await alertHandle(stage, 'latency').result();
      await stage.tell(incident, 'postmortem', { by: 'erin', link: 'https://wiki.example/1' });
      await incident.result();
    },
  },
  incident: {
    workflows: ['', '/phase/1b', '/incident/1'],
    plan: () => two({ incidents: incidents() }),
    async play(run) {
      await inSecondWindow();
      await stage.tell(run, 'declare', { by: 'erin', severity: 2, phase: '1a', customer: true, reason: 'agents fail' });
      const incident = stage.incidentHandle(1);
      await stage.tell(incident, 'acknowledge', 'erin');
      await stage.tell(incident, 'step', { by: 'erin', step: 'activate' });
      await stage.tell(run, 'rollback', { by: 'erin', phase: '1a', reason: 'no fix' });
      await stage.until('its end', async () => (await stage.incident(1)).rollback?.state === 'verified');
      await stage.tell(incident, 'resolve', { by: 'erin', reason: 'taken back' });
      await stage.until('the draft', async () => (await stage.incident(1)).postMortem.draft);
      await stage.tell(incident, 'postmortem', { by: 'erin', link: 'https://wiki.example/1' });
      await incident.result();
    },
  },
  cancelled: {
    workflows: ['', '/phase/1b', '/rollback/1b', '/rollback/all'],
    async play(run) {
      await inSecondWindow();
      await run.cancel();
    },
  },
  terminated: {
    workflows: ['', '/rollback/1b'],
    async play() {
      await inSecondWindow();
      await stage.phaseHandle('1b').terminate();
    },
  },
  'lost-rollback': {
    workflows: ['', '/phase/1b', '/rollback/all'],
    async play(run) {
      const undo = door();
      stage.world.onUndo = ({ phase: of }) => (of === '1b' ? undo.wait() : undefined);
      await inSecondWindow();
      await run.signal('rollback', { by: 'dana', reason: 'everything' });
      await undo.reached;
      await stage.rollbackHandle('1b').terminate();
      stage.world.onUndo = () => undefined;
      undo.open();
    },
  },
  waived: {
    workflows: ['', '/phase/1b'],
    async play() {
      second('HOLD');
      await throughTheGates();
      await gate('1b', 'hold');
      await stage.tell('1b', 'waive', { by: 'carlos', reason: 'known gap' });
    },
  },
  recovered: {
    workflows: ['/phase/1a'],
    async play(run) {
      let blind = true;
      stage.world.onWindow = (input) => {
        if (input.untilRecovered) return undefined;
        const found = blind ? 'HOLD' : 'PASS';
        blind = false;
        return found;
      };
      await gate('1a', 'attestation');
      await run.signal('pause', 'dana');
      await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
      await run.signal('resume', 'dana');
      await gate('1a', 'approval');
      await stage.tell('1a', 'approve', { by: 'erin' });
    },
  },
  reset: {
    workflows: ['', '/phase/1a', '/rollback/1a'],
    async play(run) {
      await gate('1a', 'attestation');
      await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
      await gate('1a', 'approval');
      await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('captureChange', 2));
      await gate('1a', 'hold');
      await stage.tell('1a', 'retry', 'dana');
      await gate('1a', 'approval');
      await run.executeUpdate('rollback', { args: [{ by: 'dana', reason: 'enough' }] });
    },
  },
};

describe('a clean-up of today replays on the build of today', () => {
  it('each of its executions: begun, told, answered, removed, refused, done, and cancelled', async () => {
    const left = cleanup([task.removal(['FLAG_CORE']), task.plain('docs')], { remindEvery: span(1500) });
    const [group] = left.groups;
    if (group) Object.assign(group, { schedule: { unit: 'week', from: 1, to: 1 }, length: span(2000) });
    const short = plan([phase('1a', { steps: [step.flag('core', { percent: 100 })] })], { cleanup: left });
    stage.world.onWindow = ({ origin }) => (origin.address === 'cleanup/remove-flags#1' ? 'HOLD' : 'PASS');
    const run = await stage.start(short, 'dana', { ...stage.environment, compression: { scale: 1_000_000 } });
    await run.result();
    const { workflowId } = run;
    await replayed({ name: 'left-to-cleanup-migration', workflowId, history: await run.fetchHistory() });
    const handle = stage.cleanupHandle();
    const answer = (item: string): Promise<unknown> =>
      stage.tell(handle, 'attest', { by: 'erin', item, answer: 'done' });
    const first = (await handle.describe()).runId;
    await stage.until('reminders', () => stage.world.notes.filter(({ kind }) => kind === 'reminder').length > 1);
    await answer('remove-flags');
    await stage.until('its refusal', async () => (await stage.cleanup()).steps.some(({ state }) => state === 'failed'));
    await handle.signal('attest', { nonsense: true });
    await answer('remove-flags');
    await stage.until('the removal', async () => (await stage.cleanup()).steps.some(({ state }) => state === 'passed'));
    await handle.signal('attest', { by: 'lee', item: 'docs', answer: 'done' });
    await handle.result();
    const chain = await executionsSince(first, handle.workflowId);
    // Answers that come soon after each other share one.
    expect(chain.length).toBeGreaterThan(1);
    await (await stage.start(short, 'dana', { ...stage.environment, compression: { scale: 1_000_000 } })).result();
    const again = (await handle.describe()).runId;
    await handle.cancel();
    await handle.result().catch(() => undefined);
    const all = [
      ...chain,
      ...(await executionsSince(again, handle.workflowId)).map((one) => ({ ...one, how: 'cancelled' })),
    ];
    for (const [index, { runId, how }] of all.entries()) {
      const history = await stage.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
      await replayed({ name: `${how}-cleanup-${index + 1}`, workflowId: handle.workflowId, history });
    }
  });
});

describe('a guard of today replays on the build of today', () => {
  it('each of its executions: news of an amber metric, a red one that is critical, and its end', async () => {
    stage.world.series = { success: () => 0.99, latency: () => 1 };
    const run = await stage.start(guardedPlan([phase('1a', { steps: [step.flag('core')], approval: approval() })]));
    await gate('1a', 'approval');
    const handle = guardHandle(stage);
    const first = await stage.until('the guard', async () => (await handle.describe()).runId);
    stage.world.series['latency'] = () => 4;
    await stage.until('the first news', async () => (await guardStatus(stage)).alerts.length > 0);
    stage.world.series['success'] = () => 0.5;
    await run.result().catch(() => undefined);
    await stage.until('its end', async () => (await guardStatus(stage)).state === 'ended');
    const chain = await executionsSince(first, handle.workflowId);
    expect(chain.length).toBeGreaterThan(2);
    for (const [index, { runId, how }] of chain.entries()) {
      const history = await stage.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
      await replayed({ name: `${how}-guard-${index + 1}`, workflowId: handle.workflowId, history });
    }
    // Each of its alerts, which hears at last that nobody watches any more.
    for (const key of ['latency', 'success']) {
      const alert = alertHandle(stage, key);
      await alert.result();
      await replayed({ name: `ended-alert-${key}`, workflowId: alert.workflowId, history: await alert.fetchHistory() });
    }
  });
});

describe('a guard whose worker was gone when its run ended replays on the build of today', () => {
  it.each([
    ['looked-at-last', (): void => undefined],
    [
      'could-not-look-at-last',
      (): never => {
        throw ApplicationFailure.nonRetryable('its source is gone');
      },
    ],
  ])('%s', async (name, atLast) => {
    stage.world.onGuard = (input) => {
      if (!input.catchUp) throw new Error('its worker is gone');
      atLast();
      return input;
    };
    stage.world.series = { success: () => 0.99, latency: () => 1 };
    await guardedToItsEnd();
    const handle = guardHandle(stage);
    await handle.result();
    const { workflowId } = handle;
    await replayed({ name: `${name}-guard`, workflowId, history: await historyOf(stage.client, workflowId) });
  });
});

it('a run that waited for the guard of the run before it replays on the build of today', async () => {
  const keeping = keepsBackTheGuard(stage);
  await guardedToItsEnd();
  const run = await guardedToItsEnd(async (handle) => {
    const failed = async (): Promise<boolean> =>
      ((await handle.fetchHistory()).events ?? []).some((one) => one.startChildWorkflowExecutionFailedEventAttributes);
    await stage.until('the first try', failed);
    keeping.open();
    await stage.until('its guard', async () => (await stage.status()).guard?.state === 'watching');
  });
  const { workflowId } = run;
  await replayed({
    name: 'waited-for-a-guard-migration',
    workflowId,
    history: await historyOf(stage.client, workflowId),
  });
});

/** A run under guard, to its end; what happens before its approval. */
async function guardedToItsEnd(before: (run: Run) => Promise<void> = () => Promise.resolve()): Promise<Run> {
  const run = await stage.start(guardedPlan([phase('1a', { steps: [step.flag('core')], approval: approval() })]));
  await gate('1a', 'approval');
  await stage.until('the guard', async () => (await stage.status()).guard !== undefined);
  await before(run);
  await stage.tell('1a', 'approve', { by: 'erin' });
  await run.result();
  return run;
}

/** The executions of a chain, oldest first: each history names the one that it continued as. */
async function executionsSince(first: string, workflowId: string): Promise<Array<{ runId: string; how: string }>> {
  const next = await nextOf(workflowId, first);
  const here = { runId: first, how: next === undefined ? 'completed' : 'continued' };
  return next === undefined ? [here] : [here, ...(await executionsSince(next, workflowId))];
}

async function nextOf(workflowId: string, runId: string): Promise<string | undefined> {
  const { events } = await stage.client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
}

describe('a run of today replays on the build of today', () => {
  it.each(Object.entries(scenarios))('%s', (name, scenario) => playAndReplay(stage, name, { plan: two, ...scenario }));
});
