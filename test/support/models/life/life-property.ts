import fc from 'fast-check';
import { expect } from 'vitest';
import { targetOf } from '../../../../src/plan/ledger.js';
import { Answer, End, lifeCommands, Order, Wait } from './life-commands.js';
import { LifeModel } from './life-model.js';
import { LifeRun, type Closed } from './life-run.js';

/** One step on of a run whose targets answer and whose people do. */
async function goOn(model: LifeModel, run: LifeRun): Promise<void> {
  const before = { gates: JSON.stringify(run.gates), tasks: run.server.tasks.length };
  if (before.tasks > 0) return new End(0, 'good').run(model, run);
  if (model.paused.size > 0) await new Order('resume', 'run').run(model, run);
  for (const who of ['erin', 'lee', 'ola']) await new Answer(0, who, false).run(model, run);
  const isStuck = run.server.tasks.length === 0 && JSON.stringify(run.gates) === before.gates;
  if (isStuck) await new Wait(run.server.untilNextTimer ?? 0).run(model, run);
}

/** From wherever the commands left it, a run comes to an end. */
async function finish(model: LifeModel, run: LifeRun): Promise<void> {
  for (let step = 0; run.server.open.length > 0; step++) {
    expect(step, 'the run comes to an end').toBeLessThan(400);
    await goOn(model, run);
  }
}

/** What is left when everything has ended, and after `phasegate rollback` where the end was not verified. */
async function settle(model: LifeModel, run: LifeRun): Promise<string> {
  const kind = run.status.outcome?.kind ?? run.run.end?.how ?? 'open';
  if (run.run.end?.how === 'terminated' || kind === 'rolled-back-not-verified') {
    await run.rollBackAgain();
    await finish(model, run);
    expect(run.ledger.open.filter((entry) => entry.cannotUndo === undefined)).toEqual([]);
    // What cannot be undone stays as it is, also when somebody accepted that.
    const { entries, open } = run.ledger;
    const stays = entries.filter((entry) => entry.cannotUndo !== undefined).map(({ change }) => targetOf(change));
    if (open.length === 0) expect(run.world.changed).toEqual(run.world.changed.filter((one) => stays.includes(one)));
  }
  if (kind === 'completed') {
    expect(run.world.undone).toEqual([]);
    model.checkInForce(run);
  }
  return kind;
}

/** What else came about on the way. */
function turns(run: LifeRun): string[] {
  const accepted = run.rollbacks.some(({ undos }) => undos.some(({ state }) => state === 'accepted'));
  const orphaned = run.of('rollback').some(({ parent }) => parent?.execution.end?.how === 'terminated');
  const ordered = [...run.world.tried.values()].some((tried) => tried.length > 2);
  return [...(accepted ? ['accepted'] : []), ...(orphaned ? ['orphaned'] : []), ...(ordered ? ['in order'] : [])];
}

export type Reached = Record<string, number>;

/** Migration, phases and rollbacks together keep what a run promises, whatever happens to it in whatever order. */
export function livesAreWhole(
  reached: Reached
): fc.IAsyncProperty<[Closed, number, Iterable<fc.AsyncCommand<LifeModel, LifeRun>>]> {
  return fc.asyncProperty(
    fc.constantFrom<Closed[]>(undefined, 'core', 'tools'),
    // How far it has come undisturbed: commands alone would seldom bring it as far as the second phase.
    fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(60) }),
    lifeCommands,
    async (closed, come, commands) => {
      const real = new LifeRun(closed);
      const model = new LifeModel();
      await real.start();
      for (let step = 0; step < come && real.server.open.length > 0; step++) await goOn(model, real);
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await finish(model, real);
      const end = await settle(model, real);
      for (const one of [end, ...turns(real)]) reached[one] = (reached[one] ?? 0) + 1;
    }
  );
}
