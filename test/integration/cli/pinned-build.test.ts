import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineBuilds } from '../../../src/client/doctor/builds.js';
import { startTemporal, type TemporalServer } from '../../../src/client/dev-server/index.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';
import { SnapshotReader } from '../../../src/client/read/snapshot-reader.js';
import { runName } from '../../../src/plan/text/command-lines.js';
import { loadBundle } from '../../../src/worker/bundle.js';
import { linkOf } from '../../support/stage/link.js';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import { openStage } from '../../support/stage/stage.js';
import { buildTheatre } from '../../support/stage/theatre.js';
import { phasegate } from './binary.js';

const minute = 60_000;

/** A server of its own, since on the shared one workers of the present build always poll. */
let server: TemporalServer;
let stateDir: string;
beforeAll(async () => {
  stateDir = tempFolder('pinned-build');
  server = await startTemporal({ stateDir, ui: false, ignoreConfigured: true, log: () => undefined });
});
afterAll(async () => {
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
});

describe('a phase whose build has no worker any more', () => {
  it('is said to stay with that build, with the builds that poll and what to type', async () => {
    const where = { address: server.address, namespace: 'default' };
    const { buildId } = await loadBundle();
    const stage = await openStage({}, undefined, where);
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')], approval: approval() })]));
    await stage.gate('1a');
    const { runId } = await run.describe();
    const ref = { workflowId: stage.id, runId };
    await stage.leave();

    const later = await buildTheatre(where, undefined, undefined, 'later');
    try {
      const link = linkOf(later);
      // What a server does not answer in time is left out.
      const noWorker = await stage.until('the advice', async () => {
        const seen = await new SnapshotReader(link, ref).read();
        return seen.noWorker?.includes('(builds that polled') && seen.noWorker;
      });
      expect(noWorker).toContain('no worker answers for phase/1a: ');
      expect(noWorker).toContain(`It stays with build ${buildId}, which began it (builds that polled`);
      expect(noWorker).toContain(
        `let build later go on with it: temporal workflow update-options --namespace default --workflow-id ${stage.id}/phase/1a`
      );
      // The server remembers for a minute who polled.
      expect(await examineBuilds(link, stage.environment.id, Date.now() + 2 * minute)).toMatchObject([
        {
          state: 'fail',
          what: `worker of build ${buildId}`,
          found: expect.stringContaining(`none, needed by ${runName(stage.id)}/phase/1a`),
          remedy: expect.stringContaining(`phasegate worker --env ${stage.environment.id}`),
        },
      ]);
      const { stdout } = await phasegate(['doctor'], { address: server.address });
      expect(stdout).toMatch(new RegExp(`worker of build ${buildId} +needed by ${runName(stage.id)}/phase/1a`));
    } finally {
      await later.close();
    }
  });
});
