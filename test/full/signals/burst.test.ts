import { randomInt } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TemporalServer } from '../../../src/client/dev-server/index.js';
import { ownServer } from '../../support/servers/own-server.js';
import { approval, phase, plan, span, step } from '../../support/stage/plans.js';
import { openStage, type Run, type Stage } from '../../support/stage/stage.js';
import { sendAll, sizeOf } from './send.js';
import { badSignals, type BadSignal } from './bad-signals.js';

/** On a server as it comes 2,000: a workflow task that leaves more under way is refused, every time again. */
const mostPending = 100;
const count = 3 * mostPending;
const seed = Number(process.env.SIGNALS_SEED ?? randomInt(2 ** 31));

let server: TemporalServer;
beforeAll(async () => {
  server = await ownServer({
    'limit.numPendingActivities.error': mostPending,
    'limit.numPendingSignals.error': mostPending,
  });
});
afterAll(() => server.stop());

const patient = approval({ expires: span(3_600_000), remindEvery: span(3_600_000) });

/** A run that waits for its approval, and whose workers have gone home. */
async function left(id: string): Promise<Run> {
  const stage = await openStage({ id }, undefined, server);
  const run = await stage.start(plan([phase('1a', { before: [step.attest('team')], approval: patient })]));
  await stage.gate('1a', '1a/team#1');
  await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
  await stage.gate('1a', '1a/approval#1');
  await stage.leave();
  return run;
}

/** All that was sent while no worker ran is there at once, in one workflow task. */
async function afterBurst(
  id: string,
  signals: BadSignal[],
  play: (stage: Stage, run: Run) => Promise<void>
): Promise<void> {
  const run = await left(id);
  const connection = await Connection.connect({ address: server.address });
  await sendAll(new Client({ connection, namespace: server.namespace }), run.workflowId, signals, 20);
  await connection.close();
  const back = await openStage({ id }, undefined, server);
  try {
    await play(back, back.handleOf(run.workflowId) as Run);
  } finally {
    await back.close();
  }
}

it('a run takes more well-formed answers than may be under way to a closed gate, which came while no worker ran', async () => {
  const signals = Array.from({ length: count }, (_, n): BadSignal => {
    const message = { by: 'erin', item: '1a/team', answer: 'failed', reason: 'no', id: `${n}` };
    return { kind: 'stale', to: 'run', name: 'attest', payload: { args: [message] } };
  });
  await afterBurst('burst-run', signals, async (stage, run) => {
    const phaseHandle = stage.handleOf(`${run.workflowId}/phase/1a`);
    await stage.until('the good approval', () => stage.tell(phaseHandle, 'approve', 'lee'), 120_000);
    expect((await run.result()).outcome?.kind).toBe('completed');
    process.stdout.write(
      `${count} to the run: ${JSON.stringify({ run: await sizeOf(run), phase: await sizeOf(phaseHandle) })}\n`
    );
  });
});

it('a phase takes more approvals of one person than may be under way, which came while no worker ran, and counts one', async () => {
  const signals = Array.from({ length: count }, (_, n): BadSignal => {
    return { kind: 'late', to: 'phase', name: 'approve', payload: { args: [{ by: 'erin', id: `${n}` }] } };
  });
  await afterBurst('burst-phase', signals, async (stage, run) => {
    const phaseHandle = stage.handleOf(`${run.workflowId}/phase/1a`);
    expect((await run.result()).outcome?.kind).toBe('completed');
    const { decisions } = await phaseHandle.query<{ decisions: unknown[] }>('status');
    expect(decisions).toHaveLength(1);
    process.stdout.write(`${count} to the phase: ${JSON.stringify({ phase: await sizeOf(phaseHandle) })}\n`);
  });
});

it('a run and its phase take 10,000 bad signals, which came while no worker ran, and count none', async () => {
  const signals = fc.sample(badSignals, { numRuns: 10_000, seed });
  await afterBurst('burst-bad', signals, async (stage, run) => {
    const phaseHandle = stage.handleOf(`${run.workflowId}/phase/1a`);
    await stage.until('the good approval', () => stage.tell(phaseHandle, 'approve', 'lee'), 240_000);
    expect((await run.result()).outcome?.kind).toBe('completed');
    const { decisions } = await phaseHandle.query<{ decisions: Array<{ by: string }> }>('status');
    expect(decisions.map(({ by }) => by)).toEqual(['lee']);
    const sizes = { run: await sizeOf(run), phase: await sizeOf(phaseHandle) };
    process.stdout.write(`10,000 bad ones, seed ${seed}: ${JSON.stringify(sizes)}\n`);
  });
});
