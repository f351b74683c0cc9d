import { describe, expect, it } from 'vitest';
import type { HistoryFacts } from '../../../src/client/read/history.js';
import { runLedger } from '../../../src/plan/ledger-history.js';
import type { LedgerEntry } from '../../../src/plan/change.js';
import { deployEntry, entry, flagEntry, rollback, t } from '../support/snapshots.js';

const ramp = entry('ramp@50', { type: 'flag', key: 'FLAG_CORE', enabled: true, percent: 50 });
const all = [flagEntry, deployEntry, ramp];

function history(change: Partial<HistoryFacts>): HistoryFacts {
  return {
    workflowId: 'w',
    runId: 'r',
    input: undefined,
    startedAt: t,
    activities: [],
    messages: [],
    ...change,
  };
}
const captures = (entries: LedgerEntry[], startedAt = t) =>
  history({
    startedAt,
    activities: entries.map((result) => ({ type: 'captureChange', input: {}, result, scheduledAt: t })),
  });
const undid = (...ids: string[]) =>
  ids.map((entryId) => ({ type: 'undoChange', input: {}, result: { entryId }, scheduledAt: t }));

describe('the ledger of a run', () => {
  it('is what its phases captured, the phase that began first before the others', () => {
    const later = entry(
      'tools',
      { type: 'flag', key: 'FLAG_TOOLS', enabled: true, percent: 100 },
      { phase: '1b', id: '1b/tools#1' }
    );
    const { entries, open } = runLedger([captures([later], t + 5), captures(all)]);
    expect(entries.map((one) => one.id)).toEqual(['1a/enable#1', '1a/core#1', '1a/ramp@50#1', '1b/tools#1']);
    expect(open).toEqual(entries);
  });

  it('holds a change whose apply nobody saw: its capture is enough', () => {
    const asked = history({ activities: [{ type: 'captureChange', input: {}, scheduledAt: t }] });
    expect(runLedger([asked]).entries).toEqual([]);
    expect(runLedger([captures([flagEntry])]).open).toEqual([flagEntry]);
  });

  it('has nothing open that a finished rollback covers, by undo or by hand', () => {
    const finished = history({
      input: { entries: all },
      result: { workflowId: '', verified: true, reason: '', undone: all.map((one) => one.id), status: rollback() },
    });
    expect(runLedger([captures(all), finished]).open).toEqual([]);
  });

  it('counts a rollback that was stopped in the middle for what it had undone, with what that covers', () => {
    const stopped = history({ input: { entries: all }, activities: undid('1a/enable#1') });
    expect(runLedger([captures(all), stopped]).open.map((one) => one.id)).toEqual(['1a/core#1']);
  });

  it('does not count an undo that failed', () => {
    const failed = history({
      input: { entries: all },
      activities: [{ type: 'undoChange', input: {}, failure: 'refused', scheduledAt: t }],
    });
    expect(runLedger([captures(all), failed]).open).toHaveLength(3);
  });

  it('is refused when a capture cannot be read: a ledger with a hole must not pass for a whole one', () => {
    const foreign = history({
      activities: [
        { type: 'captureChange', input: {}, result: { other: 1 }, scheduledAt: t },
        { type: 'applyChange', input: {}, scheduledAt: t },
      ],
    });
    expect(() => runLedger([foreign])).toThrow(/another version/);
  });
});
