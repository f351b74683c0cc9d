import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotReader } from '../../../src/client/read/snapshot-reader.js';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import { plain } from '../../../src/client/render/paint.js';
import { frame } from '../../../src/client/view/frame.js';
import { linkOf } from '../../support/stage/link.js';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const store = (): never => {
  throw ApplicationFailure.create({ type: 'PG310', message: 'evidence cannot be stored: ENOSPC' });
};

/** What a status shows as soon as the activity is known to fail. */
async function shownWhile(activity: string): Promise<string> {
  const { runId } = await stage.handleOf(stage.id).describe();
  const reader = new SnapshotReader(linkOf(stage), { workflowId: stage.id, runId });
  const snapshot = await stage.until<RunSnapshot>(`trouble of ${activity}`, async () => {
    const seen = await reader.read();
    return seen.troubles.some((trouble) => trouble.activity === activity) && seen;
  });
  const view = { paint: plain, columns: 140, now: Date.now(), ui: undefined, command: undefined };
  return frame(snapshot, view)
    .map((line) => line.text)
    .join('\n');
}

describe('while no evidence can be stored, a status says so', () => {
  it('of a window', async () => {
    stage.world.onWindow = store;
    await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.watch('window')] })]));
    expect(await shownWhile('watchWindow')).toMatch(
      /! watchWindow failed, attempt \d+: evidence cannot be stored: ENOSPC/
    );
  });

  it('of the verification of a rollback', async () => {
    stage.world.onWindow = store;
    await stage.start(plan([phase('1a', { steps: [step.flag('tools')], approval: approval() })]));
    await stage.gate('1a');
    await stage.tell('1a', 'reject', { by: 'erin', reason: 'no' });
    const shown = await shownWhile('watchWindow');
    expect(shown).toContain('rollback of 1a');
    expect(shown).toMatch(/! watchWindow failed, attempt \d+: evidence cannot be stored: ENOSPC/);
  });

  it('of the decisions that a run keeps at its end', async () => {
    await stage.start(plan([phase('1a', { steps: [step.flag('chat')], approval: approval() })]));
    await stage.gate('1a');
    stage.world.onRecord = store;
    await stage.tell('1a', 'approve', { by: 'erin' });
    await stage.until('the end of 1a', async () => (await stage.status()).phases[0]?.state === 'completed');
    expect(await shownWhile('recordEvidence')).toMatch(
      /! recordEvidence failed, attempt \d+: evidence cannot be stored: ENOSPC/
    );
  });
});
