import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/plan/change.js';
import { ledgerOf, runLedger, undoneBy, type ExecutionHistory } from '../../src/plan/ledger-history.js';

function entry(id: string, target: string): LedgerEntry {
  const [phase = '', step = ''] = id.split(/[/#]/);
  return {
    id,
    phase,
    step,
    attempt: 1,
    title: id,
    change: { type: 'deploy', target, revision: 'v2', repeatable: true },
    before: { type: 'deploy', target, revision: 'v1' },
    capturedAt: 0,
    runId: 'r',
    idempotencyKey: id,
  };
}

const first = entry('1a/deploy#1', 'core');
const second = entry('1a/deploy#2', 'core');
const other = entry('1b/deploy#1', 'tools');

const captured = (...entries: LedgerEntry[]): ExecutionHistory['activities'] =>
  entries.flatMap((result) => [
    { type: 'captureChange', result },
    { type: 'applyChange', result: { verdict: 'PASS' } },
  ]);
const undo = (entryId: string): { type: string; result: unknown } => ({ type: 'undoChange', result: { entryId } });

describe('the ledger of an execution', () => {
  it('is what its captures recorded, applied or not, in order', () => {
    expect(ledgerOf([{ type: 'runCheck', result: {} }, ...captured(first, second)])).toEqual([first, second]);
  });

  it('has a change once that was applied again', () => {
    expect(ledgerOf([...captured(first), { type: 'applyChange' }])).toEqual([first]);
  });

  it('leaves out a capture that did not complete', () => {
    expect(ledgerOf([{ type: 'captureChange' }, ...captured(first)])).toEqual([first]);
    expect(ledgerOf([...captured(first), { type: 'captureChange' }])).toEqual([first]);
  });

  it.each([[null], ['text'], [{ id: '1a/x#1' }], [{ before: {}, change: {} }]])(
    'refuses a capture of another version that was acted upon: %j',
    (result) => {
      const behind = { type: 'applyChange' };
      expect(() => ledgerOf([{ type: 'captureChange', result }, behind])).toThrow(/another version/);
    }
  );

  it('refuses it also when something else came between the two', () => {
    const between = { type: 'notify', result: {} };
    expect(() =>
      ledgerOf([{ type: 'captureChange', result: null }, between, { type: 'applyChange' }, ...captured(first)])
    ).toThrow(/another version/);
  });

  it.each([[undefined], [null], ['text'], [{ id: '1a/x#1' }]])(
    'leaves out an answer that nothing was applied upon: %j',
    (result) => {
      expect(ledgerOf([{ type: 'captureChange', result }, ...captured(first)])).toEqual([first]);
    }
  );
});

describe('what a rollback undid', () => {
  it('is what it says when it has finished', () => {
    const input = { entries: [first, second] };
    expect(undoneBy({ startedAt: 0, activities: [], input, result: { undone: ['1a/deploy#1', 7] } })).toEqual([
      'r/1a/deploy#1',
    ]);
  });

  it('is what its undos did, with what each covered, when it was stopped in the middle', () => {
    const input = { entries: [first, second, other] };
    expect(undoneBy({ startedAt: 0, input, activities: [undo('1b/deploy#1')] })).toEqual(['r/1b/deploy#1']);
    expect(undoneBy({ startedAt: 0, input, activities: [undo('1a/deploy#1')] })).toEqual([
      'r/1a/deploy#1',
      'r/1a/deploy#2',
    ]);
  });

  it('is never what cannot be undone, though its target was brought back', () => {
    const final = { ...second, cannotUndo: 'data was converted' };
    expect(undoneBy({ startedAt: 0, input: { entries: [first, final] }, activities: [undo('1a/deploy#1')] })).toEqual([
      'r/1a/deploy#1',
    ]);
  });

  it('is told by its undos alone, also when its input is not understood', () => {
    const check = { type: 'runCheck', result: { entryId: '1b/deploy#1' } };
    const activities = [check, undo('1a/deploy#1')];
    expect(undoneBy({ startedAt: 0, input: { entries: [null, 'x', first, second, other] }, activities })).toEqual([
      'r/1a/deploy#1',
      'r/1a/deploy#2',
    ]);
    // Of which execution it was nobody can tell then, so it counts as not undone.
    expect(undoneBy({ startedAt: 0, activities })).toEqual([]);
  });

  it('is nothing when it did nothing', () => {
    expect(undoneBy({ startedAt: 0, activities: [{ type: 'undoChange' }], input: 'rubbish' })).toEqual([]);
    expect(undoneBy({ startedAt: 0, activities: [], input: null, result: null })).toEqual([]);
  });
});

describe('the ledger of a run', () => {
  it('is ordered by when its executions began, and open until an undo covers it', () => {
    const later = { startedAt: 2, activities: captured(other) };
    const earlier = { startedAt: 1, activities: captured(first, second) };
    const rollback = { startedAt: 3, input: { entries: [first, second] }, activities: [undo('1a/deploy#1')] };
    expect(runLedger([later, earlier])).toEqual({ entries: [first, second, other], open: [first, second, other] });
    expect(runLedger([later, rollback, earlier]).open).toEqual([other]);
  });

  it('keeps the way back closed behind what a person accepted as it is', () => {
    const closed = { ...entry('1b/core#1', 'core'), cannotUndo: 'the schema moves on' };
    const accepted = { startedAt: 3, activities: [], input: { entries: [closed] }, result: { undone: ['1b/core#1'] } };
    const { open } = runLedger([
      { startedAt: 1, activities: captured(first) },
      { startedAt: 2, activities: captured(closed) },
      accepted,
    ]);
    expect(open).toEqual([{ ...first, cannotUndo: 'behind 1b/core#1: the schema moves on' }]);
  });
});
