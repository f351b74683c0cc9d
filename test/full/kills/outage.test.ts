import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import type { Plan } from '../../../src/plan/model.js';
import { kill } from '../../support/fire/moments.js';
import { sampleComplaints } from '../../support/fire/model/samples.js';
import { goLive, type Live } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';

const seconds = 1000;

/** A flag, and a window behind it that the first breach fails. */
function watched(): Plan {
  const watch = step.watch('window', {
    length: span(60 * seconds),
    every: span(1 * seconds),
    warmUp: span(3 * seconds),
    deadline: span(240 * seconds),
  });
  const criteria = watch.window.criteria.map((criterion) => ({ ...criterion, onBreach: 'fail' as const }));
  return plan([phase('1a', { steps: [step.flag('core'), { ...watch, window: { ...watch.window, criteria } }] })], {
    rollback: {
      metrics: ['success'],
      window: windowSpec({ length: span(3 * seconds), every: span(1 * seconds), deadline: span(60 * seconds) }),
      checks: [],
    },
  });
}

/** Starts a run, and kills its worker in the middle of the window. */
async function intoOutage(live: Live): Promise<{
  run: Awaited<ReturnType<Live['start']>>;
  passed: (ms: number) => Promise<true>;
}> {
  const first = await live.startWorker();
  const run = await live.start(watched());
  await live.until('three samples', async () => (await live.windowAt('1a')) >= 3);
  await kill(first);
  const killedAt = Date.now();
  return {
    run,
    passed: (ms) => live.until(`${ms} ms of the outage`, () => Promise.resolve(Date.now() - killedAt >= ms)),
  };
}

/** The window failed on a sample of these instants (epoch ms), the first bad one, with every one before it. */
async function expectFoundBetween(live: Live, since: number, until: number): Promise<void> {
  const status = await live.phase('1a');
  const ref = status.steps.find(({ id }) => id === 'window')?.evidence?.at(-1);
  if (!ref) throw new Error('the window has no evidence');
  const { manifest, state } = await judgeAgain(live.evidence, ref);
  expect(state.verdict).toBe('FAIL');
  const breach = manifest.samples.at(-1);
  expect(breach?.readings['success']).toEqual({ kind: 'value', value: 0.5 });
  expect(breach?.at).toBeGreaterThanOrEqual(since);
  expect(breach?.at).toBeLessThan(until);
  // The model knows nothing of how phasegate judges: every instant was asked for, and has what the source said.
  const measured = live.measured();
  const windows = measured.windows.filter(({ address }) => address.startsWith('1a/window#'));
  expect(windows.map(({ samples }) => samples.at(-1)?.at)).toEqual([breach?.at]);
  expect(sampleComplaints({ windows: [] }, measured, { end: 'rolled back' })).toEqual([]);
}

it('12 bad seconds inside an outage of 30 seconds are found when a worker is back', async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  const live = await goLive(['FLAG_CORE']);
  const before = live.flag('FLAG_CORE');
  const { run, passed } = await intoOutage(live);
  await passed(9 * seconds);
  const badSince = Date.now();
  live.target.set(0.5);
  await passed(21 * seconds);
  const goodSince = Date.now();
  live.target.set(1);
  await passed(30 * seconds);
  await live.startWorker();
  await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
  await expectFoundBetween(live, badSince, goodSince);
  expect(live.flag('FLAG_CORE')).toEqual(before);
});

it('a breach that began in an outage and stays is found at an instant of the outage: no later sample is needed', async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  const live = await goLive(['FLAG_CORE']);
  const before = live.flag('FLAG_CORE');
  const { run, passed } = await intoOutage(live);
  await passed(3 * seconds);
  const badSince = Date.now();
  live.target.set(0.5);
  await passed(12 * seconds);
  const backSince = Date.now();
  await live.startWorker();
  await live.until('the undo of the flag', () => Promise.resolve(isDeepStrictEqual(live.flag('FLAG_CORE'), before)));
  // What was changed made it bad: so the way back can be verified.
  live.target.set(1);
  await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
  await expectFoundBetween(live, badSince, backSince);
});
