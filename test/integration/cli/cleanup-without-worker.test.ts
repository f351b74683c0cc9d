import { afterAll, beforeAll, expect, it } from 'vitest';
import { NoAnswer } from '../../../src/client/connection/failures.js';
import type { Link } from '../../../src/client/connection/link.js';
import { gatesOf } from '../../../src/client/read/gates.js';
import { SnapshotReader } from '../../../src/client/read/snapshot-reader.js';
import { sendMessage } from '../../../src/client/act/send.js';
import { cleanup, phase, plan, task } from '../../support/stage/plans.js';
import { linkOf } from '../../support/stage/link.js';
import { openStage, type Stage } from '../../support/stage/stage.js';

let stage: Stage;
let link: Link;
beforeAll(async () => {
  stage = await openStage();
  link = linkOf(stage);
});
afterAll(() => stage.close());

it('a clean-up is seen whole while no worker answers, and an answer to it waits for one', async () => {
  const left = cleanup([task.plain('docs'), task.plain('legacy'), task.plain('training', { owner: 'cto' })]);
  const run = await stage.start(plan([phase('1a')], { cleanup: left }), 'dana', stage.environment, {
    namesBelieved: true,
  });
  await run.result();
  const { runId } = await run.describe();
  await stage.until('all tasks', async () => (await stage.cleanup()).gates.length === 3);
  const silent: Link = { ...link, ask: (what) => Promise.reject(new NoAnswer(what)) };
  const reader = new SnapshotReader(silent, { workflowId: stage.id, runId });
  const seen = await reader.read('open');
  expect(seen.noWorker).toContain('no worker answers');
  expect(gatesOf(seen).map(({ address, people }) => [address, people.length])).toEqual([
    ['cleanup/docs#1', 3],
    ['cleanup/legacy#1', 3],
    ['cleanup/training#1', 1],
  ]);
  expect(seen.cleanup?.sentence).toContain('0 of 3 tasks done');

  const [gate] = gatesOf(seen);
  if (!gate) throw new Error('no gate');
  const sent = await sendMessage(silent, gate, 'attest', { by: 'erin', item: gate.address, answer: 'done' });
  expect(sent.how).toBe('signal');
  // It stands in the history at once, whether a worker has taken it or not.
  const later = await reader.read('open');
  expect(later.cleanup?.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'docs passed',
    'legacy waiting',
    'training waiting',
  ]);

  for (const [item, by] of [
    ['legacy', 'lee'],
    ['training', 'carlos'],
  ]) {
    await stage.tell(stage.cleanupHandle(), 'attest', { by, item, answer: 'done' });
  }
  await stage.cleanupHandle().result();
  expect((await reader.read()).cleanup).toMatchObject({ state: 'completed', gates: [] });
});
