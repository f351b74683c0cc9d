import { describe, expect, it } from 'vitest';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { failsFrom, good, sampleNo, secondly } from '../../support/metrics/fixtures.js';
import { memoryStore } from '../../support/metrics/memory-store.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { duration, t0, windowSpec } from '../../support/metrics/windows.js';

describe('the evidence of a window', () => {
  it('is enough to come to the same verdict again', async () => {
    const store = memoryStore();
    const spec = windowSpec({ criteria: [duration], coverage: 0.5 });
    const baseline = { at: t0, values: { duration: 2 }, missing: {}, evidence: { digest: 'sha256:1', bytes: 3 } };
    const reader = fakeReader({ duration: (at) => (sampleNo(at) % 4 === 1 ? undefined : 2 + sampleNo(at) / 100) });
    const result = await watch(windowInput(spec, { baseline, changedAt: t0 - 1000 }), {
      clock: virtualClock(t0),
      reader,
      store,
    }).result;
    const { manifest, state } = await judgeAgain(store, result.evidence);
    expect(state).toEqual(result.state);
    expect(manifest).toMatchObject({
      origin: { address: '1a/window#1' },
      spec,
      t0,
      changedAt: t0 - 1000,
      baseline: { digest: 'sha256:1' },
      verdict: 'PASS',
      reason: result.reason,
      source: { provider: 'prometheus', bindings: { duration: { promql: 'duration' } } },
    });
    expect(manifest.samples).toHaveLength(result.samples);
  });

  it('of the part after a HOLD starts from the state that the HOLD left', async () => {
    const store = memoryStore();
    const clock = virtualClock(t0);
    const spec = windowSpec({ coverage: 0.5 });
    const reader = fakeReader({ success_rate: (at) => (sampleNo(at) < 4 ? undefined : 0.99) });
    const held = await watch(windowInput(spec), { clock, reader, store }).result;
    const back = await watch(windowInput(spec, { resume: held.state, untilRecovered: true }), { clock, reader, store })
      .result;
    const passed = await watch(windowInput(spec, { resume: back.state }), { clock, reader, store }).result;
    for (const part of [held, back, passed]) {
      expect((await judgeAgain(store, part.evidence)).state).toEqual(part.state);
    }
  });

  it('of a long window is stored in chunks, so that heartbeats stay small', async () => {
    const store = memoryStore();
    const spec = secondly(401);
    const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader: good, store });
    const passed = await result;
    expect(Math.max(...heartbeats.map(({ pending }) => pending.length))).toBe(100);
    expect(store.kinds).toEqual(['window-samples', 'window-samples', 'window-samples', 'window-samples', 'window']);
    const { manifest, state } = await judgeAgain(store, passed.evidence);
    expect(manifest.samples).toHaveLength(1);
    expect(state).toEqual(passed.state);
  });

  it('of a window over many metrics is stored sooner: a heartbeat has at most some 16 KiB of samples', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `a_metric_with_a_rather_long_name_${index}`);
    const [criterion] = windowSpec().criteria;
    if (!criterion) throw new Error('a criterion is needed');
    const spec = secondly(101, { criteria: names.map((metric) => ({ ...criterion, metric })) });
    const reader = fakeReader(Object.fromEntries(names.map((name) => [name, () => 0.99])));
    const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader });
    expect((await result).verdict).toBe('PASS');
    expect(Math.max(...heartbeats.map(({ pending }) => JSON.stringify(pending).length))).toBeLessThan(20_000);
  });
});

describe('an evidence store that is broken', () => {
  it('does not delay a FAIL: what is bad must be undone now', async () => {
    const store = memoryStore();
    store.broken = true;
    const failed = await watch(windowInput(), { clock: virtualClock(t0), reader: failsFrom(0), store }).result;
    expect(failed).toMatchObject({
      verdict: 'FAIL',
      evidence: { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    });
    expect(failed.reason).toContain('(its evidence could not be stored: no space left on device)');
  });

  it('lets nothing pass without evidence: the activity is tried again', async () => {
    const store = memoryStore();
    store.broken = true;
    const { result, heartbeats } = watch(windowInput(), { clock: virtualClock(t0), reader: good, store });
    await expect(result).rejects.toThrow('no space left on device');
    store.broken = false;
    const reader = fakeReader({});
    const passed = await watch(windowInput(), {
      clock: virtualClock(t0),
      reader,
      store,
      heartbeatDetails: heartbeats.at(-1),
    }).result;
    expect(passed.verdict).toBe('PASS');
    expect(reader.calls).toEqual([]);
    expect((await judgeAgain(store, passed.evidence)).state).toEqual(passed.state);
  });

  it('costs no sample when it works again before the end', async () => {
    const store = memoryStore();
    store.broken = true;
    const spec = secondly(201);
    const { result, log } = watch(windowInput(spec), {
      clock: virtualClock(t0),
      reader: good,
      store,
      onHeartbeat: ({ k }) => {
        if (k === 150) store.broken = false;
      },
    });
    const passed = await result;
    expect(log.filter((line) => line.includes('samples kept back'))).toHaveLength(50);
    expect((await judgeAgain(store, passed.evidence)).state).toEqual(passed.state);
  });

  it('ends the attempt before heartbeats grow without bounds', async () => {
    const store = memoryStore();
    store.broken = true;
    const spec = secondly(401);
    const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader: good, store });
    await expect(result).rejects.toThrow('no space left on device');
    expect(heartbeats.at(-1)?.pending).toHaveLength(300);
  });

  it('keeps readings that are not numbers as what they are', async () => {
    const store = memoryStore();
    const readings: Reading[] = [{ kind: 'invalid', reason: '2 series' }, { kind: 'no-data' }];
    const reader = fakeReader({ success_rate: (at) => readings[sampleNo(at)] ?? Number.NaN });
    const held = await watch(windowInput(windowSpec({ coverage: 0.5 })), { clock: virtualClock(t0), reader, store })
      .result;
    const { manifest } = await judgeAgain(store, held.evidence);
    expect(manifest.samples.map((sample) => sample.readings['success_rate'])).toEqual([
      ...readings,
      { kind: 'invalid', reason: 'the value is NaN' },
    ]);
  });
});
