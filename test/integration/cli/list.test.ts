import { describe, expect, it } from 'vitest';
import type { ListedRun } from '../../../src/client/read/list-runs.js';
import { phase, plan, step } from '../../support/stage/plans.js';
import type { Stage } from '../../support/stage/stage.js';
import { door } from '../../support/stage/world.js';
import { onTerminal, phasegate } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
let run: string;
onCliStage((opened, named) => {
  [stage, run] = [opened, named];
});

const rollBack = () =>
  phasegate(['rollback', run, '--reason', 'errors', '--confirm', stage.environment.id, '--progress', 'plain']);

/** The visibility store may be a moment behind. */
const listed = (kind: string) =>
  stage.until(`${kind} in the list`, async () => {
    const { runs } = JSON.parse((await phasegate(['list', '-o', 'json'])).stdout) as { runs: ListedRun[] };
    return runs.find((one) => one.workflowId === stage.id && one.outcome?.kind === kind);
  });

const row = async (columns?: number) => {
  const { screen } = await onTerminal(['list'], '', {
    env: { NO_COLOR: '1' },
    ...(columns === undefined ? {} : { columns }),
  });
  return screen.split('\r\n').find((line) => line.startsWith(run));
};

describe('list', () => {
  it('tells of a run that was rolled back after its end what status tells, NOT verified and then verified', async () => {
    const ended = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
    await ended.result();
    await listed('completed');

    stage.world.onWindow = (input) => (input.origin.address.startsWith('rollback/') ? 'FAIL' : 'PASS');
    expect((await rollBack()).code).toBe(9);
    expect(await listed('rolled-back-not-verified')).toMatchObject({ state: 'rolled back, NOT verified' });
    expect(await row(140)).toContain('✖ rolled back, NOT verified');
    expect(await row(60)).toContain('NOT verified');

    stage.world.onWindow = () => 'PASS';
    expect((await rollBack()).code).toBe(4);
    expect(await listed('rolled-back-verified')).toMatchObject({ state: 'rolled back' });
    expect(await row(140)).toMatch(/↩ rolled back .*errors/);
    expect((await phasegate(['status', run])).stdout).toMatch(/rolled back, verified: .*errors/);
  });

  it('says paused of a run whose last step is being finished', async () => {
    const checking = door();
    stage.world.onCheck = async () => {
      await checking.wait();
      return 'PASS' as const;
    };
    await stage.start(plan([phase('1a', { steps: [step.check('health'), step.flag('core')] })]));
    await stage.until('the check', async () => (await stage.phase('1a')).steps.some((one) => one.state === 'running'));
    expect((await phasegate(['pause', run])).code).toBe(0);
    await stage.until('the list', async () => (await row(140))?.includes('‖ paused'));
    expect((await phasegate(['status', run])).stdout.split('\n')[0]).toMatch(/‖ paused/);
    checking.open();
  });
});
