import { describe, expect, it } from 'vitest';
import { Quota } from '../../../src/client/receive/tell-runs.js';

describe('what a run is told of other systems', () => {
  const taken = (quota: Quota, run: string, critical: boolean, times = 1_000): number =>
    Array.from({ length: times }, () => quota.take(run, critical)).filter(Boolean).length;

  it('is so much in an hour, and what is critical has a share of its own', () => {
    let now = 0;
    const quota = new Quota(() => now);
    expect(taken(quota, 'a', false)).toBe(50);
    expect(taken(quota, 'a', true)).toBe(200);
    expect(taken(quota, 'b', false)).toBe(50);
    now = 3_599_999;
    expect(taken(quota, 'a', false)).toBe(0);
    now = 3_600_000;
    expect(taken(quota, 'a', false)).toBe(50);
  });

  it('has room again for what could not be told', () => {
    const quota = new Quota(() => 0);
    expect(taken(quota, 'a', true)).toBe(200);
    quota.giveBack('a', true);
    quota.giveBack('a', false);
    quota.giveBack('b', true);
    expect(taken(quota, 'a', true)).toBe(1);
    expect(taken(quota, 'a', false)).toBe(50);
    expect(taken(quota, 'b', true)).toBe(200);
  });
});
