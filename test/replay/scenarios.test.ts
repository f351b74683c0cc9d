import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { approval, phase, plan, step, windowSpec } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';
import { historyOf, keep, replay } from './histories.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const two = (): ReturnType<typeof plan> =>
  plan([
    phase('1a', {
      before: [step.check('backups'), step.attest('team')],
      steps: [step.flag('core'), step.deploy('core'), step.watch('window'), step.traffic('ramp', 'FLAG_CORE')],
      success: windowSpec(),
      approval: approval(),
    }),
    phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deploy('tools'), step.watch('window')] }),
  ]);

async function gate(phaseId: string, kind: string): Promise<void> {
  await stage.until(kind, async () => (await stage.phase(phaseId)).gates.find((one) => one.kind === kind));
}

async function throughTheGates(): Promise<void> {
  await gate('1a', 'attestation');
  await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
  await gate('1a', 'approval');
  await stage.tell('1a', 'approve', { by: 'erin' });
}

const scenarios: Record<string, { workflows: string[]; play: (run: WorkflowHandle) => Promise<void> }> = {
  completed: { workflows: ['', '/phase/1a', '/phase/1b'], play: () => throughTheGates() },
  failed: {
    workflows: ['', '/phase/1a'],
    async play() {
      await gate('1a', 'attestation');
      await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'failed', reason: 'ill' });
    },
  },
  rejected: {
    workflows: ['', '/phase/1a', '/rollback/1a'],
    async play() {
      await gate('1a', 'attestation');
      await stage.handleOf(stage.id).signal('attest', { by: 'erin', item: '1a/team', answer: 'done' });
      await gate('1a', 'approval');
      await stage.handleOf(`${stage.id}/phase/1a`).signal('approve', { nonsense: true });
      await stage.handleOf(`${stage.id}/phase/1a`).signal('reject', { by: 'erin', reason: 'no' });
    },
  },
  'rolled-back': {
    workflows: ['', '/phase/1b', '/rollback/1b'],
    async play() {
      stage.world.onWindow = (input) => (input.origin.address === '1b/window#1' ? 'FAIL' : 'PASS');
      await throughTheGates();
    },
  },
  cancelled: {
    workflows: ['', '/phase/1b', '/rollback/1b', '/rollback/all'],
    async play(run) {
      stage.world.onWindow = (input, signal) =>
        input.origin.address === '1b/window#1'
          ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
          : 'PASS';
      await throughTheGates();
      await stage.until('the window', async () => (await stage.phase('1b')).steps.some((one) => one.id === 'window'));
      await run.cancel();
    },
  },
  waived: {
    workflows: ['', '/phase/1b'],
    async play() {
      stage.world.onWindow = (input, signal) => {
        if (input.untilRecovered)
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
        return input.origin.address === '1b/window#1' ? 'HOLD' : 'PASS';
      };
      await throughTheGates();
      await gate('1b', 'hold');
      await stage.tell('1b', 'waive', { by: 'carlos', reason: 'known gap' });
    },
  },
};

describe('a run of today replays on the build of today', () => {
  it.each(Object.keys(scenarios))('%s', async (name) => {
    const scenario = scenarios[name];
    if (!scenario) throw new Error(`no scenario ${name}`);
    const run = await stage.start(two());
    await scenario.play(run);
    await run.result().catch(() => undefined);
    for (const suffix of scenario.workflows) {
      const workflowId = `${stage.id}${suffix}`;
      const file = `${name}${suffix.replaceAll('/', '-') || '-migration'}`;
      const recorded = { name: file, workflowId, history: await historyOf(stage.client, workflowId) };
      await replay(recorded);
      if (process.env.RECORD_HISTORIES === '1') keep(recorded);
    }
  });
});
