import { describe, expect, it } from 'vitest';
import { stableSince } from '../../src/plan/stable.js';
import { span, t0, windowSpec } from '../support/metrics/windows.js';

const minute = 60_000;
const hour = windowSpec({ length: span(60 * minute), warmUp: span(2 * minute) });

describe('the stretch of a stable check', () => {
  it.each([
    ['the last phase was done days ago: the latest stretch, ending now', [t0 - 4320 * minute], t0 - 62 * minute],
    ['the last phase was done a moment ago: from then on', [t0 - 4320 * minute, t0 - 5 * minute], t0 - 5 * minute],
    ['the last phase was done just one stretch ago', [t0 - 62 * minute], t0 - 62 * minute],
  ])('when %s', (_when, completedAt, since) => {
    expect(stableSince(hour, completedAt, t0)).toBe(since);
  });
});
