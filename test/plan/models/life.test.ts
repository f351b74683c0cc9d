import { expect, it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { LifeRun, runId } from '../../support/models/life/life-run.js';
import { livesAreWhole } from '../../support/models/life/life-property.js';

it('a run keeps its promises, whatever fails, is said, paused, cancelled or terminated, and in whatever order', async () => {
  await checkModel('life of a run', 100, livesAreWhole({}));
}, 120_000);

it('a rollback that goes on while somebody reads what it undid is not done once more', async () => {
  const run = new LifeRun(undefined);
  await run.start();
  const phase = `${runId}/phase/a`;
  await run.server.signal(phase, 'attest', { by: 'erin', item: 'team', answer: 'done' });
  const isVerifying = (): boolean => run.server.tasks.some(({ type }) => type === 'verifyChange');
  while (run.ledger.entries.length < 2 || !isVerifying()) await endNext(run);
  await run.server.signal(phase, 'rollback', { by: 'erin', reason: 'because' });
  await run.server.terminate(phase);
  await run.server.advance(5_000);
  const read = run.server.tasks.find(({ type }) => type === 'readRollbacks');
  expect(read).toBeDefined();
  while (run.server.tasks.some((task) => task !== read)) await endNext(run, read);
  expect(run.world.changed).toEqual([]);
  const { undone } = run.world;
  const before = [...undone];
  while (run.run.end === undefined) {
    if (run.server.tasks.length > 0) await endNext(run);
    else await run.server.advance(run.server.untilNextTimer ?? 0);
  }
  expect(undone).toEqual(before);
  expect(run.status.outcome?.kind).toBe('rolled-back-verified');
});

it('a phase that was stopped while a check ran begins no further step when the check passes', async () => {
  const run = new LifeRun(undefined);
  await run.start();
  await run.server.signal(`${runId}/phase/a`, 'attest', { by: 'erin', item: 'team', answer: 'done' });
  while (!run.server.tasks.some(({ type }) => type === 'runCheck')) await endNext(run);
  const begun = (): string[] | undefined => run.phases[0]?.steps.map(({ id }) => id);
  const before = begun();
  await run.server.cancel(runId);
  await endNext(run);
  expect(before?.at(-1)).toBe('smoke');
  expect(begun()).toEqual(before);
  expect(run.server.tasks.map(({ type }) => type)).toEqual(['undoChange']);
});

/** The oldest activity ends well, or the oldest but one that is still on its way. */
async function endNext(run: LifeRun, late?: LifeRun['server']['tasks'][number]): Promise<void> {
  const task = run.server.tasks.find((one) => one !== late);
  expect(task).toBeDefined();
  if (task) await run.server.finish(task, run.end(task, 'good'));
}
