import { describe, expect, it } from 'vitest';
import { currentPhase, effectiveState } from '../../../src/client/read/effective-state.js';
import { gatesOf } from '../../../src/client/read/gates.js';
import { meant } from '../../../src/client/cli/gate-choice.js';
import { approvalGate, holdGate, phaseStatus, rollback, run, snapshot, t } from '../support/snapshots.js';

describe('the open gates of a run', () => {
  it('come with the workflow that takes their answers, the most urgent first', () => {
    const undoing = holdGate({ address: '1a/core#1', answers: ['retry', 'takeover'], deadlineAt: t + 1 });
    const gates = gatesOf(
      snapshot({
        phases: [phaseStatus({ gates: [approvalGate(), holdGate()] })],
        rollbacks: [rollback({ state: 'on hold', gates: [undoing] })],
      })
    );
    expect(gates.map((gate) => [gate.address, gate.workflowId.split('/').slice(-2).join('/')])).toEqual([
      ['1a/core#1', 'rollback/1a'],
      ['1a/window#1', 'phase/1a'],
      ['1a/approval#1', 'phase/1a'],
    ]);
  });
});

describe('the state of a run', () => {
  it.each([
    ['is that of the phase under way', snapshot({ phases: [phaseStatus({ state: 'waiting' })] }), 'waiting'],
    [
      'is "on hold" while an undo keeps failing',
      snapshot({ run: run({ state: 'rolling back' }), rollbacks: [rollback({ state: 'on hold' })] }),
      'on hold',
    ],
    [
      'is that of the phase, whatever the run has heard of it so far',
      snapshot({ run: run({ state: 'waiting' }), phases: [phaseStatus({ state: 'running' })] }),
      'running',
    ],
    [
      'is its own while it waits for locks',
      snapshot({ run: run({ state: 'waiting for locks' }), phases: [] }),
      'waiting for locks',
    ],
    [
      'is its own at the end',
      snapshot({
        run: run({ state: 'completed', outcome: { kind: 'completed', reason: '', endedAt: t } }),
        phases: [phaseStatus({ state: 'waiting' })],
      }),
      'completed',
    ],
  ])('%s', (_what, seen, state) => {
    expect(effectiveState(seen)).toBe(state);
  });

  it('has no current phase between two of them', () => {
    expect(currentPhase(snapshot({ phases: [phaseStatus({ state: 'completed', endedAt: t })] }))).toBeUndefined();
  });
});

describe('the address that a person writes', () => {
  it.each([
    ['1a/approval#1', true],
    ['1a/approval', true],
    ['approval', true],
    [' 1A/Approval#1 ', true],
    ['1a/approval#2', false],
    ['1b/approval', false],
    ['../etc', false],
  ])('%j means 1a/approval#1: %s', (written, expected) => {
    expect(meant(written, { address: '1a/approval#1' })).toBe(expected);
  });
});
