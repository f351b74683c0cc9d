import { describe, expect, it } from 'vitest';
import { exitCodes, outcomeExitCode, outcomeKinds, outcomeWords } from '../../src/plan/outcome.js';
import { lockKeys, migrationId, phaseWorkflowId, remarksOf, rollbackWorkflowId } from '../../src/plan/names.js';
import { phase, plan, step } from '../support/stage/plans.js';

describe('what a run locks', () => {
  it('is its plan, and everything that it moves, once', () => {
    const moving = plan([
      phase('1a', {
        steps: [step.flag('core'), step.deploy('core'), step.traffic('ramp', 'FLAG_CORE'), step.check('c')],
      }),
      phase('1b', { steps: [step.flag('tools'), step.deploy('core')] }),
    ]);
    expect(lockKeys(moving)).toEqual(['plan/test-plan', 'flag/FLAG_CORE', 'deploy/core', 'flag/FLAG_TOOLS']);
  });
});

describe('workflow ids', () => {
  it('read from the left: what, where, which plan, which part', () => {
    const run = migrationId('demo', 'plan');
    expect([run, phaseWorkflowId(run, '1a'), rollbackWorkflowId(run, 'all')]).toEqual([
      'migration/demo/plan',
      'migration/demo/plan/phase/1a',
      'migration/demo/plan/rollback/all',
    ]);
  });
});

describe('remarks', () => {
  it('say what every surface must say', () => {
    expect(remarksOf({ trust: 'identity', compression: { scale: 180 } })).toEqual([
      'time is compressed 180 times',
      'identities were not verified',
    ]);
  });
});

describe('an outcome', () => {
  it('has words and an exit code of its own', () => {
    expect(outcomeKinds.map((kind) => [outcomeWords(kind), outcomeExitCode(kind)])).toEqual([
      ['completed', 0],
      ['failed', 3],
      ['rolled back, verified', 4],
      ['rolled back, NOT verified', 9],
    ]);
    expect(new Set(Object.values(exitCodes)).size).toBe(Object.values(exitCodes).length);
  });
});
