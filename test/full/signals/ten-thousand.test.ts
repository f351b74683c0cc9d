import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalServer } from '../../../src/client/dev-server/index.js';
import { phaseWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus, Refusal } from '../../../src/plan/run-status.js';
import { ownServer } from '../../support/servers/own-server.js';
import { phase } from '../../support/stage/plans.js';
import { openStage, type Run, type Stage } from '../../support/stage/stage.js';
import { badSignals, kindsOf, parts } from './bad-signals.js';
import { endedPhase, patient, toTheApproval } from './course.js';
import { handleOf, sendAll } from './send.js';
import { expectBounded, sizeOf } from './size.js';

const count = 10_000;
/** By then the oldest refusals have made room for newer ones, many times over. */
const first = 1_000;
/** Of a refusal, whatever was sent. */
const mostOfRefusal = 2_000;
const seed = Number(process.env.SIGNALS_SEED ?? randomInt(2 ** 31));

let server: TemporalServer;
let stage: Stage;
beforeAll(async () => {
  server = await ownServer();
  stage = await openStage({}, undefined, server);
});
afterAll(async () => {
  await stage.close();
  await server.stop();
});

describe('a run that waits for an approval', () => {
  it('takes 10,000 bad signals: none wedges it, none counts, and the one good approval does', async () => {
    process.stdout.write(`SIGNALS_SEED=${seed} repeats it\n`);
    const next = phase('1b', { after: ['1a'], approval: patient });
    const { run, gate, past } = await toTheApproval(stage, next);
    const before = await told(stage);
    expect(before.phase).toMatchObject({ gates: [gate], decisions: [], waivers: [] });
    const story = stage.world.story();

    const signals = fc.sample(badSignals(past), { numRuns: count, seed });
    for (const number of Object.values(kindsOf(signals))) expect(number).toBeGreaterThan(count / 10);
    for (const [from, to] of [
      [0, first],
      [first, count],
    ] as const) {
      const sent = signals.slice(from, to);
      const toEnded = sent.filter((signal) => signal.to === 'ended').length;
      expect(toEnded).toBeGreaterThan(0);
      expect(await sendAll(stage.client, run.workflowId, sent, 20)).toEqual({ refusedByServer: toEnded });
      await allTaken(stage, run, `whoever comes last of ${to}`);

      // What the workflows keep of them are the latest refusals; all else is as it was before the first.
      const { refusals, ...rest } = await told(stage);
      expect({ ...rest, refusals: before.refusals }).toEqual(before);
      for (const refused of [refusals.run, refusals.phase]) {
        expect(refused).toHaveLength(20);
        for (const refusal of refused) expect(JSON.stringify(refusal).length).toBeLessThan(mostOfRefusal);
      }
      expect(refusals.ended).toEqual(before.refusals.ended);
      expect(stage.world.story()).toEqual(story);
      for (const part of parts) {
        const size = await sizeOf(handleOf(stage.client, run.workflowId, part));
        process.stdout.write(`${to} sent; ${part}: ${JSON.stringify(size)}\n`);
        // Its phase refuses all of them, and for none it has to ask anybody.
        expectBounded(size, part === 'run' ? undefined : 0);
      }
    }

    // A worker that knows nothing of them reads it all again.
    await stage.leave();
    stage = await openStage({ id: stage.environment.id }, undefined, server);
    const phaseHandle = stage.handleOf(phaseWorkflowId(run.workflowId, '1a'));
    const nextHandle = stage.handleOf(phaseWorkflowId(run.workflowId, '1b'));
    await phaseHandle.signal('approve', { by: 'lee', gate: '1a/approval#1' });
    await stage.until('the approval of 1b', () => nextHandle.executeUpdate('approve', { args: ['erin'] }), 240_000);
    expect((await phaseHandle.query<PhaseStatus>('status')).decisions.map(({ by }) => by)).toEqual(['lee']);
    expect(await stage.handleOf(run.workflowId).result()).toMatchObject({ outcome: { kind: 'completed' } });
  }, 1_800_000);
});

/** What the run and its phases tell, and apart from it what was refused. */
async function told(on: Stage): Promise<{
  run: object;
  phase: object;
  ended: object;
  refusals: Record<'run' | 'phase' | 'ended', Refusal[]>;
}> {
  const { refusals: ofRun, ...run } = await on.status();
  const { refusals: ofPhase, ...phaseStatus } = await on.phase('1a');
  const { refusals: ofEnded, ...ended } = await on.phase(endedPhase);
  return { run, phase: phaseStatus, ended, refusals: { run: ofRun, phase: ofPhase, ended: ofEnded } };
}

/** Resolves when all that was sent has been taken or refused. */
async function allTaken(on: Stage, run: Run, last: string): Promise<void> {
  // The run hands messages on one at a time. An update stands behind all of them: its answer comes after the last.
  const wrong = { by: 'erin', gate: '1b/approval#1' };
  await on.until('the last that is handed on', () => on.tell(run, 'approve', wrong), 600_000);
  // Signals are taken in order: what comes last has everything before it behind it.
  await on.phaseHandle('1a').signal('approve', { by: last });
  await run.signal('approve', { by: last });
  const isLast = (refusals: readonly Refusal[]): boolean => refusals.at(-1)?.by === last;
  await on.until('the last of the phase', async () => isLast((await on.phase('1a')).refusals), 300_000);
  await on.until('the last of the run', async () => isLast((await on.status()).refusals), 300_000);
}
