import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRollback } from '../../../src/client/act/rollback.js';
import type { BeforeItem, Phase } from '../../../src/plan/model.js';
import { evidenceWorkflowId, workflowQueue } from '../../../src/plan/names.js';
import { linkOf } from '../../support/stage/link.js';
import { approval, incidents, phase, plan, span, step } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';
import { playAndReplay, replayed, type Scenario } from './play.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** A day of the plan takes 4.3 s. */
const compressed = { scale: 20_000 };

async function gate(phaseId: string, kind: string): Promise<void> {
  await stage.until(kind, async () => (await stage.phase(phaseId)).gates.find((one) => one.kind === kind));
}

function checklists(id: string, items: BeforeItem[], change: Partial<Phase> = {}): Phase {
  return phase(id, {
    checklists: [{ id, title: id, items: items.map((item) => item.id) }],
    before: items.map((item) => ({ ...item, onFail: 'hold' })),
    steps: [],
    ...change,
  });
}

/** A stage from so many ms after phase 1a to so many. */
function validation(id: string, after: string, from: number, to: number, items: BeforeItem[]): Phase {
  const rollbackApproval = approval({ roles: { cto: 1 }, allowStarter: true });
  return checklists(id, items, {
    after: [after],
    stage: { since: '1a', from: span(from), to: span(to), repeatEvery: span(100), rollbackApproval },
  });
}

const watched = step.throughout('errors');
const baseline = step.baseline('new-baselines');

const scenarios: Record<string, Scenario> = {
  'with-checklists': {
    workflows: ['', '/phase/pre-deployment'],
    plan: () =>
      plan([
        checklists('pre-deployment', [step.attest('team'), step.attest('load'), step.check('backups')], {
          approval: approval({ roles: { cto: 1 } }),
        }),
        phase('1a', { after: ['pre-deployment'] }),
      ]),
    async play() {
      const answer = (item: string, said: object = { answer: 'done' }): Promise<unknown> =>
        stage.tell('pre-deployment', 'attest', { by: 'erin', item, ...said });
      await stage.gate('pre-deployment', 'pre-deployment/load#1');
      await answer('team');
      await answer('load', { answer: 'failed', reason: 'too slow' });
      await gate('pre-deployment', 'hold');
      await stage.tell('pre-deployment', 'retry', { by: 'dana', gate: 'pre-deployment/load#1' });
      await stage.gate('pre-deployment', 'pre-deployment/load#2');
      await answer('load');
      await gate('pre-deployment', 'approval');
      await stage.tell('pre-deployment', 'approve', 'carlos');
    },
  },
  validated: {
    workflows: ['', '/phase/early', '/phase/late'],
    plan: () =>
      plan([
        phase('1a'),
        validation('early', '1a', 0, 300, [step.check('health'), watched, step.attest('support')]),
        validation('late', 'early', 600, 900, [step.check('trends'), baseline]),
      ]),
    async play() {
      await gate('early', 'attestation');
      await stage.tell('early', 'attest', { by: 'erin', item: 'support', answer: 'done' });
    },
  },
  'validated-and-taken-back': {
    workflows: ['', '/phase/late', '/rollback/all'],
    plan: () =>
      plan([
        phase('1a'),
        validation('late', '1a', 0, 600_000, [step.check('health'), watched, step.attest('support')]),
      ]),
    async play(run) {
      await gate('late', 'attestation');
      await stage.tell(run, 'rollback', { by: 'dana', reason: 'customers complain' });
      await gate('late', 'approval');
      await stage.tell('late', 'approve', { by: 'carlos', gate: 'rollback' });
    },
  },
  'held-between-stages': {
    workflows: ['', '/phase/late', '/incident/1'],
    plan: () =>
      plan(
        [
          phase('1a'),
          validation('early', '1a', 0, 10_000, [step.check('health')]),
          validation('late', 'early', 10_000, 600_000, [step.attest('support')]),
        ],
        { incidents: incidents() }
      ),
    async play(run) {
      await stage.until('the stage', async () => (await stage.status()).phases[1]?.state === 'running');
      const declared = { by: 'erin', cause: 'component', reason: 'agents fail' };
      await stage.tell(run, 'declare', declared);
      await run.signal('trouble', {
        dedupKey: 'alertmanager/1',
        source: 'alertmanager',
        cause: 'component',
        title: 'Agents fail',
        reason: 'half of them',
        level: 'critical',
        at: 1,
      });
      await stage.tell(run, 'declare', { ...declared, customer: true });
      await stage.until('the next stage', async () => (await stage.status()).phases[2]?.state === 'running');
      await stage.tell(run, 'rollback', { by: 'dana', reason: 'no fix' });
      await gate('late', 'approval');
      await stage.tell('late', 'approve', { by: 'carlos', gate: 'rollback' });
      await run.result().catch(() => undefined);
      const incident = stage.incidentHandle(1);
      await stage.tell(incident, 'resolve', { by: 'erin', reason: 'taken back' });
      await stage.until('the draft', async () => (await stage.incident(1)).postMortem.draft);
      await stage.tell(incident, 'postmortem', { by: 'erin', link: 'https://wiki.example/1' });
      await incident.result();
    },
  },
  'waited-for-its-days': {
    workflows: ['', '/phase/1a'],
    plan: () => plan([phase('1a', { schedule: { week: 1, days: [2, 3] } })]),
    environment: () => ({ ...stage.environment, compression: compressed }),
    play: () => Promise.resolve(),
  },
  'in-its-days': {
    workflows: ['/phase/1a'],
    plan: () => plan([phase('1a', { schedule: { week: 1, days: [1, 7], onFreeze: 'hold' }, approval: approval() })]),
    async play() {
      await gate('1a', 'approval');
      await stage.tell('1a', 'approve', 'erin');
    },
  },
  'refused-by-the-locks': {
    workflows: ['', 'locks'],
    plan: () => plan([phase('1a', { steps: [step.flag('core')] })]),
    async before() {
      const { planId } = stage.another();
      await stage.start(plan([phase('1a', { steps: [step.flag('core')], approval: approval() })], { id: planId }));
      await stage.until('its locks', async () => 'flag/FLAG_CORE' in (await stage.lockHolders()));
    },
    async play(run) {
      await run.result().catch(() => undefined);
    },
  },
  'taken-back-later': {
    workflows: ['/rollback/again-1', 'locks'],
    plan: () => plan([phase('1a', { steps: [step.flag('core'), step.deployTo('core')] })]),
    async play(run) {
      const { runId } = await run.describe();
      await run.result();
      await startRollback(linkOf(stage), { workflowId: run.workflowId, runId }, 'dana', 'second thoughts');
      await stage.rollbackHandle('again-1').result();
    },
  },
};

describe('a request for evidence of today replays on the build of today', () => {
  it('what is there and what is not, for a client on another host', async () => {
    const digest = 'sha256:1';
    stage.world.evidence.set(digest, { kind: 'window', verdict: 'PASS' });
    const asked = { schemaVersion: 1, environment: stage.environment.id, digests: [digest, 'sha256:2'] };
    const workflowId = evidenceWorkflowId(stage.environment.id, stage.planId);
    const handle = await stage.client.workflow.start('evidence', {
      workflowId,
      taskQueue: workflowQueue,
      args: [asked],
    });
    expect(await handle.result()).toMatchObject({ [digest]: { text: expect.any(String) as string } });
    await replayed({ name: 'read-evidence', workflowId, history: await handle.fetchHistory() });
  });
});

describe('what is around the phases of today replays on the build of today', () => {
  it.each(Object.entries(scenarios))('%s', (name, scenario) => playAndReplay(stage, name, scenario));
});
