import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, LedgerEntry, TargetState } from '../../src/plan/change.js';
import {
  closeBehind,
  closedSteps,
  describeChange,
  describeState,
  entryKey,
  irreversible,
  mergeLedgers,
  openEntries,
  targetOf,
  undoOrder,
} from '../../src/plan/ledger.js';

function flag(id: string, key: string, before = 0, change: Partial<LedgerEntry> = {}): LedgerEntry {
  return entry(
    id,
    { type: 'flag', key, enabled: true, percent: 50 },
    {
      before: { type: 'flag', key, exists: true, enabled: before > 0, percent: before, include: [] },
      ...change,
    }
  );
}

function deploy(id: string, target: string, change: Partial<LedgerEntry> = {}): LedgerEntry {
  return entry(
    id,
    { type: 'deploy', target, revision: 'v2', repeatable: true },
    {
      before: { type: 'deploy', target, revision: 'v1' },
      ...change,
    }
  );
}

function entry(id: string, change: Change, more: Partial<LedgerEntry> & { before: TargetState }): LedgerEntry {
  const [phase = '', step = ''] = id.split(/[/#]/);
  return { id, phase, step, attempt: 1, title: id, change, capturedAt: 0, runId: 'r', idempotencyKey: id, ...more };
}

const order = (entries: LedgerEntry[]): Array<[string, string[]]> =>
  undoOrder(entries).map((undo) => [undo.entry.id, undo.covers]);

describe('a target', () => {
  it('is one flag or one deploy target, also where both bear one name', () => {
    const changes = [
      flag('1a/a#1', 'core'),
      flag('1a/b#1', 'tools'),
      deploy('1a/c#1', 'core'),
      deploy('1a/d#1', 'tools'),
    ];
    expect(changes.map(({ change }) => targetOf(change))).toEqual([
      'flag/core',
      'flag/tools',
      'deploy/core',
      'deploy/tools',
    ]);
  });
});

describe('undoOrder', () => {
  it('takes exposure first, then the rest in reverse', () => {
    const entries = [deploy('1a/d1#1', 'core'), flag('1a/f#1', 'X'), deploy('1a/d2#1', 'tools')];
    expect(order(entries)).toEqual([
      ['1a/f#1', []],
      ['1a/d2#1', []],
      ['1a/d1#1', []],
    ]);
  });

  it('undoes each target once, straight to its oldest state, covering the later entries', () => {
    const entries = [flag('1a/f#1', 'X'), flag('1a/r@25#1', 'X', 5), flag('1a/r@50#1', 'X', 25)];
    expect(order(entries)).toEqual([['1a/f#1', ['1a/r@50#1', '1a/r@25#1']]]);
    expect(undoOrder(entries)[0]?.entry.before).toMatchObject({ percent: 0 });
  });

  it('goes phase by phase, newest first, even for a target that both moved', () => {
    const entries = [flag('1a/f#1', 'X'), deploy('1a/d#1', 'core'), flag('1b/f#1', 'X', 50), deploy('1b/d#1', 'core')];
    expect(order(entries).map(([id]) => id)).toEqual(['1b/f#1', '1b/d#1', '1a/f#1', '1a/d#1']);
  });

  it('leaves out what cannot be undone, and names it', () => {
    const closed = deploy('1a/d#1', 'core', { cannotUndo: 'the schema moves on' });
    const entries = [flag('1a/f#1', 'X'), closed];
    expect(order(entries).map(([id]) => id)).toEqual(['1a/f#1']);
    expect(irreversible(entries)).toEqual([closed]);
  });

  it('of nothing is nothing', () => {
    expect(undoOrder([])).toEqual([]);
  });

  it('never goes past a change of the same target that cannot be undone', () => {
    const entries = [
      deploy('1a/d#1', 'core'),
      deploy('1a/t#1', 'tools'),
      deploy('1b/d#1', 'core', { cannotUndo: 'the schema moves on' }),
      deploy('1b/d@2#1', 'core'),
    ];
    expect(order(entries)).toEqual([
      ['1b/d@2#1', []],
      ['1a/t#1', []],
    ]);
  });

  const entries = fc
    .array(
      fc.record({
        phase: fc.constantFrom('1a', '1b', '1c'),
        target: fc.constantFrom('X', 'Y', 'core', 'tools'),
        closed: fc.boolean(),
      }),
      { maxLength: 12 }
    )
    .map((drawn) =>
      drawn
        .toSorted((a, b) => a.phase.localeCompare(b.phase))
        .map(({ phase, target, closed }, n) => {
          const more = closed ? { cannotUndo: 'no' } : {};
          return target.length === 1
            ? flag(`${phase}/s${n}#1`, target, 0, more)
            : deploy(`${phase}/s${n}#1`, target, more);
        })
    );

  it('covers every entry exactly once, as one to undo or one that stays, whatever the ledger', () => {
    fc.assert(
      fc.property(entries, (ledger) => {
        const covered = [...undoOrder(ledger), ...closedSteps(ledger)].flatMap((one) => [one.entry.id, ...one.covers]);
        expect(covered.toSorted()).toEqual(ledger.map((one) => one.id).toSorted());
      })
    );
  });

  it('undoes nothing that is older than an irreversible change of its target', () => {
    fc.assert(
      fc.property(entries, (ledger) => {
        for (const { entry: undone } of undoOrder(ledger)) {
          const later = ledger.slice(ledger.indexOf(undone));
          const closed = later.filter((one) => targetOf(one.change) === targetOf(undone.change) && one.cannotUndo);
          expect(closed).toEqual([]);
        }
      })
    );
  });

  it('never undoes an older phase before a newer one, nor a deploy before a flag of its phase', () => {
    fc.assert(
      fc.property(entries, (ledger) => {
        const steps = undoOrder(ledger).map(({ entry: { phase, change } }) => ({
          phase,
          isFlag: change.type === 'flag',
        }));
        for (const [n, step] of steps.entries()) {
          for (const later of steps.slice(n + 1)) {
            expect(later.phase <= step.phase).toBe(true);
            if (later.phase === step.phase && !step.isFlag) expect(later.isFlag).toBe(false);
          }
        }
      })
    );
  });

  it('brings every target back to its state before the first entry that can be undone', () => {
    fc.assert(
      fc.property(entries, (ledger) => {
        const undoable = closeBehind(ledger).filter((one) => one.cannotUndo === undefined);
        const state = new Map<string, string>();
        for (const { entry: undone } of undoOrder(ledger)) state.set(targetOf(undone.change), undone.id);
        for (const [target, last] of state) {
          expect(last).toBe(undoable.find((one) => targetOf(one.change) === target)?.id);
        }
      })
    );
  });
});

describe('what stays as it is', () => {
  it('is one decision per target, for its youngest irreversible change and all that lies behind it', () => {
    const entries = [
      deploy('1a/d#1', 'core'),
      flag('1a/f#1', 'X'),
      deploy('1b/d#1', 'core', { cannotUndo: 'the schema moves on' }),
      deploy('1b/d#2', 'core', { cannotUndo: 'the schema moves on again' }),
      flag('1b/r@50#1', 'X', 5, { cannotUndo: 'people saw it' }),
    ];
    expect(closedSteps(entries).map(({ entry: { id }, covers }) => [id, covers])).toEqual([
      ['1b/r@50#1', ['1a/f#1']],
      ['1b/d#2', ['1b/d#1', '1a/d#1']],
    ]);
  });

  it('says behind what an older change lies, and saying it twice adds nothing', () => {
    const closed = deploy('1b/d#1', 'core', { cannotUndo: 'the schema moves on' });
    const told = closeBehind([deploy('1a/d#1', 'core'), closed, deploy('1c/d#1', 'core')]);
    expect(told.map((one) => one.cannotUndo)).toEqual([
      'behind 1b/d#1: the schema moves on',
      'the schema moves on',
      undefined,
    ]);
    expect(closeBehind(told)).toEqual(told);
    const again = deploy('1c/d#1', 'core', { cannotUndo: 'the schema moves on again' });
    expect(closeBehind([deploy('1a/d#1', 'core'), closed, again])[0]?.cannotUndo).toBe(
      'behind 1c/d#1: the schema moves on again'
    );
  });
});

describe('openEntries', () => {
  it('are those that no undo covers', () => {
    const ledger = [flag('1a/f#1', 'X'), deploy('1a/d#1', 'core')];
    expect(openEntries(ledger, ['r/1a/f#1']).map((one) => one.id)).toEqual(['1a/d#1']);
  });

  it('are not those of another execution that bear the same address', () => {
    const again = flag('1a/f#1', 'X', 0, { runId: 'after a reset' });
    expect(openEntries([flag('1a/f#1', 'X'), again], [entryKey(flag('1a/f#1', 'X'))])).toEqual([again]);
  });
});

describe('ledgers of several executions', () => {
  it('are one ledger: each entry once, in the order of their captures', () => {
    const [a, b, c] = [1, 2, 3].map((number) => flag(`1a/s${number}#1`, 'X'));
    if (!a || !b || !c) throw new Error('there are three');
    expect(mergeLedgers([[a, b], [a, c], []])).toEqual([a, b, c]);
  });

  it('keep the state before the first change where the clock of its worker was ahead', () => {
    const first = flag('1a/enable#1', 'X', 0, { capturedAt: 30_000 });
    const then = flag('1a/ramp@5#1', 'X', 1, { capturedAt: 5_000 });
    expect(undoOrder(mergeLedgers([[first], [first, then]])).map(({ entry }) => entry)).toEqual([first]);
  });
});

describe('in words', () => {
  const state = { type: 'flag' as const, key: 'X', exists: true, enabled: true, percent: 25, include: [] as string[] };
  it.each<[TargetState, string]>([
    [{ type: 'deploy', target: 'core', revision: 'v1' }, 'revision v1'],
    [{ ...state, exists: false }, 'absent'],
    [{ ...state, enabled: false }, 'off'],
    [state, 'on for 25 %'],
    [{ ...state, include: ['ann', 'bob'] }, 'on for 25 %, always for ann, bob'],
    [
      { ...state, include: 'abcdefghijklmnopqrstuvwxyz'.split('') },
      'on for 25 %, always for a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t and 6 more',
    ],
  ])('a state is told', (told, words) => expect(describeState(told)).toBe(words));

  it.each<[Change, string]>([
    [{ type: 'deploy', target: 'core', revision: 'v2', repeatable: true }, 'core → v2'],
    [{ type: 'flag', key: 'X', enabled: true, percent: 5 }, 'X → 5 %'],
    [{ type: 'flag', key: 'X', enabled: false, percent: 0 }, 'X → off'],
  ])('a change is told', (told, words) => expect(describeChange(told)).toBe(words));
});
