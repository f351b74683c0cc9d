import fc from 'fast-check';
import type { Change, LedgerEntry } from '../../../../src/plan/change.js';
import type { ModelWorld } from '../world.js';

/** What an earlier day changed: one line per action, in order. */
export interface Done {
  phase: 'a' | 'b' | 'c';
  target: 'X' | 'Y' | 'core' | 'tools';
  to: number;
  closed: boolean;
}

/** Ledgers of up to three phases, which may move the same targets; some changes cannot be undone. */
export const ledgers: fc.Arbitrary<Done[]> = fc
  .array(
    fc.record({
      phase: fc.constantFrom<Done['phase'][]>('a', 'b', 'c'),
      target: fc.constantFrom<Done['target'][]>('X', 'Y', 'core', 'tools'),
      to: fc.integer({ min: 1, max: 100 }),
      closed: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    { minLength: 1, maxLength: 7 }
  )
  .map((all) => all.toSorted((one, other) => (one.phase < other.phase ? -1 : Number(one.phase > other.phase))));

function changeOf({ target, to }: Done): Change {
  if (target.length === 1) return { type: 'flag', key: target, enabled: true, percent: to };
  return { type: 'deploy', target, revision: `v${to + 1}`, repeatable: true };
}

/** Applies it all to the world; returns the ledger. */
export function change(world: ModelWorld, all: readonly Done[]): LedgerEntry[] {
  return all.map((done, index) => {
    const step = `step-${index}`;
    return world.change({
      origin: { run: 'migration/x/y', address: `${done.phase}/${step}#1`, title: step },
      phase: done.phase,
      step,
      attempt: 1,
      change: changeOf(done),
      ...(done.closed ? { cannotUndo: 'it was so decided' } : {}),
    });
  });
}
