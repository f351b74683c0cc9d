import { describe, expect, it } from 'vitest';
import type { Relative } from '../../../src/client/read/family.js';
import type { ActivityFact, HistoryFacts } from '../../../src/client/read/history.js';
import { awaitedSentence, phaseFromHistory } from '../../../src/client/read/phase-from-history.js';
import { phase, step } from '../../support/stage/plans.js';
import { flagEntry, phaseStatus, t } from '../support/snapshots.js';

const input = {
  phase: phase('1a', { before: [step.check('backups')], steps: [step.flag('enable'), step.watch('window')] }),
};
const relative: Relative = {
  workflowId: 'migration/demo/test-plan/phase/1a',
  runId: 'r',
  type: 'deploymentPhase',
  status: 'RUNNING',
  open: true,
  state: 'waiting',
  awaiting: ['erin', 'lee'],
  deadlineAt: t,
  startedAt: t,
};
const fact = (type: string, given: object, result?: object): ActivityFact => ({
  type,
  input: given,
  scheduledAt: t,
  ...(result ? { result, endedAt: t + 5 } : {}),
});
const at = (address: string) => ({ origin: { run: '', address, title: `Title of ${address}` } });
const history = (change: Partial<HistoryFacts>): HistoryFacts => ({
  workflowId: relative.workflowId,
  runId: 'r',
  input,
  startedAt: t,
  activities: [],
  messages: [],
  ...change,
});

describe('a phase without a worker', () => {
  it('is what it returned, when it has ended', () => {
    const status = phaseStatus({ state: 'completed' });
    expect(phaseFromHistory(history({ result: { status } }), { ...relative, open: false })).toBe(status);
  });

  it('shows its steps as far as their activities tell, its ledger, and who is awaited', () => {
    const seen = phaseFromHistory(
      history({
        activities: [
          fact('runCheck', at('1a/backups#1'), { verdict: 'PASS', reason: 'fresh' }),
          fact('captureChange', at('1a/enable#1'), flagEntry),
          fact('applyChange', { entry: flagEntry }, { verdict: 'PASS', reason: 'applied' }),
          fact('watchWindow', at('1a/window#1'), { verdict: 'HOLD', reason: 'no data' }),
          fact('watchWindow', at('1a/window#2')),
          fact('notify', {}),
        ],
      }),
      relative
    );
    expect(seen.steps.map(({ address, part, state, reason }) => [address, part, state, reason])).toEqual([
      ['1a/backups#1', 'before', 'passed', 'fresh'],
      ['1a/enable#1', 'steps', 'passed', 'applied'],
      ['1a/window#1', 'steps', 'on hold', 'no data'],
      ['1a/window#2', 'steps', 'running', undefined],
    ]);
    expect(seen.ledger).toEqual([flagEntry]);
    expect(seen.state).toBe('waiting');
    expect(seen.sentence).toBe('last known: waiting for erin or lee until 2026-11-22 21:30:00Z');
  });

  it('shows an activity that failed with its reason', () => {
    const failed = { ...fact('runCheck', at('1a/backups#1')), failure: 'refused', endedAt: t };
    expect(phaseFromHistory(history({ activities: [failed] }), relative).steps[0]).toMatchObject({
      state: 'on hold',
      reason: 'refused',
    });
  });

  it('says nothing of people when nobody is awaited', () => {
    expect(awaitedSentence({ awaiting: [], state: 'running' })).toBe('last known: running');
  });
});
