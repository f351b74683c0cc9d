import { randomInt } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TemporalServer } from '../../../src/client/dev-server/index.js';
import { ownServer } from '../../support/servers/own-server.js';
import { openStage, type Run, type Stage } from '../../support/stage/stage.js';
import { badSignals, kindsOf, parts, type BadSignal, type Past } from './bad-signals.js';
import { toTheApproval } from './course.js';
import { handleOf, sendAll } from './send.js';
import { expectBounded, sizeOf } from './size.js';

/** On a server as it comes 2,000: a workflow task that leaves more under way is refused, every time again. */
const mostPending = 100;
const count = 3 * mostPending;
/** A machine that is too busy for thousands of signals in one workflow task gets it again until it is less busy (decision 007). */
const lessBusyMs = 900_000;
const seed = Number(process.env.SIGNALS_SEED ?? randomInt(2 ** 31));

let server: TemporalServer;
beforeAll(async () => {
  server = await ownServer({
    'limit.numPendingActivities.error': mostPending,
    'limit.numPendingSignals.error': mostPending,
  });
});
afterAll(() => server.stop());

/** What was sent while no worker ran is there at once, in one workflow task; before that, the workers have gone home. */
async function afterBurst(
  id: string,
  signalsFor: (past: Past) => BadSignal[],
  play: (stage: Stage, run: Run) => Promise<void>
): Promise<void> {
  const left = await openStage({ id }, undefined, server);
  const { run, past } = await toTheApproval(left);
  await left.leave();
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const signals = signalsFor(past);
  const toEnded = signals.filter(({ to }) => to === 'ended').length;
  expect(await sendAll(client, run.workflowId, signals, 20)).toEqual({ refusedByServer: toEnded });
  await connection.close();
  const back = await openStage({ id }, undefined, server);
  try {
    await play(back, back.handleOf(run.workflowId) as Run);
    for (const part of parts) {
      const size = await sizeOf(handleOf(back.client, run.workflowId, part));
      process.stdout.write(`${id}: ${signals.length} sent; ${part}: ${JSON.stringify(size)}\n`);
      expectBounded(size);
    }
  } finally {
    await back.close();
  }
}

it.each([
  ['than may be under way to a closed gate', count, count],
  ['than it hands on in all', 1000 + count, 1000],
])(
  'a run takes more well-formed answers %s, which came while no worker ran',
  { timeout: lessBusyMs },
  async (_, number, handedOn) => {
    const signals = Array.from({ length: number }, (_one, n): BadSignal => {
      const message = { by: 'erin', item: '1a/team', answer: 'failed', reason: 'no', id: `${n}` };
      return { kind: 'stale', to: 'run', name: 'attest', payload: { args: [message] } };
    });
    await afterBurst(
      `burst-run-${number}`,
      () => signals,
      async (stage, run) => {
        const phaseHandle = stage.handleOf(`${run.workflowId}/phase/1a`);
        // The end of a phase would hide whatever the run still has to hand on.
        await stage.until(
          'all that is handed on',
          async () => (await sizeOf(stage.handleOf(run.workflowId))).handedOn >= handedOn,
          lessBusyMs / 2
        );
        await stage.until('the good approval', () => stage.tell(phaseHandle, 'approve', 'lee'), 120_000);
        expect((await run.result()).outcome?.kind).toBe('completed');
        expect((await sizeOf(stage.handleOf(run.workflowId))).handedOn).toBe(handedOn);
      }
    );
  }
);

it('a run takes more demands for a rollback than may be under way, which came while no worker ran', async () => {
  const signals = Array.from({ length: count }, (_, n): BadSignal => {
    return { kind: 'late', to: 'run', name: 'rollback', payload: { args: [{ by: 'erin', reason: 'no', id: `${n}` }] } };
  });
  await afterBurst(
    'burst-rollback',
    () => signals,
    async (_stage, run) => {
      const end = { message: 'rolled-back-verified: erin asked for it: no' };
      await expect(run.result()).rejects.toMatchObject({ cause: end });
    }
  );
});

it('a phase takes more approvals of one person than may be under way, which came while no worker ran, and counts one', async () => {
  const signals = Array.from({ length: count }, (_, n): BadSignal => {
    return { kind: 'late', to: 'phase', name: 'approve', payload: { args: [{ by: 'erin', id: `${n}` }] } };
  });
  await afterBurst(
    'burst-phase',
    () => signals,
    async (stage, run) => {
      const phaseHandle = stage.handleOf(`${run.workflowId}/phase/1a`);
      expect((await run.result()).outcome?.kind).toBe('completed');
      const { decisions } = await phaseHandle.query<{ decisions: unknown[] }>('status');
      expect(decisions).toHaveLength(1);
    }
  );
});

it(
  'a run and its phase take 10,000 bad signals, which came while no worker ran, and count none',
  { timeout: 1.2 * lessBusyMs },
  async () => {
    process.stdout.write(`SIGNALS_SEED=${seed} repeats it\n`);
    const sample = (past: Past): BadSignal[] => {
      const signals = fc.sample(badSignals(past), { numRuns: 10_000, seed });
      for (const number of Object.values(kindsOf(signals))) expect(number).toBeGreaterThan(1000);
      return signals;
    };
    await afterBurst('burst-bad', sample, async (stage, run) => {
      const phaseHandle = stage.handleOf(`${run.workflowId}/phase/1a`);
      await stage.until('the good approval', () => stage.tell(phaseHandle, 'approve', 'lee'), lessBusyMs);
      expect((await run.result()).outcome?.kind).toBe('completed');
      const { decisions } = await phaseHandle.query<{ decisions: Array<{ by: string }> }>('status');
      expect(decisions.map(({ by }) => by)).toEqual(['lee']);
    });
  }
);
