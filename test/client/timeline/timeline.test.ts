import { describe, expect, it } from 'vitest';
import { timeline } from '../../../src/client/timeline/timeline.js';
import {
  approvalGate,
  holdGate,
  phaseStatus,
  record,
  rollback,
  run,
  second,
  snapshot,
  t,
  undo,
} from '../support/snapshots.js';

const story = (seen: Parameters<typeof snapshot>[0]) =>
  timeline(snapshot(seen)).map((event) => `${(event.at - t) / second} ${event.about} ${event.state} ${event.text}`);

describe('the timeline', () => {
  it('tells a phase that failed and was taken back, in the order of events', () => {
    const window = record('window', {
      state: 'failed',
      verdict: 'FAIL',
      reason: 'success was 80%',
      startedAt: t + 5 * second,
      endedAt: t + 9 * second,
    });
    expect(
      story({
        run: run({ outcome: { kind: 'rolled-back-verified', reason: '1a', endedAt: t + 80 * second } }),
        phases: [phaseStatus({ state: 'rolled back', endedAt: t + 75 * second, steps: [record('enable'), window] })],
        rollbacks: [rollback({ undos: [undo('1a/enable#1')] })],
      })
    ).toEqual([
      '0 run running started by dana',
      '0 1a running Agent execution core: started',
      '0 1a/enable#1 running Step enable',
      '1 1a/enable#1 passed Step enable: as wanted',
      '5 1a/window#1 running Step window',
      '9 1a/window#1 failed Step window: success was 80%',
      '50 rollback/1a rolling back rolling back, because success breached',
      '60 1a/enable#1 done flag/FLAG_CORE back to off',
      '70 rollback/1a rolled back rolled back, verified',
      '75 1a rolled back Agent execution core: rolled back',
      '80 run rolled back rolled back, verified: 1a',
    ]);
  });

  it('names a decision before the end of the gate that it decides', () => {
    const made = {
      id: '1',
      gate: '1a/approval#1',
      decision: 'approve' as const,
      by: 'erin',
      roles: ['lead'],
      at: t + second,
      identity: 'identity' as const,
    };
    const approved = record('approval', { kind: 'approval', part: 'approval', reason: 'approved by erin' });
    const lines = story({ phases: [phaseStatus({ steps: [approved], decisions: [made] })] });
    expect(lines.slice(-2)).toEqual([
      '1 1a/approval#1 passed erin approved',
      '1 1a/approval#1 passed Step approval: approved by erin',
    ]);
  });

  it('says who is asked, what is held, what was refused and what was waived', () => {
    const lines = story({
      phases: [
        phaseStatus({
          gates: [approvalGate(), holdGate()],
          refusals: [{ at: t + second, message: 'approve', by: 'mallory', reason: 'not one of the people' }],
          waivers: [{ address: '1a/backups#1', by: 'carlos', reason: 'a copy exists', at: t + 2 * second }],
        }),
      ],
    });
    expect(lines).toContain('30 1a/approval#1 waiting Approval of Agent execution core: waiting for erin or lee');
    expect(lines).toContain(
      '30 1a/window#1 on hold Watch window: success could not be judged on 3 samples in a row (connection refused)'
    );
    expect(lines).toContain('1 1a skipped refused approve by mallory: not one of the people');
    expect(lines).toContain('2 1a/backups#1 waived waived by carlos: a copy exists');
  });

  it.each(['approval', 'attest', 'task', 'kpi', 'remove-flags'])(
    'tells of a step of the kind %s that people are asked, not that it runs',
    (kind) => {
      const lines = story({ phases: [phaseStatus({ steps: [record('one', { kind })] })] });
      expect(lines.filter((line) => line.includes('1a/one#1'))).toEqual(['1 1a/one#1 passed Step one: as wanted']);
    }
  );

  it('gives every event a key that is the same in the next snapshot, and none twice', () => {
    const seen = snapshot({ phases: [phaseStatus({ steps: [record('enable')], gates: [approvalGate()] })] });
    const keys = timeline(seen).map((event) => event.key);
    expect(timeline(structuredClone(seen)).map((event) => event.key)).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
