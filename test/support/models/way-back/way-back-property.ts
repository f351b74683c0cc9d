import fc from 'fast-check';
import { expect } from 'vitest';
import type { LedgerEntry } from '../../../../src/plan/change.js';
import { targetOf } from '../../../../src/plan/ledger.js';
import type { RollbackInput } from '../../../../src/plan/run-input.js';
import { environment, windowSpec } from '../../stage/plans.js';
import { LittleTemporal } from '../engine/little-temporal.js';
import { rollback } from '../engine/workflows.js';
import { modelRun } from '../run.js';
import { ModelWorld } from '../world.js';
import { change, ledgers, type Done } from './ledgers.js';
import {
  Again,
  agree,
  Answer,
  End,
  openIn,
  rollbackId,
  wayBackCommands,
  type WayBackRun,
} from './way-back-commands.js';
import { WayBackModel } from './way-back-model.js';

function inputOf(entries: readonly LedgerEntry[], now: number): RollbackInput {
  return {
    schemaVersion: 1,
    run: modelRun('dana', now),
    entries: [...entries],
    reason: 'it was asked for',
    environment: environment('x', { notify: [] }),
    rollback: { metrics: ['success'], window: windowSpec(), checks: [] },
    alone: true,
  };
}

/** A rollback of all this, at its first undo. */
export async function begin(done: readonly Done[]): Promise<WayBackRun> {
  const world = new ModelWorld();
  const server = new LittleTemporal({ rollback }, (task) => world.instant(task));
  const ledger = change(world, done);
  const start = async (entries: readonly LedgerEntry[], number: number): Promise<void> =>
    void (await server.start('rollback', rollbackId(number), inputOf(entries, server.now)));
  await start(ledger, 1);
  return { server, world, ledger, start };
}

/** Whatever came before, everything is settled in the end once its targets answer and people accept what must stay. */
async function finish(model: WayBackModel, run: WayBackRun): Promise<void> {
  if (model.state === 'terminated') await new Again().run(model, run);
  for (let step = 0; model.state === 'running'; step++) {
    expect(step).toBeLessThan(200);
    const standing = model.accounts.findIndex(({ debt }) => debt === 'stands');
    if (run.server.tasks.length > 0) await new End(0, 'good').run(model, run);
    else if (standing >= 0) await new Answer('takeover', 'erin', standing).run(model, run);
    else {
      await run.server.advance(run.server.untilNextTimer ?? 0);
      agree(model, run);
    }
  }
}

export type Reached = Record<string, number>;

/** No undo is forgotten and none is done twice, whatever fails, is taken over, terminated or rolled back again. */
export function wayBackIsWhole(
  reached: Reached
): fc.IAsyncProperty<[Done[], Iterable<fc.AsyncCommand<WayBackModel, WayBackRun>>]> {
  return fc.asyncProperty(ledgers, wayBackCommands, async (done, commands) => {
    const real = await begin(done);
    const model = new WayBackModel(real.ledger, real.server.now);
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await finish(model, real);
    expect(openIn(real)).toEqual([]);
    // What stays as it is moved its target away from where it was at the start; everything else is back there.
    const stands = real.ledger.filter(({ cannotUndo }) => cannotUndo !== undefined);
    expect(real.world.changed.toSorted()).toEqual(
      [...new Set(stands.map(({ change }) => targetOf(change)))].toSorted()
    );
    const debts = model.accounts.map(({ debt }) => debt).filter((debt) => debt === 'by hand' || debt === 'accepted');
    const ends = ['whole', ...(model.rollbacks > 1 ? ['again'] : []), ...new Set(debts)];
    for (const end of ends) reached[end] = (reached[end] ?? 0) + 1;
  });
}
