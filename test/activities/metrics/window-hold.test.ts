import { describe, expect, it } from 'vitest';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { good, sampleNo } from '../../support/metrics/fixtures.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { second, t0, windowSpec } from '../../support/metrics/windows.js';

describe('a window that was held', () => {
  const spec = windowSpec({ coverage: 0.5 });
  const away = (from: number, to: number) =>
    fakeReader({ success_rate: (at) => (sampleNo(at) >= from && sampleNo(at) < to ? undefined : 0.99) });

  it('waits until there is data again, without a verdict, then goes on where it stopped', async () => {
    const clock = virtualClock(t0);
    const reader = away(5, 20);
    const held = await watch(windowInput(spec), { clock, reader }).result;
    expect(held).toMatchObject({ verdict: 'HOLD', samples: 8 });

    const waiting = watch(windowInput(spec, { resume: held.state, untilRecovered: true }), { clock, reader });
    const back = await waiting.result;
    expect(back).toMatchObject({
      samples: 21,
      endedAt: t0 + 300 * second,
      reason: 'valid samples are back since 2026-11-22 10:05:00Z',
    });
    expect(back).not.toHaveProperty('verdict');

    const passed = await watch(windowInput(spec, { resume: back.state }), { clock, reader }).result;
    expect(passed).toMatchObject({ verdict: 'PASS', samples: 31 });
    expect(reader.calls.flatMap(({ instants }) => instants).map(sampleNo)).toEqual(
      Array.from({ length: 31 }, (_, k) => k)
    );
  });

  it('fails during the HOLD on badness that was measured', async () => {
    const clock = virtualClock(t0);
    const reader = fakeReader({ success_rate: (at) => (sampleNo(at) < 5 ? undefined : 0.5) });
    const held = await watch(windowInput(spec), { clock, reader }).result;
    expect(held.verdict).toBe('HOLD');
    const critical = windowSpec({ ...spec, criticalInARow: 1 });
    const failed = await watch(windowInput(critical, { resume: held.state, untilRecovered: true }), { clock, reader })
      .result;
    expect(failed).toMatchObject({ verdict: 'FAIL', samples: 6 });
  });

  it('asked to go on at once, holds again at the next sample that is not valid', async () => {
    const clock = virtualClock(t0);
    const reader = away(0, 5);
    const held = await watch(windowInput(spec), { clock, reader }).result;
    const again = await watch(windowInput(spec, { resume: held.state }), { clock, reader }).result;
    expect(again).toMatchObject({ verdict: 'HOLD', samples: 4, reason: held.reason });
    const later = await watch(windowInput(spec, { resume: again.state }), { clock, reader }).result;
    expect(later).toMatchObject({ verdict: 'HOLD', samples: 5 });
    const passed = await watch(windowInput(spec, { resume: later.state }), { clock, reader }).result;
    expect(passed.verdict).toBe('PASS');
  });

  it('that was decided already stays decided, without a sample', async () => {
    const reader = fakeReader({});
    const passed = await watch(windowInput(), { clock: virtualClock(t0), reader: good }).result;
    for (const untilRecovered of [true, false]) {
      const input = windowInput(windowSpec(), { resume: passed.state, untilRecovered });
      expect(await watch(input, { clock: virtualClock(t0), reader }).result).toMatchObject({
        verdict: 'PASS',
        samples: 11,
      });
    }
    expect(reader.calls).toEqual([]);
  });
});
