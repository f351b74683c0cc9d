import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NoAnswer } from '../../../src/client/connection/failures.js';
import type { Link } from '../../../src/client/connection/link.js';
import { gatesOf } from '../../../src/client/read/gates.js';
import { SnapshotReader } from '../../../src/client/read/snapshot-reader.js';
import { linkOf } from '../../support/stage/link.js';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';

let stage: Stage;
let link: Link;
beforeAll(async () => {
  stage = await openStage();
  link = linkOf(stage);
});
afterAll(() => stage.close());

/** As after an upgrade: the build that ran these phases is gone, so that nobody answers for them. */
function without(...phases: string[]): Link {
  const silent = new Set(phases.map((id) => `status of ${stage.id}/phase/${id}`));
  return {
    ...link,
    ask: (what, fn, withinMs) => (silent.has(what) ? Promise.reject(new NoAnswer(what)) : link.ask(what, fn, withinMs)),
  };
}

describe('after an upgrade', () => {
  it('phases that have ended need no worker of their build, and one that is silent hides nothing of the others', async () => {
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core')] }), phase('1b', { after: ['1a'], approval: approval() })])
    );
    await stage.gate('1b');
    const { runId } = await run.describe();
    const ref = { workflowId: stage.id, runId };
    // What its phase tells it changes its sentence.
    await stage.until('the run to hear', async () => (await stage.status()).phases[1]?.now?.state === 'waiting');

    const upgraded = await new SnapshotReader(without('1a'), ref).read();
    expect(upgraded.noWorker).toBeUndefined();
    expect(upgraded.phases.map((one) => [one.phase, one.state])).toEqual([
      ['1a', 'completed'],
      ['1b', 'waiting'],
    ]);
    expect(gatesOf(upgraded).map((gate) => gate.address)).toEqual(['1b/approval#1']);

    const silent = await new SnapshotReader(without('1b'), ref).read();
    expect(silent.noWorker).toMatch(/^no worker answers for phase\/1b: /);
    expect(silent.run.sentence).toBe((await stage.status()).sentence);
    expect(silent.phases.map((one) => [one.phase, one.state])).toEqual([
      ['1a', 'completed'],
      ['1b', 'waiting'],
    ]);
  });
});
