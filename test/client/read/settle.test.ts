import { describe, expect, it } from 'vitest';
import { settle, type ClosedFacts } from '../../../src/client/read/settle.js';
import { deployEntry, flagEntry, rollback, run, t } from '../support/snapshots.js';

const closed: ClosedFacts = { status: 'TERMINATED', closedAt: t, stillOpen: 0, again: [], rollbacks: [] };
const again = (change: Parameters<typeof rollback>[0] = {}) =>
  rollback({ workflowId: 'migration/demo/test-plan/rollback/again-1', ...change });

describe('how a closed run stands', () => {
  const cases: Array<[string, Partial<ClosedFacts>, string, RegExp]> = [
    [
      'by its own last word',
      { outcome: { kind: 'completed', reason: 'all done', endedAt: t } },
      'completed',
      /^all done$/,
    ],
    [
      'after a termination with changes in force',
      { ledger: { entries: [flagEntry, deployEntry], open: [deployEntry] } },
      'rolled-back-not-verified',
      /terminated; still in force: 1a\/core#1.*phasegate rollback demo\/test-plan/,
    ],
    [
      'after a termination before any change',
      { ledger: { entries: [], open: [] } },
      'failed',
      /terminated before any change; its locks are given back by: phasegate rollback demo\/test-plan --reason "why"$/,
    ],
    [
      'after a termination when phases undid themselves and verified it',
      { ledger: { entries: [flagEntry], open: [] }, rollbacks: [rollback()] },
      'rolled-back-verified',
      /everything was undone; its locks are given back by: phasegate rollback demo\/test-plan --reason "why"$/,
    ],
    [
      'when one of several rollbacks was not verified',
      {
        ledger: { entries: [flagEntry], open: [] },
        rollbacks: [rollback(), rollback({ verified: false, verification: 'no metrics' })],
      },
      'rolled-back-not-verified',
      /no metrics/,
    ],
    [
      'when everything was undone but nobody says that it was verified',
      { ledger: { entries: [flagEntry], open: [] } },
      'rolled-back-not-verified',
      /no rollback says/,
    ],
    ['when the ledger could not be read', {}, 'rolled-back-not-verified', /ledger could not be read/],
    [
      'after a time-out',
      { status: 'TIMED_OUT', ledger: { entries: [], open: [] } },
      'failed',
      /timed out before any change/,
    ],
    [
      'after a rollback on demand that is verified, whatever the end was before',
      { outcome: { kind: 'completed', reason: 'all done', endedAt: t }, again: [again()] },
      'rolled-back-verified',
      /success breached/,
    ],
    [
      'after a rollback on demand that is not verified',
      { again: [again({ verified: false, verification: 'red' })] },
      'rolled-back-not-verified',
      /red/,
    ],
    [
      'by the last of several rollbacks on demand',
      { again: [again({ verified: false }), again()] },
      'rolled-back-verified',
      /success breached/,
    ],
  ];
  it.each(cases)('%s', (_what, change, kind, reason) => {
    const { outcome } = settle(run(), { ...closed, ...change });
    expect(outcome?.kind).toBe(kind);
    expect(outcome?.reason).toMatch(reason);
  });

  it('is not verified when a rollback ended without saying so', () => {
    const silent = rollback({});
    delete silent.verified;
    const { outcome } = settle(run(), { ...closed, ledger: { entries: [flagEntry], open: [] }, rollbacks: [silent] });
    expect(outcome?.kind).toBe('rolled-back-not-verified');
  });

  it('is not at its end while phases undo themselves', () => {
    const standing = settle(run({ outcome: { kind: 'completed', reason: '', endedAt: t } }), {
      ...closed,
      stillOpen: 1,
    });
    expect(standing.outcome).toBeUndefined();
    expect(standing.state).toBe('rolling back');
    expect(standing.sentence).toContain('undoes itself');
  });

  it('is on hold while an undo on demand keeps failing', () => {
    const held = again({ state: 'on hold', sentence: 'On hold at 1a/core#1' });
    expect(settle(run(), { ...closed, stillOpen: 1, again: [held] })).toMatchObject({
      state: 'on hold',
      sentence: 'On hold at 1a/core#1',
    });
  });
});
