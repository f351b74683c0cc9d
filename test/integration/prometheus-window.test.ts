import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/activities/clock.js';
import { judgeAgain } from '../../src/activities/metrics/index.js';
import type { WindowHeartbeat, WindowInput, WindowResult } from '../../src/activities/contract.js';
import { changedAt, input, startHalfHours, stopHalfHours, t0 } from '../support/metrics/half-hours.js';
import { memoryStore } from '../support/metrics/memory-store.js';
import { watch } from '../support/metrics/watching.js';
import { duration, second, span, successRate, violations } from '../support/metrics/windows.js';

beforeAll(startHalfHours);
afterAll(stopHalfHours);

async function judge(
  promql: string,
  criterion = successRate,
  change: Partial<WindowInput> = {}
): Promise<WindowResult> {
  return watch(input(criterion, { promql }, change), { clock: systemClock }).result;
}

const baseline = (values: Record<string, number>): Partial<WindowInput> => ({
  baseline: { at: changedAt, values, missing: {}, evidence: { digest: 'sha256:0', bytes: 0 } },
});

describe('half an hour in the past, judged in one go from a real Prometheus', () => {
  it('passes when the criterion held at all of its 121 samples', async () => {
    expect(await judge('good')).toMatchObject({ verdict: 'PASS', samples: 121, endedAt: t0 + 1800 * second });
  });

  it('starts again after a breach in the middle, and passes half an hour after it', async () => {
    expect(await judge('dip')).toMatchObject({
      verdict: 'PASS',
      samples: 183,
      endedAt: t0 + (930 + 1800) * second,
      criteria: [{ breaches: 2, worst: 0.9 }],
    });
  });

  it('fails on the second critical sample', async () => {
    const failed = await judge('crash');
    expect(failed).toMatchObject({ verdict: 'FAIL', samples: 62, endedAt: t0 + 915 * second });
    expect(failed.reason).toContain(
      'success_rate was beyond its critical threshold (< 85%) on 2 measured samples in a row'
    );
  });

  it('passes over a hole of one sample, and extends by it', async () => {
    // A sample of 15 s ago still counts, so two missing ones are one gap.
    expect(await judge('hole')).toMatchObject({ verdict: 'PASS', samples: 122, criteria: [{ notValid: 1, ok: 121 }] });
  });

  it('holds at the third sample of an outage, goes on when the data is back, and counts the hole', async () => {
    const held = await judge('outage');
    expect(held).toMatchObject({ verdict: 'HOLD', samples: 64, state: { hold: { cause: 'data' } } });
    const back = await judge('outage', successRate, { resume: held.state, untilRecovered: true });
    expect(back).toMatchObject({ samples: 81, endedAt: t0 + 1200 * second });
    const passed = await judge('outage', successRate, { resume: back.state });
    // 19 samples were missing: more than the 13 that half an hour can miss, so the half hour starts again.
    expect(passed).toMatchObject({
      verdict: 'PASS',
      endedAt: t0 + (1200 + 1800) * second,
      criteria: [{ notValid: 19 }],
    });
  });

  it.each([
    ['spoiled', 'the value is NaN'],
    ['twin', '2 series where one is needed'],
    ['sum(good - good) / sum(good - good)', 'the value is NaN'],
    ['missing', 'no data'],
    ['rate((', 'unclosed left parenthesis'],
  ])('holds, and never passes, on %s', async (promql, why) => {
    const held = await judge(promql);
    expect(held.verdict).toBe('HOLD');
    expect(held.reason).toContain(why);
  });

  it('does not judge the old version: what was bad before the change does not count', async () => {
    expect(await judge('bad_before', successRate, { t0: changedAt + 15 * second })).toMatchObject({
      verdict: 'PASS',
      criteria: [{ breaches: 0 }],
    });
  });

  it('counts violations since the change over a restart of the process', async () => {
    const clean = baseline({ violations: 7 });
    expect(await judge('clean_total', violations, clean)).toMatchObject({ verdict: 'PASS', criteria: [{ last: 0 }] });
    expect(await judge('leak_total', violations, clean)).toMatchObject({
      verdict: 'FAIL',
      endedAt: t0 + 900 * second,
      criteria: [{ last: 1 }],
    });
    expect(await judge('leak_total', violations)).toMatchObject({
      verdict: 'HOLD',
      state: { hold: { cause: 'baseline' } },
    });
  });

  it('counts by the query itself where it says elapsed, with no baseline', async () => {
    const query = 'sum(increase(clean_total[{{elapsed}}]))';
    expect(await judge(query, violations)).toMatchObject({ verdict: 'PASS' });
    expect(await judge(query.replace('clean', 'leak'), violations)).toMatchObject({ verdict: 'FAIL' });
  });

  it('compares with the baseline', async () => {
    expect(await judge('slow', duration, baseline({ duration: 1.2 }))).toMatchObject({ verdict: 'PASS' });
    expect(await judge('slow', duration, baseline({ duration: 1 }))).toMatchObject({ verdict: 'FAIL' });
    expect(await judge('slow', duration)).toMatchObject({ verdict: 'HOLD', state: { hold: { cause: 'baseline' } } });
  });

  it('comes to the same end when its worker dies on the way, and when it is judged again', async () => {
    const given = input(successRate, { promql: 'dip' });
    // Fine enough a grid that it is caught up in several pages.
    given.spec = { ...given.spec, every: span(5 * second) };
    const store = memoryStore();
    const whole = await watch(given, { clock: systemClock, store }).result;
    const dying = watch(given, {
      clock: systemClock,
      store,
      onHeartbeat: ({ k }, cancel) => k > 0 && cancel('WORKER_SHUTDOWN'),
    });
    await expect(dying.result).rejects.toThrow('WORKER_SHUTDOWN');
    const last = dying.heartbeats.at(-1) as WindowHeartbeat;
    for (const heartbeatDetails of [last, dying.heartbeats[0], undefined]) {
      const again = await watch(given, { clock: systemClock, store, heartbeatDetails }).result;
      expect(again).toMatchObject({ verdict: whole.verdict, state: whole.state, samples: whole.samples });
      expect((await judgeAgain(store, again.evidence)).state).toEqual(whole.state);
    }
  });
});
