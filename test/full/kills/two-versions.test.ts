import { describe, expect, it } from 'vitest';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import { anotherBuild } from '../../support/fire/another-build.js';
import type { Run } from '../../support/fire/front.js';
import { kill, untilEvent, untilNoted, untilSamples } from '../../support/fire/moments.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { targetsOf } from '../../support/fire/targets.js';
import { span } from '../../support/stage/plans.js';
import { buildOf, buildsOf } from './builds.js';
import { setScene } from './scene.js';

const { front, worker, begin, expectCompleted } = setScene(['drained', 'missed']);

/** A run whose first phase is held in its deployment until another build has become current, however long that takes. */
async function beginAndPromote(
  name: string,
  options?: Parameters<typeof begin>[1]
): Promise<{ run: Run; fresh: ServerProcess }> {
  const command = { verb: 'apply', target: targetsOf(name)['1a'].service, when: 'before' } as const;
  front().ground.hold(command);
  const run = await begin(name, options);
  await untilNoted(front().ground, command, 'begin');
  const fresh = await worker({ program: anotherBuild(scratchFolder()) });
  front().ground.letGo(command);
  return { run, fresh };
}

describe('a new build that becomes current in the middle of a run', () => {
  it('leaves the phase under way to the old build, takes the run over, and ends it when the old one is drained', async () => {
    const old = await worker();
    const { run, fresh } = await beginAndPromote('drained');
    expect(buildOf(fresh)).not.toBe(buildOf(old));
    await untilEvent(run, 'the end of 1a', (event) => Boolean(event.childWorkflowExecutionCompletedEventAttributes));
    await old.stop();
    await expectCompleted(run, 'drained');
    expect(await buildsOf(front().phase(run, '1a'))).toEqual([buildOf(old)]);
    expect(await buildsOf(front().phase(run, '1b'))).toEqual([buildOf(fresh)]);
    expect(await buildsOf(run)).toEqual([buildOf(old), buildOf(fresh)]);
  });

  it('never touches the phase of an old build that is gone: it waits until that build is back', async () => {
    const old = await worker();
    const { run, fresh } = await beginAndPromote('missed', { length: span(30_000) });
    await untilSamples(front().phase(run, '1a'), 1);
    await kill(old);
    // The window itself is no workflow code, so the new build's worker brings it to its end.
    await untilEvent(front().phase(run, '1a'), 'the end of the window', (event) =>
      Boolean(event.activityTaskCompletedEventAttributes?.identity?.startsWith(`${fresh.pid}@`))
    );
    await worker();
    await expectCompleted(run, 'missed');
    expect(await buildsOf(front().phase(run, '1a'))).toEqual([buildOf(old)]);
  });
});
