import { expect, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import { kill } from '../../support/fire/moments.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';

const seconds = 1000;

it('12 bad seconds inside an outage of 30 seconds are found when a worker is back', async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  const live = await goLive(['FLAG_CORE']);
  const before = live.flag('FLAG_CORE');
  const watch = step.watch('window', {
    length: span(60 * seconds),
    every: span(1 * seconds),
    warmUp: span(3 * seconds),
    deadline: span(240 * seconds),
  });
  const criteria = watch.window.criteria.map((criterion) => ({ ...criterion, onBreach: 'fail' as const }));
  const first = await live.startWorker();
  const run = await live.start(
    plan([phase('1a', { steps: [step.flag('core'), { ...watch, window: { ...watch.window, criteria } }] })], {
      rollback: {
        metrics: ['success'],
        window: windowSpec({ length: span(3 * seconds), every: span(1 * seconds), deadline: span(60 * seconds) }),
        checks: [],
      },
    })
  );
  await live.until('three samples', async () => (await live.windowAt('1a')) >= 3);
  await kill(first);
  const killedAt = Date.now();
  const passed = (ms: number): Promise<true> =>
    live.until(`${ms} ms of the outage`, () => Promise.resolve(Date.now() - killedAt >= ms));
  await passed(9 * seconds);
  const badSince = Date.now();
  live.target.set(0.5);
  await passed(21 * seconds);
  const goodSince = Date.now();
  live.target.set(1);
  await passed(30 * seconds);
  await live.startWorker();
  await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });

  const status = await live.phase('1a');
  const ref = status.steps.find(({ id }) => id === 'window')?.evidence?.at(-1);
  if (!ref) throw new Error('the window has no evidence');
  const { manifest, state } = await judgeAgain(live.evidence, ref);
  expect(state.verdict).toBe('FAIL');
  // Every instant up to the breach was asked for afterwards, and the breach lies in the bad seconds.
  expect(manifest.samples.map(({ k }) => k)).toEqual(manifest.samples.map((_, index) => index));
  const breach = manifest.samples.at(-1);
  expect(breach?.readings['success']).toEqual({ kind: 'value', value: 0.5 });
  expect(breach?.at).toBeGreaterThanOrEqual(badSince);
  expect(breach?.at).toBeLessThan(goodSince);
  expect(live.flag('FLAG_CORE')).toEqual(before);
});
