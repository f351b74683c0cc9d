import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalServer } from '../../../src/client/dev-server/index.js';
import { phaseWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus, Refusal } from '../../../src/plan/run-status.js';
import { ownServer } from '../../support/servers/own-server.js';
import { approval, phase, plan, span, step } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';
import { badSignals } from './bad-signals.js';
import { sendAll, sizeOf } from './send.js';

const count = 10_000;
/** Where the server ends a workflow by force. */
const mostEvents = 51_200;
const mostBytes = 50 * 1024 * 1024;
const theLast = 'whoever comes last';
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
    const patient = approval({ expires: span(3_600_000), remindEvery: span(3_600_000) });
    const first = phase('1a', { before: [step.attest('team')], approval: patient });
    const run = await stage.start(plan([first, phase('1b', { after: ['1a'], approval: patient })]));
    await stage.gate('1a', '1a/team#1');
    await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
    const before = await stage.gate('1a', '1a/approval#1');
    const story = stage.world.story();

    const signals = fc.sample(badSignals, { numRuns: count, seed });
    const startedAt = Date.now();
    await sendAll(stage.client, run.workflowId, signals, 20);
    const sentMs = Date.now() - startedAt;

    // The run hands messages on one at a time. An update stands behind all of them: its answer comes after the last.
    const wrong = { by: 'erin', gate: '1b/approval#1' };
    await stage.until('the last that is handed on', () => stage.tell(run, 'approve', wrong), 600_000);
    // Signals are taken in order: what comes last has everything before it behind it.
    await stage.phaseHandle('1a').signal('approve', { by: theLast });
    await run.signal('approve', { by: theLast });
    await stage.until('the last of the phase', async () => isLast((await stage.phase('1a')).refusals), 300_000);
    await stage.until('the last of the run', async () => isLast((await stage.status()).refusals), 300_000);
    const [phaseStatus, runStatus] = [await stage.phase('1a'), await stage.status()];
    expect(phaseStatus).toMatchObject({ state: 'waiting', gates: [before], decisions: [], waivers: [] });
    expect(runStatus).toMatchObject({ state: 'waiting' });
    expect(stage.world.story()).toEqual(story);
    expect(phaseStatus.refusals.length).toBeLessThanOrEqual(20);
    expect(runStatus.refusals.length).toBeLessThanOrEqual(20);
    expect(JSON.stringify([phaseStatus, runStatus]).length).toBeLessThan(64 * 1024);

    const sizes = { run: await sizeOf(run), phase: await sizeOf(stage.phaseHandle('1a')) };
    const kinds = [...new Set(signals.map(({ kind }) => kind))];
    const told = kinds.map((kind) => `${signals.filter((signal) => signal.kind === kind).length} ${kind}`);
    process.stdout.write(
      `seed ${seed}: ${told.join(', ')}, sent in ${sentMs} ms; ${JSON.stringify(sizes)}; status ${
        JSON.stringify([phaseStatus, runStatus]).length
      } bytes; resident ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB\n`
    );
    for (const { events, bytes } of Object.values(sizes)) {
      expect(events).toBeLessThan(mostEvents);
      expect(bytes).toBeLessThan(mostBytes);
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
  });
});

function isLast(refusals: readonly Refusal[]): boolean {
  return refusals.at(-1)?.by === theLast;
}
