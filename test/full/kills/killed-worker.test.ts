import { describe, expect, it } from 'vitest';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import { sampleAt } from '../../../src/plan/judge.js';
import { goLive, type Live } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';

// What lies before the first change is not judged, so the first sample waits for the first scrapes after it.
const window = { length: span(12_000), every: span(1000), warmUp: span(3000), deadline: span(40_000) };
const watched = (): ReturnType<typeof plan> =>
  plan([phase('1a', { steps: [step.flag('core'), step.watch('window', window)] })], {
    rollback: {
      metrics: ['success'],
      window: windowSpec({ length: span(3000), every: span(1000), deadline: span(30_000) }),
      checks: [],
    },
  });

async function windowEvidence(live: Live): Promise<Awaited<ReturnType<typeof judgeAgain>>> {
  const status = await live.phase('1a');
  const ref = status.steps.find((one) => one.id === 'window')?.evidence?.at(-1);
  if (!ref) throw new Error('the window has no evidence');
  return judgeAgain(live.evidence, ref);
}

describe('a worker that is killed with SIGKILL in the middle of a window', () => {
  it(
    'costs no sample: the next worker asks for the instants that were missed, and the verdict is the same',
    { timeout: 120_000 },
    async () => {
      needs('prometheus', 'apt-get install --no-install-recommends prometheus');
      const live = await goLive(['FLAG_CORE']);
      const first = await live.startWorker();
      const run = await live.start(watched());
      await live.until('five samples', async () => (await live.windowAt('1a')) >= 5);
      process.kill(first.pid, 'SIGKILL');
      await first.exited;
      await live.startWorker();
      expect((await run.result()).outcome?.kind).toBe('completed');

      const { manifest, state } = await windowEvidence(live);
      expect(manifest.samples.map((sample) => sample.k)).toEqual(manifest.samples.map((_, index) => index));
      expect(manifest.samples.map((sample) => sample.at)).toEqual(
        manifest.samples.map((_, k) => sampleAt(manifest.spec, manifest.t0, k))
      );
      expect(manifest.samples.map((sample) => sample.readings.success)).toEqual(
        manifest.samples.map(() => ({ kind: 'value', value: 1 }))
      );
      expect(manifest.samples).toHaveLength(13);
      expect(state.verdict).toBe('PASS');
    }
  );

  it(
    'hides nothing: a breach that came and went while no worker ran is found when one is back',
    { timeout: 150_000 },
    async () => {
      needs('prometheus', 'apt-get install --no-install-recommends prometheus');
      const live = await goLive(['FLAG_CORE']);
      const before = live.flag('FLAG_CORE');
      const first = await live.startWorker();
      const breach = { ...step.watch('window', window) };
      const [criterion] = breach.window.criteria;
      if (!criterion) throw new Error('a window has criteria');
      breach.window.criteria = [{ ...criterion, onBreach: 'fail' }];
      const run = await live.start(
        plan([phase('1a', { steps: [step.flag('core'), breach] })], { rollback: watched().rollback })
      );
      await live.until('three samples', async () => (await live.windowAt('1a')) >= 3);
      process.kill(first.pid, 'SIGKILL');
      await first.exited;
      live.target.set(0.5);
      const badSince = Date.now();
      await live.until('three bad seconds', async () => Date.now() - badSince > 3000);
      live.target.set(1);
      await live.startWorker();
      await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
      const { state } = await windowEvidence(live);
      expect(state.verdict).toBe('FAIL');
      expect(live.flag('FLAG_CORE')).toEqual(before);
    }
  );
});

describe('a worker that is told to stop in the middle of a window', () => {
  it('hands the window over to another worker within seconds and exits by itself', { timeout: 120_000 }, async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_CORE']);
    const first = await live.startWorker();
    const run = await live.start(watched());
    await live.until('four samples', async () => (await live.windowAt('1a')) >= 4);
    await live.startWorker();
    process.kill(first.pid, 'SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect((await run.result()).outcome?.kind).toBe('completed');
    const { manifest } = await windowEvidence(live);
    expect(manifest.samples).toHaveLength(13);
  });
});
