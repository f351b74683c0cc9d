import { describe, expect, it } from 'vitest';
import { startWindow } from '../../../src/plan/judge.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { second, span, t0, windowSpec } from '../../support/metrics/windows.js';

const spec = windowSpec({ every: span(second), length: span(10 * second) });

async function grid(
  reachBackMs: number | undefined,
  scheduledAt: number
): Promise<{ first: number; startedAt: number }> {
  const reader = fakeReader({ success_rate: () => 0.99 });
  const input = windowInput(spec, reachBackMs === undefined ? {} : { reachBackMs });
  const { startedAt } = await watch(input, { clock: virtualClock(t0 + 3600 * second), reader, scheduledAt }).result;
  return { first: Math.min(...reader.calls.flatMap(({ instants }) => instants)), startedAt };
}

describe('a window whose t0 is late by the clock of its workflow', () => {
  it('begins when it was scheduled, so that nothing before it counts', async () => {
    const scheduledAt = t0 + 1800 * second;
    expect(await grid(0, scheduledAt)).toEqual({ first: scheduledAt, startedAt: scheduledAt });
  });

  it('looks back no further than it may', async () => {
    const scheduledAt = t0 + 1800 * second;
    expect((await grid(600 * second, scheduledAt)).startedAt).toBe(scheduledAt - 600 * second);
  });

  it('that goes on after a HOLD has begun when it began', async () => {
    const reader = fakeReader({ success_rate: () => 0.99 });
    const resume = startWindow(spec, t0);
    const scheduledAt = t0 + 1800 * second;
    const clock = virtualClock(t0 + 3600 * second);
    const { startedAt } = await watch(windowInput(spec, { reachBackMs: 0, resume }), { clock, reader, scheduledAt })
      .result;
    expect(startedAt).toBe(t0);
    expect(new Set(reader.calls.map(({ context }) => context.since))).toEqual(new Set([t0]));
  });

  it.each([
    ['it was scheduled before', 0, t0 - second],
    ['it may look back as far as that', 1800 * second, t0 + 1800 * second],
    ['nobody says how far it may look back', undefined, t0 + 1800 * second],
  ])('begins at its t0 when %s', async (_, reachBackMs, scheduledAt) => {
    expect((await grid(reachBackMs, scheduledAt)).startedAt).toBe(t0);
  });
});
