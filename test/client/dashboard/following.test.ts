import { describe, expect, it } from 'vitest';
import { Following } from '../../../src/client/dashboard/following.js';
import { Look } from '../../../src/client/dashboard/look.js';
import type { RunRef } from '../../../src/client/read/snapshot.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { fakeSource, FakeReader, now, scene } from '../../support/dashboard/scene.js';

const ref = (runId: string): RunRef => ({ workflowId: 'migration/demo/user-execution-context', runId });

async function follow(): Promise<{
  following: Following;
  shown: () => Promise<string>;
  end: () => void;
  mean: (next: RunRef | Error) => void;
  moved: string[];
}> {
  const readers = new Map<string, FakeReader>();
  for (const runId of ['first', 'second']) {
    const snapshot = await scene();
    readers.set(runId, new FakeReader({ ...snapshot, run: { ...snapshot.run, runId } }));
  }
  let meant: RunRef | Error = ref('first');
  const moved: string[] = [];
  const following = new Following({
    run: ref('first'),
    resolve: () => (meant instanceof Error ? Promise.reject(meant) : Promise.resolve(meant)),
    open: ({ runId }) =>
      new Look({
        reader: readers.get(runId)!,
        place: { env: {}, workdir: '.' },
        now: () => now,
        open: () => fakeSource(),
      }),
    moved: ({ runId }) => moved.push(runId),
  });
  return {
    following,
    shown: async () => (await following.look(['run'])).snapshot.run.runId,
    end: () => {
      const { run } = readers.get('first')!.snapshot;
      run.outcome = { kind: 'completed', reason: 'all phases completed', endedAt: now };
    },
    mean: (next) => (meant = next),
    moved,
  };
}

describe('a dashboard of the last run', () => {
  it('stays with a run while it is open, and shows the next one when it has ended and there is one', async () => {
    const { shown, end, mean, moved } = await follow();
    mean(ref('second'));
    expect([await shown(), await shown()]).toEqual(['first', 'first']);
    mean(ref('first'));
    end();
    expect([await shown(), await shown()]).toEqual(['first', 'first']);
    mean(ref('second'));
    expect([await shown(), await shown()]).toEqual(['second', 'second']);
    expect(moved).toEqual(['second']);
  });

  it('stays while nobody can say which one is meant', async () => {
    const { following, shown, end, mean } = await follow();
    end();
    await shown();
    mean(new PhasegateError('PG404', 'several runs are open'));
    expect(await shown()).toBe('first');
    mean(new Error('a fault'));
    await expect(following.look(['run'])).rejects.toThrow('a fault');
  });
});
