import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../src/plan/freezing/clock.js';
import type { PlannedTimes } from '../../../src/plan/freezing/clock.js';
import { formatDuration } from '../../../src/plan/language/duration.js';

const window: PlannedTimes = { length: '30m', every: '15s', warmUp: '6m', deadline: '90m', samples: 10, long: false };
const demo = { scale: 180, cap: '10s', 'people-minimum': '60s' };

describe('the clock of an environment', () => {
  it('leaves every time as it is planned when nothing is compressed', () => {
    const clock = createClock(undefined);
    expect(clock.window(window)).toEqual({
      length: { ms: 1_800_000, planned: '30m' },
      every: { ms: 15_000, planned: '15s' },
      warmUp: { ms: 360_000, planned: '6m' },
      deadline: { ms: 5_400_000, planned: '90m' },
    });
    expect([clock.kept('10s'), clock.forPeople('5s')].map((span) => span.ms)).toEqual([10_000, 5000]);
  });

  it('divides windows and keeps the words of the plan', () => {
    expect(createClock(demo).window(window)).toEqual({
      length: { ms: 10_000, planned: '30m' },
      every: { ms: 1000, planned: '15s' },
      warmUp: { ms: 2000, planned: '6m' },
      deadline: { ms: 30_000, planned: '90m' },
    });
  });

  it('stretches a window to the samples that it needs, and its deadline with it', () => {
    const { length, every, deadline } = createClock({ ...demo, scale: 3600 }).window(window);
    expect([length.ms, every.ms, deadline.ms]).toEqual([10_000, 1000, 30_000]);
    const hold = createClock({ ...demo, scale: 3600 }).window({
      ...window,
      length: '10m',
      deadline: '30m',
      samples: 3,
    });
    expect([hold.length.ms, hold.every.ms, hold.deadline.ms]).toEqual([3000, 1000, 9000]);
  });

  it('cuts long waits with the cap, but not below their samples, and no other window', () => {
    const long = { ...window, length: '48h', every: '5m', deadline: '6d', long: true };
    expect(createClock(demo).window(long).length.ms).toBe(10_000);
    expect(createClock({ ...demo, cap: '2s' }).window(long).length.ms).toBe(10_000);
    expect(createClock({ ...demo, cap: '30s' }).window(long)).toMatchObject({
      length: { ms: 30_000 },
      every: { ms: 1667 },
      deadline: { ms: 90_000 },
    });
    expect(createClock({ ...demo, cap: '2s' }).window({ ...window, length: '1h' }).length.ms).toBe(20_000);
  });

  it('leaves people the time to type', () => {
    expect(createClock(demo).forPeople('30m')).toEqual({ ms: 60_000, planned: '30m' });
    expect(createClock(demo).forPeople('24h')).toEqual({ ms: 480_000, planned: '24h' });
    expect(createClock(demo).forPeople('20s').ms).toBe(20_000);
    expect(createClock({ ...demo, 'people-minimum': '8s' }).forPeople('30m').ms).toBe(10_000);
    expect(createClock({ ...demo, 'people-minimum': '10m' }).forPeople('30m').ms).toBe(600_000);
  });

  it('reminds people as often as planned, also when their time is longer than the scale says', () => {
    const clock = createClock({ ...demo, scale: 100_000 });
    const expires = clock.forPeople('24h');
    expect(expires.ms).toBe(60_000);
    expect(clock.within(expires, '4h')).toEqual({ ms: 10_000, planned: '4h' });
    expect(createClock(undefined).within({ ms: 86_400_000, planned: '24h' }, '4h').ms).toBe(14_400_000);
  });

  it('never shrinks what machines need', () => {
    expect(createClock(demo).kept('5m').ms).toBe(300_000);
  });

  it('gives every window that a plan may have enough samples, a second apart or more, and a deadline after its end', () => {
    const planned = fc.record({
      length: fc.integer({ min: 10, max: 7 * 86_400 }),
      samples: fc.constantFrom(3, 10),
      parts: fc.integer({ min: 10, max: 1000 }),
      deadline: fc.integer({ min: 1, max: 5 }),
      long: fc.boolean(),
    });
    const compress = fc.record({
      scale: fc.integer({ min: 1, max: 100_000 }),
      cap: fc.constantFrom('1s', '10s', '1m'),
    });
    fc.assert(
      fc.property(planned, compress, ({ length, samples, parts, deadline, long }, { scale, cap }) => {
        const every = Math.max(1000, Math.floor((length * 1000) / parts));
        fc.pre((length * 1000) / every >= samples);
        const times = createClock({ scale, cap, 'people-minimum': '60s' }).window({
          length: `${length}s`,
          every: formatDuration(every),
          warmUp: '0s',
          deadline: `${length * deadline}s`,
          samples,
          long,
        });
        expect(times.every.ms).toBeGreaterThanOrEqual(1000);
        expect(times.length.ms / times.every.ms).toBeGreaterThanOrEqual(samples);
        expect(times.length.ms).toBeLessThanOrEqual(length * 1000);
        expect(times.deadline.ms).toBeGreaterThanOrEqual(times.length.ms);
      })
    );
  });
});
