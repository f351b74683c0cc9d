import { describe, expect, it } from 'vitest';
import { afterEnd, finishingLines, outcomeLine, stateExitCode } from '../../../src/client/view/outcome-line.js';
import type { OutcomeKind } from '../../../src/plan/outcome.js';
import { cleanup, task } from '../../support/stage/plans.js';
import { approvalGate, holdGate, phaseStatus, rollback, run, snapshot, t, workflowId } from '../support/snapshots.js';

function ended(kind: OutcomeKind, reason = 'because') {
  return snapshot({ run: run({ outcome: { kind, reason, endedAt: t } }) });
}

describe('what is sensible with a run that has ended', () => {
  it.each([
    ['completed', /^Take back what it changed: phasegate rollback demo\/test-plan --reason "why"$/],
    ['failed', /^Read how: phasegate report demo\/test-plan$/],
    ['rolled-back-verified', /^What it took back is verified: mend the cause, then start/],
    ['rolled-back-not-verified', /^Its rollback is not verified. Finish it: phasegate rollback demo\/test-plan /],
  ] as const)('and is %s', (kind, hint) => {
    expect(afterEnd(ended(kind).run)).toMatch(hint);
  });
});

describe('the last line', () => {
  it.each([
    ['completed', 'completed: because · identities were not verified', 0],
    ['failed', 'failed: because · identities were not verified', 3],
    ['rolled-back-verified', 'rolled back, verified: because · identities were not verified', 4],
    ['rolled-back-not-verified', 'rolled back, NOT verified: because · identities were not verified', 9],
  ] as const)('of a run that ended %s says so in words, and the exit code agrees', (kind, line, code) => {
    expect(outcomeLine(ended(kind))).toBe(line);
    expect(stateExitCode(ended(kind))).toBe(code);
  });

  it('has what to type before it only where an end is not finished', () => {
    expect(finishingLines(ended('rolled-back-not-verified'))).toEqual([
      expect.stringMatching(
        /^Its locks are held .*: phasegate rollback \S+ --reason "why" \(without a terminal add --confirm demo\)$/
      ),
    ]);
    expect(finishingLines(ended('rolled-back-verified'))).toEqual([]);
    expect(finishingLines(snapshot())).toEqual([]);
  });

  it('has what stays in force before it, and how that is taken back', () => {
    const { phases } = run();
    const completed = phases.map((phase) => ({ ...phase, state: 'completed' as const }));
    const outcome = { kind: 'failed', reason: 'the validation was ended', endedAt: t } as const;
    expect(finishingLines(snapshot({ run: run({ phases: completed, outcome }) }))).toEqual([
      expect.stringMatching(
        /^Still in force: 1a, 1b\. .*: phasegate rollback \S+ --reason "why" \(without a terminal add --confirm demo\)$/
      ),
    ]);
    const taken = { run: run({ phases: completed, outcome }), rollbacks: [rollback({ phases: ['1b', '1a'] })] };
    expect(finishingLines(snapshot(taken))).toEqual([]);
    expect(
      finishingLines(snapshot({ run: run({ phases: completed, outcome: { ...outcome, kind: 'completed' } }) }))
    ).toEqual([]);
  });

  it('tells of a clean-up that was ended from outside, and how it comes back', () => {
    const left = phaseStatus({
      state: 'failed',
      endedAt: t,
      endedAs: 'terminated',
      workflowId: `${workflowId}/cleanup`,
    });
    const lost = { ...ended('completed'), cleanup: left };
    lost.frozen.plan.cleanup = cleanup([task.plain('docs')]);
    expect(outcomeLine(lost)).toMatch(/; clean-up: 0 of 1 task done, then terminated · /);
    expect(finishingLines(lost)).toEqual([
      `Its clean-up was terminated: nobody is asked or reminded any more. Bring it back: temporal workflow reset --workflow-id ${workflowId}/cleanup --type LastWorkflowTask --reason "why"`,
    ]);
    expect(finishingLines({ ...lost, cleanup: phaseStatus({ state: 'failed', endedAt: t }) })).toEqual([]);
  });

  it('says what a run on hold waits for, exit code 5', () => {
    const held = snapshot({ phases: [phaseStatus({ state: 'on hold', gates: [holdGate()] })] });
    expect(outcomeLine(held)).toBe(
      'on hold: Watch window: success could not be judged on 3 samples in a row (connection refused) · identities were not verified'
    );
    expect(stateExitCode(held)).toBe(5);
  });

  it('names the incident that holds the run beside the gate that is open', () => {
    const held = snapshot({
      run: run({ held: { by: 'incident/2', reason: 'tools time out', at: t } }),
      phases: [phaseStatus({ state: 'on hold', gates: [approvalGate()] })],
    });
    expect(outcomeLine(held)).toMatch(
      /^on hold: held by incident\/2 \(tools time out\); Approval of Agent execution core: /
    );
    expect(stateExitCode(held)).toBe(5);
  });

  it('is 5 while an approval is open and 0 while everything runs by itself', () => {
    expect(stateExitCode(snapshot({ phases: [phaseStatus({ state: 'waiting', gates: [approvalGate()] })] }))).toBe(5);
    expect(stateExitCode(snapshot())).toBe(0);
  });

  it('is one line', () => {
    expect(outcomeLine(ended('failed', 'two\nlines'))).not.toContain('\n');
  });
});
