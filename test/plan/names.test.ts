import { describe, expect, it } from 'vitest';
import { exitCodes, outcomeExitCode, outcomeKinds, outcomeWords } from '../../src/plan/outcome.js';
import type { LedgerEntry } from '../../src/plan/change.js';
import type { Environment } from '../../src/plan/model.js';
import {
  alertDedupKey,
  alertWorkflowId,
  cleanupWorkflowId,
  environmentQueue,
  evidenceWorkflowId,
  guardWorkflowId,
  incidentAddress,
  incidentAddressOf,
  incidentWorkflowId,
  isAlert,
  isCleanup,
  isRollbackAgain,
  lockKeys,
  locksWorkflowId,
  migrationId,
  pageKey,
  phaseWorkflowId,
  remarksOf,
  rollbackLockKeys,
  rollbackWorkflowId,
  runOfPageKey,
  windowQueue,
} from '../../src/plan/names.js';
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

  it('is a flag that only a traffic step moves, too', () => {
    const raised = plan([phase('1a', { steps: [step.traffic('ramp', 'FLAG_RAMP')] })]);
    expect(lockKeys(raised)).toEqual(['plan/test-plan', 'flag/FLAG_RAMP']);
  });

  it('is its plan and what it puts back, once, when it is rolled back after its end', () => {
    const flag = { type: 'flag', key: 'CORE', enabled: true, percent: 5 } as const;
    const entries = [flag, { ...flag, percent: 50 }].map((change) => ({ change }) as LedgerEntry);
    expect(rollbackLockKeys('test-plan', entries)).toEqual(['plan/test-plan', 'flag/CORE']);
  });
});

describe('task queues and the workflow of the locks', () => {
  it('belong to an environment', () => {
    expect([environmentQueue('prod'), windowQueue('prod'), locksWorkflowId('prod')]).toEqual([
      'phasegate-prod',
      'phasegate-prod-windows',
      'locks/prod',
    ]);
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

describe('what lies beside a run', () => {
  const run = migrationId('demo', 'plan');

  it('has ids that lead back to what it is', () => {
    expect([
      cleanupWorkflowId(run),
      guardWorkflowId(run),
      alertWorkflowId(run, 'latency'),
      incidentWorkflowId(run, 3),
    ]).toEqual([
      'migration/demo/plan/cleanup',
      'migration/demo/plan/guard',
      'migration/demo/plan/alert/latency',
      'migration/demo/plan/incident/3',
    ]);
    expect(evidenceWorkflowId('demo', 'me')).toBe('evidence/demo/me');
    expect(incidentAddress(incidentWorkflowId(run, 12))).toBe(incidentAddressOf(12));
  });

  it.each<[string, string[]]>([
    ['migration/demo/plan', []],
    ['migration/demo/plan/cleanup', ['cleanup']],
    ['migration/demo/cleanup', []],
    ['migration/demo/plan/phase/cleanup', []],
    ['locks/demo/plan/cleanup', []],
    ['migration/demo/plan/guard', []],
    ['migration/demo/plan/alert/latency', ['alert']],
    ['migration/demo/plan/alert/', []],
    ['a/migration/demo/plan/alert/latency', []],
    ['migration/demo/plan/incident/12', ['incident']],
    ['migration/demo/plan/incident/x', []],
    ['migration/demo/plan/incident/12/x', []],
    ['a/migration/demo/plan/incident/12', []],
    ['migration/demo/plan/rollback/all', []],
    ['migration/demo/plan/rollback/again-12', ['again']],
    ['migration/demo/plan/rollback/again-12x', []],
    ['migration/demo/plan/rollback/again-x', []],
  ])('%s is %j', (id, kinds) => {
    const found = [
      isCleanup(id) ? 'cleanup' : '',
      isAlert(id) ? 'alert' : '',
      incidentAddress(id) === undefined ? '' : 'incident',
      isRollbackAgain(id) ? 'again' : '',
    ].filter((kind) => kind !== '');
    expect(found).toEqual(kinds);
  });

  it('is paged with a piece of the id of its run', () => {
    expect(alertDedupKey('w', { runId: '0123456789' })).toBe('w#01234567');
    expect(alertDedupKey('w', { runId: '0123456789', pageId: '89abcdef' })).toBe('w#89abcdef');
    expect(pageKey({ workflowId: run, runId: '0123456789' }, 'everything')).toBe(`${run}#01234567/everything`);
    expect(runOfPageKey(`a/${run}#01234567/everything`)).toBeUndefined();
  });
});

describe('remarks', () => {
  it('say what every surface must say', () => {
    expect(remarksOf({ trust: 'identity', compression: { scale: 180 } })).toEqual([
      'time is compressed 180 times',
      'identities were not verified',
    ]);
  });

  it('are none where time is real and identities are verified', () => {
    // There is no such environment yet: signatures are not verified.
    const verified = { trust: 'signature' } as unknown as Environment;
    expect(remarksOf(verified)).toEqual([]);
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
