import { expect, it } from 'vitest';
import { checkModel } from '../../support/models/check.js';
import { begin, wayBackIsWhole } from '../../support/models/way-back/way-back-property.js';

it('no undo is forgotten or done twice, whatever fails, is taken over, terminated and rolled back again', async () => {
  await checkModel('way back', 200, wayBackIsWhole({}));
}, 120_000);

it('an older state of a target comes back only after the newer one did, also when that takes several attempts', async () => {
  const move = { target: 'X' as const, to: 5, closed: false };
  const { server, world } = await begin([
    { ...move, phase: 'a' },
    { ...move, phase: 'b', to: 50 },
  ]);
  for (const fortune of ['error', 'good', 'good'] as const) {
    if (server.tasks.length === 0) await server.advance(server.untilNextTimer ?? 0);
    expect(server.tasks.map((task) => task.type)).toEqual(['undoChange']);
    const [task] = server.tasks;
    if (task) await server.finish(task, world.end(task, fortune));
  }
  expect(world.undone).toEqual(['b/step-1#1', 'a/step-0#1']);
  expect(world.changed).toEqual([]);
});
