import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import { anotherBuild } from '../../support/fire/another-build.js';
import { openFront, type Front, type Run } from '../../support/fire/front.js';
import { kill, untilEvent, untilSamples } from '../../support/fire/moments.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { playPeople } from '../../support/fire/people.js';
import { courseOf, targetsOf, twoPhases, type Undisturbed } from '../../support/fire/two-phases.js';
import { watchUndisturbed } from '../../support/fire/undisturbed.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const names = ['calm', 'drained', 'missed'];

let front: Front;
let undisturbed: Undisturbed | undefined;
beforeEach(async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  if (undisturbed) return;
  front = await openFront({
    flags: names.flatMap((name) => targetsOf(name).flags),
    deploys: names.flatMap((name) => targetsOf(name).deploys),
  });
  undisturbed = await watchUndisturbed(front, 'calm');
}, 480_000);
afterAll(() => front?.close());

/** A worker of a build, and the id of that build. */
async function workerOf(program?: string): Promise<ServerProcess & { build: string }> {
  const worker = await front.startWorker(program === undefined ? {} : { program });
  onTestFinished(() => worker.stop());
  const build = worker.readyMatch?.groups?.['build'];
  if (build === undefined) throw new Error('the worker did not say which build it is');
  return Object.assign(worker, { build });
}

async function begin(name: string): Promise<Run> {
  const run = await front.start(twoPhases(name));
  const people = playPeople(front.temporal, run.workflowId);
  onTestFinished(() => people.goHome());
  return run;
}

/** The builds that worked on an execution, in the order in which they first did. */
async function buildsOf(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const builds = (events ?? []).flatMap(
    (event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? []
  );
  return [...new Set(builds)];
}

async function expectCompleted(run: Run, name: string): Promise<void> {
  expect(await front.ended(run)).toMatchObject({ kind: 'completed' });
  if (!undisturbed) throw new Error('there is no undisturbed run to compare with');
  const course = courseOf(name, undisturbed);
  expect(complaints(course, await front.account(run, course), { end: 'completed' })).toEqual([]);
}

describe('a new build that becomes current in the middle of a run', () => {
  it('leaves the phase under way to the old build, takes the run over, and ends it when the old one is drained', async () => {
    const old = await workerOf();
    const run = await begin('drained');
    await untilSamples(front.phase(run, '1a'), 1);
    const fresh = await workerOf(anotherBuild(scratchFolder()));
    expect(fresh.build).not.toBe(old.build);
    await untilEvent(run, 'the end of 1a', (event) => Boolean(event.childWorkflowExecutionCompletedEventAttributes));
    await old.stop();
    await expectCompleted(run, 'drained');
    expect(await buildsOf(front.phase(run, '1a'))).toEqual([old.build]);
    expect(await buildsOf(front.phase(run, '1b'))).toEqual([fresh.build]);
    expect(await buildsOf(run)).toEqual([old.build, fresh.build]);
  });

  it('never touches the phase of an old build that is gone: it waits until that build is back', async () => {
    const old = await workerOf();
    const run = await begin('missed');
    await untilSamples(front.phase(run, '1a'), 1);
    const fresh = await workerOf(anotherBuild(scratchFolder()));
    await kill(old);
    // The window itself is no workflow code, so the new build's worker brings it to its end.
    await untilEvent(front.phase(run, '1a'), 'the end of the window', (event) =>
      Boolean(event.activityTaskCompletedEventAttributes?.identity?.startsWith(`${fresh.pid}@`))
    );
    await workerOf();
    await expectCompleted(run, 'missed');
    expect(await buildsOf(front.phase(run, '1a'))).toEqual([old.build]);
  });
});
