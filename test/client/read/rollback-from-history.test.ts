import { describe, expect, it } from 'vitest';
import type { Relative } from '../../../src/client/read/family.js';
import type { HistoryFacts } from '../../../src/client/read/history.js';
import { rollbackFromHistory } from '../../../src/client/read/rollback-from-history.js';
import { settle } from '../../../src/client/read/settle.js';
import { deployEntry, flagEntry, rollback, run, second, t, workflowId } from '../support/snapshots.js';

const relative: Relative = {
  workflowId: `${workflowId}/rollback/again-1`,
  runId: 'r',
  type: 'rollback',
  status: 'RUNNING',
  open: true,
  state: 'on hold',
  awaiting: ['dana'],
  startedAt: t,
};
const terminated: Relative = { ...relative, status: 'TERMINATED', open: false, closedAt: t + 9 * second };
const history = (change: Partial<HistoryFacts> = {}): HistoryFacts => ({
  workflowId: relative.workflowId,
  runId: 'r',
  input: { entries: [flagEntry, deployEntry], reason: 'dana asked for it' },
  startedAt: t,
  messages: [],
  activities: [
    { type: 'undoChange', input: {}, result: { entryId: flagEntry.id }, scheduledAt: t },
    { type: 'undoChange', input: {}, failure: 'refused', scheduledAt: t },
  ],
  ...change,
});

describe('a rollback without a worker', () => {
  it('is what it returned, when it has ended', () => {
    const status = rollback();
    expect(rollbackFromHistory(history({ result: { status } }), { ...relative, open: false })).toBe(status);
  });

  it('shows which undos are done and who is awaited while it is open', () => {
    const seen = rollbackFromHistory(history(), relative);
    expect(seen).toMatchObject({ state: 'on hold', reason: 'dana asked for it', phases: ['1a'] });
    expect(seen.sentence).toBe('last known: on hold for dana');
    expect(seen.undos.map(({ entryId, state }) => [entryId, state])).toEqual([
      [flagEntry.id, 'done'],
      [deployEntry.id, 'pending'],
    ]);
    expect([seen.verified, seen.endedAt]).toEqual([undefined, undefined]);
  });

  it('that was terminated midway is not verified, and the run is not shown as it was before', () => {
    const again = rollbackFromHistory(history(), terminated);
    expect(again).toMatchObject({
      state: 'rolled back',
      verified: false,
      verification: 'it was terminated from outside before it could say so',
      endedAt: t + 9 * second,
    });
    const completed = { kind: 'completed', reason: 'all done', endedAt: t } as const;
    const facts = { status: 'COMPLETED', closedAt: t, stillOpen: 0, outcome: completed };
    const settled = settle(run({ outcome: completed }), { ...facts, again: [again], rollbacks: [again] });
    expect(settled.outcome).toMatchObject({ kind: 'rolled-back-not-verified' });
  });
});
